package dev.haltlab.platform.replay;

import dev.haltlab.platform.catalog.Catalog;
import dev.haltlab.platform.catalog.Kind;
import dev.haltlab.platform.config.ProblemsException;
import dev.haltlab.platform.scenario.PluginText;
import dev.haltlab.platform.scenario.PluginText.Chosen;
import dev.haltlab.spi.HaltPoll;
import dev.haltlab.spi.HaltPollProvider;
import dev.haltlab.spi.IdlePolicyProvider;
import dev.haltlab.spi.TraceReader;
import dev.haltlab.spi.TraceReaderProvider;
import dev.haltlab.trace.PluginFault;
import dev.haltlab.trace.TraceFile;
import dev.haltlab.trace.TraceScan;
import dev.haltlab.trace.Troubles;
import dev.haltlab.trace.UnfitRuleException;
import dev.haltlab.trace.UnreadableTraceException;
import dev.haltlab.trace.replay.GuestReplay;
import dev.haltlab.trace.replay.HostReplay;
import dev.haltlab.trace.replay.Parameters;
import dev.haltlab.trace.replay.TraceReplay;
import dev.haltlab.trace.replay.WakeLatency;
import dev.haltlab.trace.replay.WhatIf;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Replays recordings with the plugins of a catalog. */
public final class Replayer {
  /** So many lines decide which format a file has. */
  private static final long HEAD = 2_000;

  private final Catalog catalog;
  private final ReplayRequest request;
  private final Chosen<HaltPollProvider> hostRule;
  private final Chosen<IdlePolicyProvider> guestRule;
  private final List<Trial> trials = new ArrayList<>();

  /** A strategy to be tried. */
  private record Trial(String name, Chosen<HaltPollProvider> chosen) {}

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
    for (String text : request.strategies()) {
      trials.add(new Trial(text.strip(), plugins.read(Kind.HALT_POLL, text, "--strategy")));
    }
    boolean bounded = trials.stream().anyMatch(trial -> trial.chosen.entry().id().equals(ReplayRequest.BOUND));
    if (!trials.isEmpty() && !bounded) {
      trials.add(new Trial(ReplayRequest.BOUND, plugins.read(Kind.HALT_POLL, ReplayRequest.BOUND, "--strategy")));
    }
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
    WakeLatency latency = new WakeLatency();
    HostReplay host = new HostReplay(parameters, hostRules, scan::line, troubles, latency);
    GuestReplay guest = new GuestReplay(parameters, guestRules, scan::line, troubles);
    try {
      scan.run(new TraceReplay(host, guest));
      return new Replayed(
          file.name(), format.id(), parameters.kernel(), scan.line(),
          parts(parameters, hostRules.config(), host.outcome(), guestRules.config(), guest.outcome()),
          host.outcome().spanNs(),
          trials.isEmpty() || host.outcome().halts() == 0 ? Optional.empty()
              : Optional.of(whatIf(file, format, latency.estimate())),
          troubles);
    } catch (UnfitRuleException e) {
      throw new UnreadableTraceException(file.name(), String.valueOf(e.getMessage()));
    }
  }

  /** A second pass: what the recorded lengths contain is known only after the first. */
  private WhatIf.Outcome whatIf(
      TraceFile file, Catalog.Entry<TraceReaderProvider> format, WakeLatency.Estimate estimated)
      throws UnreadableTraceException {
    List<WhatIf.Trial> tried = trials.stream()
        .map(trial -> new WhatIf.Trial(trial.name, vcpu -> strategy(trial.chosen, file.name(), vcpu))).toList();
    WakeLatency.Estimate latency = request.wakeLatencyNs().isPresent()
        ? WakeLatency.Estimate.said(request.wakeLatencyNs().getAsLong()) : estimated;
    WhatIf whatIf = new WhatIf(latency, tried);
    Troubles known = new Troubles();
    Parameters parameters = new Parameters(request.parameters(), request.kernel(), request.running());
    TraceScan scan = new TraceScan(file, reader(format), known);
    scan.run(new HostReplay(parameters, new KernelRules.Host(hostRule, file.name()), scan::line, known, whatIf));
    return whatIf.outcome();
  }

  @SuppressWarnings("unchecked") // the configuration type is known to the provider only
  private static HaltPoll strategy(Chosen<HaltPollProvider> chosen, String trace, int vcpu) {
    try {
      HaltPollProvider<Record> provider = (HaltPollProvider<Record>) chosen.entry().provider();
      return provider.create(chosen.config(), new ReplaySeat(trace, vcpu));
    } catch (RuntimeException | LinkageError | StackOverflowError e) {
      throw new PluginFault("the halt-poll strategy " + chosen.entry().id() + " threw in create: " + e, e);
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
      long events = fit(file, entry);
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

  /** A format that throws at what is not its own does not take the others away. */
  private static long fit(TraceFile file, Catalog.Entry<TraceReaderProvider> entry) throws UnreadableTraceException {
    try {
      Long fit = TraceScan.fit(file, reader(entry), HEAD);
      return fit == null ? 0 : fit;
    } catch (PluginFault e) {
      return Long.MIN_VALUE;
    }
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
