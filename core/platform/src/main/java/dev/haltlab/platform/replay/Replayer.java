package dev.haltlab.platform.replay;

import dev.haltlab.platform.catalog.Catalog;
import dev.haltlab.platform.catalog.Kind;
import dev.haltlab.platform.config.ProblemsException;
import dev.haltlab.platform.scenario.PluginText;
import dev.haltlab.platform.scenario.PluginText.Chosen;
import dev.haltlab.spi.HaltPollProvider;
import dev.haltlab.spi.IdlePolicyProvider;
import dev.haltlab.spi.TraceReader;
import dev.haltlab.spi.TraceReaderProvider;
import dev.haltlab.trace.TraceFile;
import dev.haltlab.trace.TraceScan;
import dev.haltlab.trace.Troubles;
import dev.haltlab.trace.UnreadableTraceException;
import dev.haltlab.trace.replay.GuestReplay;
import dev.haltlab.trace.replay.HaltListener;
import dev.haltlab.trace.replay.HostReplay;
import dev.haltlab.trace.replay.Parameters;
import dev.haltlab.trace.replay.TraceReplay;
import java.util.ArrayList;
import java.util.List;

/** Replays recordings with the plugins of a catalog. */
public final class Replayer {
  /** So many lines decide which format a file has. */
  private static final long HEAD = 2_000;

  private final Catalog catalog;
  private final ReplayRequest request;
  private final Chosen<HaltPollProvider> hostRule;
  private final Chosen<IdlePolicyProvider> guestRule;

  /**
   * @param catalog the plugins there are
   * @throws ProblemsException if a rule that the request names cannot be used
   */
  public Replayer(Catalog catalog, ReplayRequest request) throws ProblemsException {
    this.catalog = catalog;
    this.request = request;
    PluginText plugins = new PluginText(catalog);
    this.hostRule = plugins.read(Kind.HALT_POLL, request.hostRule(), "--rule");
    this.guestRule = plugins.read(Kind.IDLE, request.guestRule(), "--guest-rule");
  }

  /**
   * Replays one recording.
   *
   * @throws UnreadableTraceException if it cannot be read, or the rule cannot follow it
   */
  public Replayed replay(TraceFile file) throws UnreadableTraceException {
    Catalog.Entry<TraceReaderProvider> format = format(file);
    Troubles troubles = new Troubles();
    Parameters parameters = new Parameters(request.parameters(), request.kernel(), request.running());
    TraceScan scan = new TraceScan(file, reader(format), troubles);
    KernelRules.Host hostRules = new KernelRules.Host(hostRule, file.name());
    KernelRules.Guest guestRules = new KernelRules.Guest(guestRule, file.name());
    HostReplay host = new HostReplay(parameters, hostRules, scan::line, troubles, HaltListener.NONE);
    GuestReplay guest = new GuestReplay(parameters, guestRules, scan::line, troubles);
    try {
      scan.run(new TraceReplay(host, guest));
      return new Replayed(
          file.name(), format.id(), parameters.kernel(), scan.line(),
          parts(parameters, hostRules.config(), host.outcome(), guestRules.config(), guest.outcome()), troubles);
    } catch (IllegalArgumentException e) {
      // How a rule says that it cannot take the recorded parameters.
      throw new UnreadableTraceException(file.name(), String.valueOf(e.getMessage()));
    }
  }

  private List<Replayed.Part> parts(
      Parameters parameters, RuleConfig hostConfig, HostReplay.Outcome host, RuleConfig guestConfig,
      GuestReplay.Outcome guest) {
    List<Replayed.Part> parts = new ArrayList<>();
    boolean ofGuest = guest.halts() + guest.polls() > 0;
    if (host.halts() > 0 || !ofGuest && !parameters.ofGuest()) {
      parts.add(new Replayed.Part(
          false, hostRule.entry().id(), hostConfig.shown(hostConfig.of(parameters, List.of())), host.vcpus(),
          host.halts(), host.decisions(), host.mismatches(), host.unverified(), host.losses(), host.lostEvents(),
          host.firstMismatch()));
    }
    if (ofGuest || parts.isEmpty()) {
      parts.add(new Replayed.Part(
          true, guestRule.entry().id(), guestConfig.shown(guestConfig.of(parameters, List.of())), guest.cpus(),
          guest.halts(), guest.decisions(), guest.mismatches(), guest.unverified(), guest.losses(),
          guest.lostEvents(), guest.firstMismatch()));
    }
    return parts;
  }

  private Catalog.Entry<TraceReaderProvider> format(TraceFile file) throws UnreadableTraceException {
    if (request.format() != null) {
      return catalog.find(Kind.TRACE, request.format()).orElseThrow(() -> new UnreadableTraceException(
          file.name(), "there is no trace format " + request.format() + "; there are " + formats()));
    }
    Catalog.Entry<TraceReaderProvider> best = null;
    long most = Long.MIN_VALUE;
    for (Catalog.Entry<TraceReaderProvider> entry : catalog.usable(Kind.TRACE)) {
      Long fit = TraceScan.fit(file, reader(entry), HEAD);
      long events = fit == null ? 0 : fit;
      if (events > most) {
        best = entry;
        most = events;
      }
    }
    if (best == null || most < 0) {
      throw new UnreadableTraceException(
          file.name(), "not a trace: of its first lines most are in none of the formats " + formats());
    }
    return best;
  }

  private String formats() {
    return String.join(", ", catalog.usable(Kind.TRACE).stream().map(Catalog.Entry::id).toList());
  }

  @SuppressWarnings("unchecked") // the configuration type is known to the provider only
  private static TraceReader reader(Catalog.Entry<TraceReaderProvider> entry) {
    TraceReaderProvider<Record> provider = (TraceReaderProvider<Record>) entry.provider();
    return provider.create(provider.defaults());
  }
}
