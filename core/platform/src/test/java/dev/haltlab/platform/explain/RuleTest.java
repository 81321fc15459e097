package dev.haltlab.platform.explain;

import static org.assertj.core.api.Assertions.assertThat;

import dev.haltlab.platform.kvmstat.KvmStat;
import dev.haltlab.platform.kvmstat.KvmStatReader;
import java.math.BigDecimal;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Pins: a rule that applies where it must not, and bounds on halts that real halts break. */
class RuleTest {
  private static final BigDecimal WINDOW = BigDecimal.valueOf(200);

  private static ExitMix mix(String... rows) {
    String text = "Analyze events for all VMs, all VCPUs:\n"
        + "  VM-EXIT    Samples  Samples%     Time%    Min Time    Max Time         Avg time\n"
        + Arrays.stream(rows).collect(Collectors.joining("\n"));
    KvmStatReader.Reading reading = KvmStatReader.read("t", text);
    assertThat(reading.problems()).isEmpty();
    return new ExitMix(reading.tables().get(0));
  }

  private static List<String> ids(ExitMix mix) {
    return Rule.explain(mix, WINDOW).stream().map(finding -> finding.rule().id()).toList();
  }

  private static String text(ExitMix mix, String id) {
    return Rule.explain(mix, WINDOW).stream().filter(finding -> finding.rule().id().equals(id)).findFirst()
        .orElseThrow().text();
  }

  @Test
  void a_guest_of_messages_halts_briefly_and_writes_its_timer() {
    ExitMix mix = mix(
        "MSR_WRITE 289860 82.83% 28.38% 0.79us 5.04us 1.37us ( +- 0.05% )",
        "HLT 59251 16.93% 71.52% 0.94us 167.10us 16.92us ( +- 0.06% )",
        "EXTERNAL_INTERRUPT 921 0.26% 0.19% 2.04us 3.38us 2.91us ( +- 0.40% )");

    assertThat(ids(mix)).containsExactly("short-halts", "timer-writes", "overhead");
    assertThat(text(mix, "short-halts")).contains("59,251 times for 16.92 us").contains("All of the halts");
    assertThat(text(mix, "timer-writes")).contains("4.89 MSR writes").contains("Linux up to 5.14");
  }

  @Test
  void long_halts_make_polling_miss() {
    ExitMix mix = mix("HLT 15885 100.00% 100.00% 0.63us 17539.26us 8224.34us ( +- 0.61% )");

    assertThat(ids(mix)).containsExactly("long-halts", "overhead");
    // s = 0.00615 * 8224.34 us * sqrt(15885) = 6375 us, so 6375^2 / (6375^2 + 8024^2) = 0.387
    assertThat(text(mix, "long-halts")).contains("8.22 ms on average").contains("At most 39 % of them")
        .contains("burn up to 3.18 s, 2.4 %");
    assertThat(text(mix("HLT 10 100.00% 100.00% 300.00us 900.00us 500.00us ( +- 1.00% )"), "long-halts"))
        .contains("None of them can have been over within 200 us");
  }

  @Test
  void amd_and_arm_rows_mean_the_same() {
    assertThat(ids(mix("hlt 100 50.00% 90.00% 1.00us 50.00us 20.00us ( +- 1.00% )",
        "msr 400 50.00% 10.00% 1.00us 3.00us 2.00us ( +- 1.00% )"))).contains("short-halts", "timer-writes");
    assertThat(ids(mix("WFx 100 50.00% 90.00% 1.00us 50.00us 20.00us ( +- 1.00% )",
        "IRQ 400 50.00% 10.00% 1.00us 3.00us 2.00us ( +- 1.00% )"))).contains("short-halts", "interrupts");
  }

