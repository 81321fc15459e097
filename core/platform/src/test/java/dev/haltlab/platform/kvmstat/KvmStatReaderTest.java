package dev.haltlab.platform.kvmstat;

import static org.assertj.core.api.Assertions.assertThat;

import dev.haltlab.platform.config.Problem;
import dev.haltlab.platform.kvmstat.KvmStatReader.Reading;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/**
 * Pins: a table of some version, class or CPU that is not read or read wrong, and one that is read silently though it
 * is damaged. The rows are real ones, from public reports.
 */
class KvmStatReaderTest {
  private static final String REPORT = """


      Analyze events for all VMs, all VCPUs:

                   VM-EXIT    Samples  Samples%     Time%    Min Time    Max Time         Avg time\s

                 MSR_WRITE      42521    53.32%     0.06%      0.50us     52.94us      1.71us ( +-   0.48% )
                       HLT      15885    19.92%    99.89%      0.63us  17539.26us   8224.34us ( +-   0.61% )
          PREEMPTION_TIMER       1805     2.26%     0.00%      0.54us     16.87us      2.13us ( +-   1.59% )

      Total Samples:79748, Total events handled time:130780000.00us.

      """;

  private static Reading read(String text) {
    return KvmStatReader.read("t.txt", text);
  }

  /** Nothing wrong with it but what a sample of a few rows must have: the others are missing. */
  private static KvmStat one(String text) {
    Reading reading = read(text);
    assertThat(reading.problems()).isEmpty();
    assertThat(reading.tables()).hasSize(1);
    return reading.tables().get(0);
  }

  private static List<String> texts(List<Problem> problems) {
    return problems.stream().map(Problem::toString).toList();
  }

  @Test
  void a_report_is_read_to_the_last_digit() {
    KvmStat table = one(REPORT);

    assertThat(table.scope()).isEqualTo("all VMs, all VCPUs");
    assertThat(table.event()).isEqualTo(KvmStat.EXITS);
    assertThat(table.samples()).isEqualTo(79_748);
    assertThat(table.totalUs()).isEqualByComparingTo("130780000.00");
    assertThat(table.rows()).hasSize(3);
    assertThat(table.rows().get(1)).isEqualTo(new KvmStat.Row(
        8, "HLT", 15_885, new BigDecimal("19.92"), new BigDecimal("99.89"), new BigDecimal("0.63"),
        new BigDecimal("17539.26"), new BigDecimal("8224.34"), new BigDecimal("0.61")));
    assertThat(texts(read(REPORT).warnings())).containsExactly(
        "t.txt:5:1: the rows have 60211 samples and the total has 79748 (the table is not whole; shares are"
            + " taken of the total)");
  }

  @Test
  void what_we_write_we_read_back() {
    SplittableRandom random = new SplittableRandom(3);
    for (int i = 0; i < 200; i++) {
      KvmStat written = made(random);
      String text = KvmStatText.of(written);
      KvmStat read = one(text);

      assertThat(KvmStatText.of(read)).isEqualTo(text);
      assertThat(read.samples()).isEqualTo(written.samples());
      for (int r = 0; r < written.rows().size(); r++) {
        KvmStat.Row row = read.rows().get(r);
        assertThat(new KvmStat.Row(
            0, row.name(), row.samples(), row.samplesPercent(), row.timePercent(), row.minUs(), row.maxUs(),
            row.meanUs(), row.errorPercent())).isEqualTo(written.rows().get(r));
      }
    }
  }

  /** Names of any length, MMIO keys among them; numbers wider than their columns. */
  private static KvmStat made(SplittableRandom random) {
    List<KvmStat.Row> rows = new ArrayList<>();
    long total = 0;
    for (int i = 0; i < 1 + random.nextInt(9); i++) {
      long samples = random.nextLong(1L << (1 + random.nextInt(45)));
      total += samples;
      rows.add(new KvmStat.Row(
          0, List.of("HLT", "DE excp", "AVIC_UNACCELERATED_ACCESS", "0xfee00300:W", "0x1f7:PIN").get(random.nextInt(5)),
          samples, cents(random, 10_001), cents(random, 10_001), cents(random, 100_000_000), cents(random, 1L << 50),
          cents(random, 1L << 40), cents(random, 100_000)));
    }
    return new KvmStat(0, "pid(s) 6641, VCPU 3", "VM-EXIT", null, rows, total, cents(random, 1L << 50), 0);
  }

