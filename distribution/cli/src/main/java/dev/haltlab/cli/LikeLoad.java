package dev.haltlab.cli;

import dev.haltlab.engine.ExitReason;
import dev.haltlab.engine.Outcome;
import dev.haltlab.engine.VcpuState;
import dev.haltlab.platform.catalog.Catalog;
import dev.haltlab.platform.config.ProblemsException;
import dev.haltlab.platform.explain.ExitMix;
import dev.haltlab.platform.explain.GuestEra;
import dev.haltlab.platform.explain.Span;
import dev.haltlab.platform.explain.WhatIf;
import dev.haltlab.platform.kvmstat.KvmStat;
import dev.haltlab.platform.run.Difference;
import dev.haltlab.platform.run.Latency;
import dev.haltlab.platform.run.Pool;
import dev.haltlab.platform.run.Progress;
import dev.haltlab.platform.run.Results;
import dev.haltlab.platform.run.Runner;
import dev.haltlab.platform.scenario.Plan;
import dev.haltlab.platform.scenario.PlanRequest;
import java.io.IOException;
import java.io.InputStream;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Simulates a load whose halts are as long as a table's, as it is and with one thing changed at a time. Halts below
 * {@value #MESSAGES_BELOW_US} µs are taken for waits for messages between two vCPUs, longer ones for idleness.
 */
final class LikeLoad {
  static final int MESSAGES_BELOW_US = 1_000;
  private static final int CLOSE_ENOUGH_PERCENT = 1;
  private static final int MOST_TRIALS = 12;
  private static final int HALTS = 2_000;
  private static final String TEMPLATE = "explain.yaml";

  /** Titles of the template's variants after the first. */
  private static final Map<String, String> TITLES = titles();

  private final Planning planning;
  private final Runner runner;
  private final Catalog catalog;
  private final Assumed assumed;

  /**
   * What the user knows better than the table.
   *
   * @param cpu a host profile, as after {@code cpu:}
   * @param haltPoll the host's strategy now, as after {@code haltPoll:}
   * @param guestKernel the guest's Linux; null to tell it from the table
   * @param windowNs longest window to try
   */
  record Assumed(String cpu, String haltPoll, @Nullable String guestKernel, long windowNs) {}

  /** A load that can be simulated, or why there is none. */
  record Found(Optional<WhatIf> whatIf, String without) {
    static Found none(String without) {
      return new Found(Optional.empty(), without);
    }
  }

  LikeLoad(Planning planning, Runner runner, Catalog catalog, Assumed assumed) {
    this.planning = planning;
    this.runner = runner;
    this.catalog = catalog;
    this.assumed = assumed;
  }

  private static Map<String, String> titles() {
    Map<String, String> titles = new LinkedHashMap<>();
    titles.put("now", "as it is");
    titles.put("no-polling", "host does not poll");
    titles.put("fixed", "host polls as long at every halt");
    titles.put("adaptive", "host polls adaptively");
    titles.put("guest-polls", "guest polls before it halts (haltpoll)");
    titles.put("newest-guest", "guest of Linux 7.1");
    titles.put("bound", "host knows when to poll");
    return titles;
  }

  /** Fits and runs the load. */
  Found like(ExitMix mix) throws ProblemsException, InterruptedException {
    Optional<KvmStat.Row> row = mix.halts().filter(halts -> halts.samples() >= 100);
    if (row.isEmpty()) {
      return Found.none("Nothing was simulated: it takes at least 100 halts to know what to wait for.");
    }
    BigDecimal haltUs = row.get().meanUs();
    if (haltUs.compareTo(BigDecimal.valueOf(5_000_000)) > 0) {
      return Found.none("Nothing was simulated: a vCPU that halts for " + Span.show(haltUs) + " costs next to nothing.");
    }
    boolean messages = haltUs.compareTo(BigDecimal.valueOf(MESSAGES_BELOW_US)) < 0;
    boolean random = ExitMix.variation(row.get()).compareTo(new BigDecimal("0.5")) >= 0;
    Optional<BigDecimal> writes = mix.msrWrites().flatMap(msr -> mix.perHalt(msr.samples()));
    String kernel = assumed.guestKernel != null
        ? assumed.guestKernel : writes.map(GuestEra::of).orElse(GuestEra.FROM_5_15).kernel();
    Load load = new Load(haltUs, messages, random, kernel);
    BigDecimal parameter = messages ? work(load) : wakeUps(load);
    if (parameter == null) {
      return Found.none("Nothing was simulated: in the model of " + assumed.cpu + " even a message that is answered at"
          + " once takes longer than halts of " + Span.show(haltUs) + ". Try --cpu or --halt-poll.");
    }
    String scenario = load.scenario(parameter);
    Results results = run(scenario, Integer.MAX_VALUE, 5);
    List<WhatIf.Change> changes = changes(results, messages);
    BigDecimal modelUs = haltUs(results.outcomes().get(0));
    return new Found(
        Optional.of(new WhatIf(assumptions(load, parameter, writes), haltUs, modelUs, scenario, changes)), "");
  }

  private List<String> assumptions(Load load, BigDecimal parameter, Optional<BigDecimal> writes) {
    List<String> all = new ArrayList<>();
    all.add(load.messages
        ? "Halts below 1 ms are waits for messages: two vCPUs hand one back and forth, and each works "
            + Span.show(parameter) + (load.random ? " on average, exponentially spread as the table's halts are," : "")
            + " before it answers, so that the other's halts are as long as in the table."
        : "Halts of 1 ms and more are idleness: " + parameter.toPlainString() + " wake-ups a second of each vCPU's own"
            + " kernel, which come at random.");
    all.add("The host is " + assumed.cpu + " (--cpu); its prices are not your host's, so read changes before absolute"
        + " values.");
    all.add("The host's strategy now is " + assumed.haltPoll + " (--halt-poll); a table of exits cannot tell it. The"
        + " longest window is " + Span.show(BigDecimal.valueOf(assumed.windowNs, 3)) + " (--window).");
    all.add("The guest is Linux " + load.kernel + (assumed.guestKernel != null ? ", as you said."
        : writes.isPresent() ? ", by " + writes.get().toPlainString() + " MSR writes a halt (--guest-kernel)."
        : "; the table does not tell (--guest-kernel)."));
    return all;
  }

  private List<WhatIf.Change> changes(Results results, boolean messages) {
    List<WhatIf.Change> changes = new ArrayList<>();
    List<Outcome> now = results.outcomes().get(0);
    for (int i = 0; i < results.outcomes().size(); i++) {
      Plan.Variant variant = results.plan().variants().get(i);
      List<Outcome> then = results.outcomes().get(i);
      changes.add(new WhatIf.Change(
          variant.name(), TITLES.getOrDefault(variant.name(), variant.name()), variant.bound(),
          messages ? Optional.of(paired(now, then, LikeLoad::latencyNs)) : Optional.empty(),
          paired(now, then, LikeLoad::cpu), paired(now, then, LikeLoad::exits)));
    }
    return changes;
  }

  private static Difference paired(List<Outcome> now, List<Outcome> then, Function<Outcome, BigDecimal> figure) {
    return Difference.paired(now.stream().map(figure).toList(), then.stream().map(figure).toList());
  }

  private static BigDecimal latencyNs(Outcome outcome) {
    BigDecimal mean = Latency.of(outcome.vms().get(0).probes().values().iterator().next()).mean();
    return mean == null ? BigDecimal.ZERO : mean;
  }

  private static BigDecimal cpu(Outcome outcome) {
    List<Outcome.Vcpu> vcpus = outcome.vms().get(0).vcpus();
    long idle = 0;
    for (Outcome.Vcpu vcpu : vcpus) {
      idle += vcpu.byState().getOrDefault(VcpuState.BLOCKED, 0L)
          + vcpu.byState().getOrDefault(VcpuState.RUNNABLE, 0L);
    }
    BigDecimal all = BigDecimal.valueOf(outcome.simulatedNs()).multiply(BigDecimal.valueOf(vcpus.size()));
    return all.subtract(BigDecimal.valueOf(idle)).divide(all, 9, RoundingMode.HALF_EVEN);
  }

  private static BigDecimal exits(Outcome outcome) {
    long all = outcome.vms().get(0).exits().values().stream().mapToLong(Outcome.Count::count).sum();
    return BigDecimal.valueOf(all).movePointRight(9).divide(
        BigDecimal.valueOf(outcome.simulatedNs()).multiply(BigDecimal.valueOf(outcome.vms().get(0).vcpus().size())), 3,
        RoundingMode.HALF_EVEN);
  }

  /** The work, µs, with which the model's halts last as long as the table's; null if they cannot be so short. */
  private @Nullable BigDecimal work(Load load) throws ProblemsException, InterruptedException {
    BigDecimal low = BigDecimal.ZERO;
    BigDecimal high = load.haltUs;
    if (haltUs(load, low).compareTo(load.haltUs) > 0) {
      return null;
    }
    BigDecimal work = high;
    for (int i = 0; i < MOST_TRIALS; i++) {
      work = low.add(high).divide(BigDecimal.valueOf(2), 3, RoundingMode.HALF_EVEN);
      BigDecimal off = haltUs(load, work).subtract(load.haltUs);
      if (off.abs().movePointRight(2).compareTo(load.haltUs.multiply(BigDecimal.valueOf(CLOSE_ENOUGH_PERCENT))) <= 0) {
        return work;
      }
      if (off.signum() < 0) {
        low = work;
      } else {
        high = work;
      }
    }
    return work;
  }

  /** Wake-ups a second; the guest's timers are coarser than halts, so a few steps must do. */
  private BigDecimal wakeUps(Load load) throws ProblemsException, InterruptedException {
    BigDecimal perSecond = BigDecimal.valueOf(1_000_000).divide(load.haltUs, 0, RoundingMode.UP);
    for (int i = 0; i < MOST_TRIALS / 2; i++) {
      BigDecimal next = perSecond.multiply(haltUs(load, perSecond)).divide(load.haltUs, 0, RoundingMode.HALF_UP)
          .max(BigDecimal.ONE);
      if (next.compareTo(perSecond) == 0) {
        break;
      }
      perSecond = next;
    }
    return perSecond;
  }

  private BigDecimal haltUs(Load load, BigDecimal parameter) throws ProblemsException, InterruptedException {
    return haltUs(run(load.scenario(parameter), 1, 1).outcomes().get(0));
  }

  private static BigDecimal haltUs(List<Outcome> replications) {
    Outcome.Count halts = Pool.of(replications).vms().get(0).exits().getOrDefault(ExitReason.HLT, Outcome.Count.NONE);
    return halts.count() == 0 ? BigDecimal.ZERO
        : BigDecimal.valueOf(halts.timeNs(), 3).divide(BigDecimal.valueOf(halts.count()), 3, RoundingMode.HALF_EVEN);
  }

  private Results run(String scenario, int variants, int replications) throws ProblemsException, InterruptedException {
    Path file = null;
    try {
      file = Files.createTempFile("haltlab", ".yaml");
      Files.writeString(file, scenario, StandardCharsets.UTF_8);
      Plan plan = planning.plan(
          catalog, new PlanRequest(file, List.of(), OptionalLong.empty(), OptionalInt.of(replications)));
      Plan part = new Plan(
          plan.scenario(), plan.seed(), plan.replications(),
          plan.variants().subList(0, Math.min(variants, plan.variants().size())));
      return runner.run(part, Runtime.getRuntime().availableProcessors(), Progress.NONE, planning.watch(catalog));
    } catch (IOException e) {
      throw new Refusal(ExitCode.PROBLEMS, "the load to simulate cannot be written: " + Unfinished.why(e));
    } finally {
      remove(file);
    }
  }

  private static void remove(@Nullable Path file) {
    try {
      if (file != null) {
        Files.deleteIfExists(file);
      }
    } catch (IOException e) {
      // It stands among the temporary files, where somebody cleans up.
    }
  }

  /** What is to be simulated, but for how much. */
  private final class Load {
    final BigDecimal haltUs;
    final boolean messages;
    final boolean random;
    final String kernel;

    Load(BigDecimal haltUs, boolean messages, boolean random, String kernel) {
      this.haltUs = haltUs;
      this.messages = messages;
      this.random = random;
      this.kernel = kernel;
    }

    /** As a scenario's text; the parameter is work in µs, or wake-ups a second. */
    String scenario(BigDecimal parameter) {
      String work = parameter.movePointRight(3).toBigInteger() + "ns";
      String spread = random && parameter.signum() > 0 ? "{ exponential: " + work + " }" : work;
      String workload = messages
          ? "{ use: tcp-rr, clientWork: " + spread + ", serverWork: " + spread + " }"
          : "{ use: idle, wakeUpsPerSecond: " + parameter.toPlainString() + " }";
      // Long enough for halts to differ from each other, and short enough to wait for.
      long ns = Math.max(200_000_000L, haltUs.movePointRight(3).longValue() * HALTS);
      return template()
          .replace("${cpu}", assumed.cpu).replace("${haltPoll}", assumed.haltPoll).replace("${guestKernel}", kernel)
          .replace("${workload}", workload).replace("${window}", assumed.windowNs + "ns")
          .replace("${for}", Math.min(ns, 100_000_000_000L) / 1_000_000 + "ms").replace("${warmup}", "20ms");
    }
  }

  private static String template() {
    try (InputStream in = LikeLoad.class.getResourceAsStream(TEMPLATE)) {
      if (in == null) {
        throw new IllegalStateException(TEMPLATE + " is missing in this build");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new IllegalStateException(e); // it is in our own jar
    }
  }
}