  @Test
  void what_does_not_halt_spins_or_talks_to_devices_is_told_so() {
    assertThat(ids(mix(
        "PAUSE_INSTRUCTION 500 50.00% 50.00% 1.00us 3.00us 2.00us ( +- 1.00% )",
        "EPT_MISCONFIG 500 50.00% 50.00% 1.00us 3.00us 2.00us ( +- 1.00% )")))
        .containsExactly("no-halts", "spinning", "devices", "overhead");
    assertThat(ids(mix("HLT 100 20.00% 20.00% 300.00us 3000.00us 2000.00us ( +- 1.00% )",
        "PREEMPTION_TIMER 400 80.00% 80.00% 1.00us 3.00us 2.00us ( +- 1.00% )"))).contains("timer-expiries");
    assertThat(ids(mix())).isEmpty();
  }

  @Test
  void halts_that_may_have_been_cut_off_are_not_said_to_be_none() {
    KvmStat.Row writes = new KvmStat.Row(
        0, "MSR_WRITE", 80, new BigDecimal("82.81"), new BigDecimal("28.29"), BigDecimal.ONE, BigDecimal.ONE,
        BigDecimal.ONE, BigDecimal.ZERO);
    ExitMix cut = new ExitMix(new KvmStat(0, "", KvmStat.EXITS, null, List.of(writes), -1, null, 0));
    assertThat(ids(cut)).contains("overhead").doesNotContain("no-halts");
    assertThat(cut.samples()).isEqualTo(97);
    KvmStat.Row most = new KvmStat.Row(
        0, "MSR_WRITE", Long.MAX_VALUE, BigDecimal.ONE, BigDecimal.ONE, null, null, BigDecimal.ONE, BigDecimal.ZERO);
    assertThat(new ExitMix(new KvmStat(0, "", KvmStat.EXITS, null, List.of(most), -1, null, 0)).samples())
        .isEqualTo(Long.MAX_VALUE);
    ExitMix whole = new ExitMix(new KvmStat(0, "", KvmStat.EXITS, null, List.of(writes), 80, null, 0));
    assertThat(ids(whole)).contains("no-halts");
  }

  @Test
  void halts_of_any_distribution_keep_within_the_bounds() {
    SplittableRandom random = new SplittableRandom(4);
    for (int i = 0; i < 300; i++) {
      int n = 2 + random.nextInt(200);
      double[] us = new double[n];
      int kind = random.nextInt(3);
      for (int k = 0; k < n; k++) {
        us[k] = switch (kind) {
          case 0 -> 1 + random.nextDouble() * 400;
          case 1 -> random.nextInt(10) == 0 ? 5_000 : 50;
          default -> Math.rint(Math.pow(10, random.nextDouble() * 4));
        };
      }
      double mean = Arrays.stream(us).average().orElseThrow();
      double m2 = Arrays.stream(us).map(x -> (x - mean) * (x - mean)).sum();
      double error = 100 * Math.sqrt(m2 / (n - 1) / n) / mean;
      KvmStat.Row row = new KvmStat.Row(
          0, "HLT", n, BigDecimal.ZERO, BigDecimal.ZERO, cents(Arrays.stream(us).min().orElseThrow()),
          cents(Arrays.stream(us).max().orElseThrow()), cents(mean), cents(error));
      for (double window : new double[] {20, 50, 200, 1_000}) {
        double share = Arrays.stream(us).filter(x -> x <= window).count() / (double) n;
        ExitMix.Share bounds = ExitMix.within(row, BigDecimal.valueOf(window));
        assertThat(share).isBetween(bounds.least().doubleValue() - 1e-3, bounds.most().doubleValue() + 1e-3);
      }
    }
  }

  private static BigDecimal cents(double value) {
    return BigDecimal.valueOf(Math.round(value * 100), 2);
  }

  @Test
  void every_rule_names_its_ground() {
    assertThat(Rule.ALL).allSatisfy(rule -> {
      assertThat(rule.source()).isNotBlank().doesNotEndWith(".");
      assertThat(rule.when()).isNotBlank();
    }).extracting(Rule::id).doesNotHaveDuplicates();
  }

  @Test
  void times_bear_the_unit_that_suits_them() {
    assertThat(List.of("0.5", "5.731", "200", "8224.34", "1500000", "0").stream()
        .map(us -> Span.show(new BigDecimal(us))))
        .containsExactly("500 ns", "5.73 us", "200 us", "8.22 ms", "1.50 s", "0 us");
  }
}