  private static BigDecimal cents(SplittableRandom random, long below) {
    return BigDecimal.valueOf(random.nextLong(below), 2);
  }

  @Test
  void the_layout_is_that_of_perf() {
    KvmStat.Row row = new KvmStat.Row(
        0, "MSR_WRITE", 42_521, new BigDecimal("53.32"), new BigDecimal("0.06"), new BigDecimal("0.50"),
        new BigDecimal("52.94"), new BigDecimal("1.71"), new BigDecimal("0.48"));
    KvmStat table = new KvmStat(
        0, "all VMs, all VCPUs", "VM-EXIT", null, List.of(row), 79_748, new BigDecimal("130780000.00"), 0);

    List<String> original = REPORT.lines().toList();
    assertThat(KvmStatText.of(table).lines()).containsExactly(
        "", "", original.get(2), "", original.get(4), "", original.get(6), "", original.get(10), "");
  }

  @Test
  void perf_before_3_13_has_no_extremes() {
    KvmStat table = one("""
        Analyze events for all VCPUs:

                     VM-EXIT    Samples  Samples%     Time%         Avg time

                         HLT        338    22.97%    99.83%   5768.89us ( +-  12.22% )
                 CR_ACCESS        1133    77.03%     0.17%      3.00us ( +-   4.10% )

        Total Samples:1471, Total events handled time:1953203.82us.
        """);

    assertThat(table.scope()).isEqualTo("all VCPUs");
    assertThat(table.rows()).extracting(KvmStat.Row::minUs).containsOnlyNulls();
    assertThat(table.rows().get(0).meanUs()).isEqualByComparingTo("5768.89");
  }

  @Test
  void live_prints_a_time_and_many_tables() {
    String table = """
          Analyze events for all VMs, all VCPUs:

                     VM-EXIT    Samples  Samples%     Time%    Min Time    Max Time         Avg time

                         HLT       2208   100.00%   100.00%      2.61us 100512.98us   4160.68us ( +-   1.00% )

        Total Samples:2208, Total events handled time:9186781.44us.
        """;
    Reading reading = read("\u001b[H\u001b[2J15:52:35.709821" + table + "\u001b[H\u001b[2J15:52:36.710004\n" + table);

    assertThat(reading.problems()).isEmpty();
    assertThat(reading.warnings()).isEmpty();
    assertThat(reading.tables()).extracting(KvmStat::time).containsExactly("15:52:35.709821", "15:52:36.710004");
    assertThat(reading.tables()).extracting(KvmStat::scope).containsOnly("all VMs, all VCPUs");
  }

  @Test
  void other_event_classes_and_arm_and_amd_rows_are_rows() {
    assertThat(one("""
        Analyze events for all VMs, all VCPUs:

        MSR Access Samples  Samples% Time%  Min Time Max Time  Avg time

          0x6e0:W   67007  98.17%   98.31%  0.59us   10.69us  0.90us ( +-  0.10% )
          0x830:W    1186   1.74%    1.60%  0.53us  108.34us  0.82us ( +- 11.02% )
           0x3b:R      66   0.10%    0.09%  0.56us    1.26us  0.80us ( +-  3.24% )

        Total Samples:68259, Total events handled time:61150.95us.
        """).event()).isEqualTo(KvmStat.MSRS);
    KvmStat arm = one("""
          Analyze events for all VMs, VCPU 27:

                       VM-EXIT    Samples  Samples%     Time%    Min Time    Max Time         Avg time

                         SYS64        808    98.54%    91.24%      0.00us    303.76us      3.46us ( +-  13.54% )
                           WFx         10     1.22%     7.79%      0.00us     69.48us     23.91us ( +-  25.91% )
                           IRQ          2     0.24%     0.97%      0.00us     22.64us     14.82us ( +-  52.77% )

          Total Samples:820, Total events handled time:3068.28us.
        """);
    assertThat(arm.scope()).isEqualTo("all VMs, VCPU 27");
    assertThat(arm.rows()).extracting(KvmStat.Row::name).containsExactly("SYS64", "WFx", "IRQ");
    assertThat(one("""
        Analyze events for pid(s) 6641, all VCPUs:
                     VM-EXIT    Samples  Samples%     Time%    Min Time    Max Time         Avg time
                         hlt         10    50,00%    99,00%      1,00us     69,48us     23,91us ( +-  25,91% )
                     DE excp         10    50,00%     1,00%      0,00us      0,00us      0,00us ( +-   -nan% )
        Total Samples:20, Total events handled time:241,00us.
        Lost events: 0
        """).rows()).extracting(KvmStat.Row::name).containsExactly("hlt", "DE excp");
    assertThat(one("""
        Analyze events for all VMs, VCPU 27:

                     VM-EXIT    Samples  Samples%     Time%    Min Time    Max Time         Avg time

        Total Samples:0, Total events handled time:0.00us.
        """).rows()).isEmpty();
  }

