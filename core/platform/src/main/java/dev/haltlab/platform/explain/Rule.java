package dev.haltlab.platform.explain;

import dev.haltlab.platform.kvmstat.KvmStat;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.BiFunction;

/**
 * One rule: when it applies, what it then says, and on what ground.
 *
 * @param id its name in output
 * @param when the condition, in words
 * @param source where the knowledge is from
 * @param finding what a table shows by it, given the longest poll window, µs; empty if it does not apply
 */
public record Rule(
    String id, String when, String source, BiFunction<ExitMix, BigDecimal, Optional<String>> finding) {

  /** What a table shows by a rule. */
  public record Finding(Rule rule, String text) {}

  /** All rules, in the order of what they tell. */
  public static final List<Rule> ALL = List.of(
      new Rule(
          "no-halts", "fewer than 1 % of the exits are halts",
          "Linux drivers/cpuidle/governors/haltpoll.c; Documentation/virt/kvm/api.rst, KVM_CAP_X86_DISABLE_EXITS",
          (mix, window) -> noHalts(mix)),
      new Rule(
          "short-halts", "halts are shorter than the longest poll window on average",
          "Linux Documentation/virt/kvm/halt-polling.rst; for comparison firecracker issue 3043: 29 us in a guest that"
              + " burnt its CPU, 21370 us in a healthy one",
          Rule::shortHalts),
      new Rule(
          "long-halts", "halts are longer than the longest poll window on average",
          "Linux Documentation/virt/kvm/halt-polling.rst; the bound is Cantelli's inequality on the table's mean and"
              + " standard error",
          Rule::longHalts),
      new Rule(
          "timer-writes", "at least 1.5 MSR writes for each halt",
          "D. Matlack, Message Passing Workloads in KVM (KVM Forum 2015), slides 10 to 13; Linux"
              + " kernel/time/tick-sched.c and hrtimer.c, commits 627ef5ae2df8 (5.15) and adcec6a7f566 (7.1)",
          (mix, window) -> timerWrites(mix)),
      new Rule(
          "timer-expiries", "at least one timer exit for two halts",
          "Linux arch/x86/kvm/lapic.c: the preemption timer backs the guest's timer while it runs",
          (mix, window) -> timerExpiries(mix)),
      new Rule(
          "interrupts", "at least one external interrupt for two halts",
          "Linux arch/x86/kvm/vmx: without posted interrupts a kick of a running vCPU exits; so does every host tick",
          (mix, window) -> interrupts(mix)),
      new Rule(
          "spinning", "at least 1 % of the exits are PAUSE",
          "Linux arch/x86/kvm/vmx: PAUSE-loop exiting, ple_gap and ple_window",
          (mix, window) -> spinning(mix)),
      new Rule(
          "devices", "at least a fifth of the exits are I/O, MMIO or page faults",
          "Linux tools/perf/Documentation/perf-kvm.txt: --event=mmio, --event=ioport",
          (mix, window) -> devices(mix)),
      new Rule(
          "overhead", "there are any exits", "the table's own sums", (mix, window) -> overhead(mix)));

  /** What a table shows. */
  public static List<Finding> explain(ExitMix mix, BigDecimal windowUs) {
    List<Finding> findings = new ArrayList<>();
    for (Rule rule : ALL) {
      rule.finding.apply(mix, windowUs).ifPresent(text -> findings.add(new Finding(rule, text)));
    }
    return findings;
  }

  private static Optional<String> noHalts(ExitMix mix) {
    long halts = mix.halts().map(KvmStat.Row::samples).orElse(0L);
    boolean unknown = mix.halts().isEmpty() && mix.isCut();
    if (unknown || mix.samples() == 0 || mix.percent(halts).compareTo(BigDecimal.ONE) >= 0) {
      return Optional.empty();
    }
    return Optional.of("The guest hardly ever halts. Either it always has work, or it polls itself (idle=poll, or the"
        + " driver haltpoll), or HLT and MWAIT are passed through to it (QEMU: -overcommit cpu-pm=on). In the last two"
        + " the host cannot poll for it.");
  }

  private static Optional<String> shortHalts(ExitMix mix, BigDecimal windowUs) {
    return mix.halts().filter(row -> row.samples() > 0 && row.meanUs().compareTo(windowUs) < 0).map(row -> {
      ExitMix.Share share = ExitMix.within(row, windowUs);
      return "The vCPUs halt often and briefly: " + count(row.samples()) + " times for " + Span.show(row.meanUs())
          + " on average" + range(row) + ". This is a guest that waits for messages. "
          + (share.least().compareTo(BigDecimal.ONE) == 0
              ? "All of the halts" : "At least " + percent(share.least()) + " of the halts")
          + " were over within " + Span.show(windowUs) + ": polling that long catches those, and spares each a thread's"
          + " sleep and wake-up. Whether the host polls already the table cannot tell, as it counts polling and sleep as"
          + " one; 'haltlab capture' can.";
    });
  }

  private static Optional<String> longHalts(ExitMix mix, BigDecimal windowUs) {
    return mix.halts().filter(row -> row.samples() > 0 && row.meanUs().compareTo(windowUs) >= 0).map(row -> {
      ExitMix.Share share = ExitMix.within(row, windowUs);
      BigDecimal burntUs = windowUs.multiply(BigDecimal.valueOf(row.samples()));
      BigDecimal shareOfHalts = burntUs.movePointRight(2)
          .divide(row.meanUs().multiply(BigDecimal.valueOf(row.samples())), 1, RoundingMode.HALF_EVEN);
      return "Halts are long: " + Span.show(row.meanUs()) + " on average" + range(row) + ". "
          + (share.most().signum() == 0 ? "None of them" : "At most " + percent(share.most()) + " of them")
          + " can have been over within " + Span.show(windowUs) + ", so polling that long at each halt mostly misses. A"
          + " fixed window would burn up to " + Span.show(burntUs) + ", " + shareOfHalts.toPlainString()
          + " % of the time halted; the adaptive one shrinks instead.";
    });
  }

  private static Optional<String> timerWrites(ExitMix mix) {
    return mix.msrWrites().flatMap(row -> mix.perHalt(row.samples())
        .filter(ratio -> ratio.compareTo(new BigDecimal("1.5")) >= 0)
        .map(ratio -> {
          BigDecimal all = row.meanUs().multiply(ratio);
          return ratio.toPlainString() + " MSR writes come on each halt, " + Span.show(all) + " of exits together. An idle"
              + " guest stops its tick and restarts it, and each writes the APIC timer: 4 writes a halt up to Linux 5.14,"
              + " 3 from 5.15, 2 from 7.1, and one more to wake another vCPU. The count fits a guest of "
              + GuestEra.of(ratio).words() + ". The writes when idle ends, 2 or since 7.1 one, delay each message; a"
              + " newer guest kernel or a guest that polls before it halts saves them. 'perf kvm stat report"
              + " --event=msr' tells timers (0x838, 0x6e0) from interrupts sent (0x830).";
        }));
  }

  private static Optional<String> timerExpiries(ExitMix mix) {
    return mix.timers().flatMap(row -> mix.perHalt(row.samples())
        .filter(ratio -> ratio.compareTo(new BigDecimal("0.5")) >= 0)
        .map(ratio -> "The guest's own timer goes off " + ratio.toPlainString() + " times for each halt while it runs:"
            + " a tick that does not stop, or programs that sleep for short times. A timer that wakes a halted vCPU is"
            + " no exit and not counted here."));
  }

  private static Optional<String> interrupts(ExitMix mix) {
    return mix.interrupts().flatMap(row -> mix.perHalt(row.samples())
        .filter(ratio -> ratio.compareTo(new BigDecimal("0.5")) >= 0)
        .map(ratio -> "Interrupts of the host throw the guest out " + ratio.toPlainString() + " times for each halt:"
            + " kicks of running vCPUs where interrupts are not posted, devices, and the host's own ticks."));
  }

  private static Optional<String> spinning(ExitMix mix) {
    return mix.pauses().filter(row -> mix.percent(row.samples()).compareTo(BigDecimal.ONE) >= 0)
        .map(row -> mix.percent(row.samples()).toPlainString() + " % of the exits are PAUSE: the guest spins, on locks"
            + " whose holder may not be running, or in its own idle polling.");
  }

  private static Optional<String> devices(ExitMix mix) {
    long samples = mix.devices().stream().mapToLong(KvmStat.Row::samples).sum();
    return Optional.of(mix.percent(samples)).filter(percent -> percent.compareTo(BigDecimal.valueOf(20)) >= 0)
        .map(percent -> percent.toPlainString() + " % of the exits are device accesses or page faults. They are not"
            + " message passing between vCPUs, and nothing below tells what would help them.");
  }

  private static Optional<String> overhead(ExitMix mix) {
    if (mix.samples() == 0) {
      return Optional.empty();
    }
    String each = mix.halts().filter(row -> row.samples() > 0)
        .map(row -> ", " + Span.show(mix.otherUs().divide(BigDecimal.valueOf(row.samples()), 4, RoundingMode.HALF_EVEN))
            + " for each halt")
        .orElse("");
    return Optional.of("Exits other than halts took " + Span.show(mix.otherUs()) + " of host CPU" + each + ".");
  }

  private static String range(KvmStat.Row row) {
    BigDecimal min = row.minUs();
    BigDecimal max = row.maxUs();
    return min == null || max == null ? "" : " (" + Span.show(min) + " to " + Span.show(max) + ")";
  }

  private static String percent(BigDecimal share) {
    return share.movePointRight(2).setScale(0, RoundingMode.HALF_EVEN).toPlainString() + " %";
  }

  private static String count(long value) {
    return String.format(Locale.ROOT, "%,d", value);
  }
}