  @Test
  void a_damaged_row_is_told_with_its_line_and_the_others_are_read() {
    Reading reading = read(REPORT.replace("1.71us (", "1.71 ("));

    assertThat(texts(reading.problems())).singleElement().asString()
        .startsWith("t.txt:7:1: 'MSR_WRITE 42521 53.32%").endsWith(
            "' is no row of this table (a row is: name, samples, samples%, time%, min time, max time, average time,"
                + " ( +- x% ); mark a line of your own by #)");
    assertThat(reading.tables().get(0).rows()).hasSize(2);
  }

  @Test
  void what_does_not_agree_with_itself_is_told() {
    String table = """
        Analyze events for all VMs, all VCPUs:
                     VM-EXIT    Samples  Samples%     Time%    Min Time    Max Time         Avg time
                         HLT         10    60.00%    99.00%      1.00us     69.48us     93.91us ( +-  25.91% )
                   MSR_WRITE         10    50.00%     1.00%      1.00us      1.00us      1.00us ( +-   0.00% )
        Total Samples:20, Total events handled time:949.10us.
        Lost events: 7
        """;
    assertThat(texts(read(table).warnings())).satisfiesExactly(
        warning -> assertThat(warning).startsWith("t.txt:3:1: HLT has 10 of 20 samples, which is not 60.00 %"),
        warning -> assertThat(warning).startsWith("t.txt:3:1: HLT has a mean of 93.91 us that is not within 1.00 and"),
        warning -> assertThat(warning).startsWith("t.txt:2:1: perf lost 7 events"));
    assertThat(texts(read(table.substring(0, table.indexOf("Total"))).warnings()).get(0))
        .contains("the line 'Total Samples' is missing");
  }

  @Test
  void a_table_that_was_cut_says_by_its_shares_how_much_of_it_is_missing() {
    String table = """
        Analyze events for all VMs, all VCPUs:
                     VM-EXIT    Samples  Samples%     Time%    Min Time    Max Time         Avg time
                   MSR_WRITE         80    82.81%    28.29%      1.00us      1.00us      1.00us ( +-   0.00% )
        """;
    assertThat(texts(read(table).warnings())).singleElement().asString()
        .contains("'Total Samples' is missing, and by their own shares the rows there are lack 17.2 % of the samples");
    assertThat(read(table).tables().get(0).missing()).isEqualByComparingTo("0.1719");
    assertThat(read(table.replace("82.81", "99.99")).tables().get(0).missing()).isZero(); // rounded
  }

  @Test
  void what_is_no_table_is_refused_with_what_to_do() {
    assertThat(texts(read("hello\n").problems())).singleElement().asString()
        .startsWith("t.txt: no table of perf kvm stat in it (make one with: perf kvm stat record");
    assertThat(texts(read("PERFILE2\0\0").problems())).singleElement().asString()
        .contains("is what perf recorded, not its report");
    assertThat(texts(read("").problems())).hasSize(1);
  }
}
