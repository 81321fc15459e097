package dev.haltlab.platform.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.haltlab.engine.ExitReason;
import dev.haltlab.engine.Outcome;
import dev.haltlab.platform.kvmstat.KvmStat;
import dev.haltlab.platform.kvmstat.KvmStatReader;
import dev.haltlab.platform.run.Latency;
import dev.haltlab.platform.run.Progress;
import dev.haltlab.platform.run.Results;
import dev.haltlab.platform.run.Runner;
import dev.haltlab.platform.run.Summary;
import dev.haltlab.platform.run.Synthetic;
import dev.haltlab.platform.run.Synthetic.Flavour;
import java.io.ByteArrayInputStream;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.TreeSet;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.HistogramLogReader;
import org.junit.jupiter.api.Test;

/** Pins: files that other programs cannot read, or that tell them other figures than the report. */
class ResultFilesTest {
  private static Results results(String... names) throws InterruptedException {
    Map<String, Flavour> variants = new LinkedHashMap<>();
    for (int i = 0; i < names.length; i++) {
      variants.put(names[i], i % 2 == 0 ? Flavour.POLLING : Flavour.OFF);
    }
    return run(variants, 2);
  }

  private static Results run(Map<String, Flavour> variants, int vms) throws InterruptedException {
    return new Runner(Synthetic::outcome).run(Synthetic.plan("made-up", 3, variants, vms, List.of()), 2, Progress.NONE);
  }

  @Test
  void a_folder_has_the_files_it_promises_and_knows_them_as_its_own() throws Exception {
    Map<String, String> files = ResultFiles.of(results("on", "off"));

    assertThat(files.keySet()).containsExactly(
        "result.json", "result.txt", "result.csv", "plan.yaml", "latency/on.hlog", "latency/on.hgrm",
        "latency/on.other1.transaction.hlog", "latency/on.other1.transaction.hgrm", "perf/on.txt", "latency/off.hlog",
        "latency/off.hgrm", "latency/off.other1.transaction.hlog", "latency/off.other1.transaction.hgrm",
        "perf/off.txt");
    assertThat(files.keySet()).allMatch(ResultFiles::isOurs);
    assertThat(List.of("notes.txt", "latency/x.txt", "perf/a/b.txt", "result.json.bak", "latency2"))
        .noneMatch(ResultFiles::isOurs);
  }

  @Test
  void bare_hardware_has_latencies_and_no_exits() throws Exception {
    Results results = run(Map.of("native", Flavour.NATIVE), 1);

    assertThat(ResultFiles.of(results).keySet())
        .contains("latency/native.hgrm").noneMatch(name -> name.startsWith("perf/"));
    assertThat(KvmStatReport.of(results)).isEqualTo("# made-up, variant native: bare hardware, no exits\n");
    assertThat(CsvReport.of(results)).doesNotContain("exits.");
  }

  @Test
  void variants_of_any_name_have_files_of_their_own() throws Exception {
    Map<String, String> files = ResultFiles.of(results("../x", "a b", "A_b", "a_b", ".", "ä"));

    assertThat(files.keySet().stream().filter(name -> name.startsWith("latency/") && name.endsWith(".hgrm")))
        .contains(
            "latency/_.._x.hgrm", "latency/a_b.hgrm", "latency/A_b-2.hgrm", "latency/a_b-3.hgrm", "latency/_..hgrm",
            "latency/_.hgrm");
    assertThat(new TreeSet<>(files.keySet())).hasSameSizeAs(files.keySet());
  }

  @Test
  void the_log_read_by_the_library_is_the_histograms() throws Exception {
    Results results = results("on", "off");
    String log = ResultFiles.of(results).get("latency/off.hlog");
    Summary off = Summary.of(results).get(1);

    List<Histogram> read = new ArrayList<>();
    try (HistogramLogReader reader =
        new HistogramLogReader(new ByteArrayInputStream(log.getBytes(StandardCharsets.UTF_8)))) {
      while (reader.hasNext()) {
        read.add((Histogram) reader.nextIntervalHistogram());
      }
      assertThat(reader.getStartTimeSec()).isZero();
    }
    assertThat(read).hasSize(3);
    long sinceNs = 0;
    for (int i = 0; i < 3; i++) {
      Outcome outcome = off.replications().get(i);
      assertThat(read.get(i)).isEqualTo(outcome.vms().get(0).probes().get("transaction").histogram());
      assertThat(read.get(i).getStartTimeStamp()).isCloseTo(sinceNs / 1_000_000, within(1L));
      sinceNs += outcome.simulatedNs();
      assertThat(read.get(i).getEndTimeStamp()).isCloseTo(sinceNs / 1_000_000, within(2L));
    }
  }

  @Test
  void the_distribution_agrees_with_the_report_within_the_histograms_precision() throws Exception {
    Results results = results("on", "off");
    Latency latency = Summary.of(results).get(1).latency(Summary.of(results).get(1).primary());
    TreeMap<BigDecimal, BigDecimal> byPercentile = new TreeMap<>();
    ResultFiles.of(results).get("latency/off.hgrm").lines()
        .map(line -> line.strip().split("\\s+"))
        .filter(cells -> cells[0].matches("[0-9.]+"))
        .forEach(cells -> byPercentile.putIfAbsent(new BigDecimal(cells[1]), new BigDecimal(cells[0])));

    assertThat(byPercentile.firstEntry().getValue().movePointRight(3).doubleValue())
        .isCloseTo(latency.min().doubleValue(), within(latency.min().doubleValue() / 1_000));
    close(byPercentile.get(new BigDecimal("0.500000000000")), latency.p50());
    close(byPercentile.get(new BigDecimal("0.900000000000")), latency.p90());
    close(byPercentile.lastEntry().getValue(), latency.max());
  }

  /** Three significant digits, and the report's own. */
  private static void close(BigDecimal us, BigDecimal ns) {
    assertThat(us.movePointRight(3).doubleValue()).isCloseTo(ns.doubleValue(), within(ns.doubleValue() / 1_000 + 1));
  }

  @Test
  void the_table_of_perf_read_back_has_the_outcomes_numbers() throws Exception {
    Results results = results("on", "off");
    Summary off = Summary.of(results).get(1);

    KvmStatReader.Reading reading = KvmStatReader.read("x", KvmStatReport.of(results));

    assertThat(reading.problems()).isEmpty();
    assertThat(reading.warnings()).isEmpty();
    KvmStat table = reading.tables().get(1);
    long samples = 0;
    for (KvmStat.Row row : table.rows()) {
      Outcome.Count count = Outcome.Count.NONE;
      for (Outcome.Vm vm : off.pooled().vms()) {
        count = count.plus(vm.exits().get(ExitReason.valueOf(row.name())));
      }
      assertThat(row.samples()).isEqualTo(count.count());
      assertThat(row.minUs()).isEqualByComparingTo(us(count.minNs(), 1));
      assertThat(row.maxUs()).isEqualByComparingTo(us(count.maxNs(), 1));
      assertThat(row.meanUs()).isEqualByComparingTo(us(count.timeNs(), count.count()));
      samples += count.count();
    }
    assertThat(table.samples()).isEqualTo(samples);
    assertThat(table.rows()).extracting(KvmStat.Row::samples).isSortedAccordingTo((a, b) -> Long.compare(b, a));
  }

  private static BigDecimal us(long ns, long count) {
    return BigDecimal.valueOf(ns, 3).divide(BigDecimal.valueOf(count), 2, RoundingMode.HALF_EVEN);
  }

  @Test
  void deviations_are_those_of_perfs_running_update() {
    SplittableRandom random = new SplittableRandom(11);
    for (int n : new int[] {2, 3, 10, 1_000}) {
      Outcome.Count count = Outcome.Count.NONE;
      double mean = 0;
      double m2 = 0;
      for (int i = 1; i <= n; i++) {
        long ns = 500 + random.nextLong(1L << (5 + random.nextInt(25)));
        count = count.plus(new Outcome.Count(1, ns, ns, ns, BigInteger.valueOf(ns).pow(2)));
        double delta = ns - mean;
        mean += delta / i;
        m2 += delta * (ns - mean);
      }
      double percent = 100 * Math.sqrt(m2 / (n - 1) / n) / mean;
      assertThat(Figures.errorPercent(count).doubleValue()).isCloseTo(percent, within(percent * 1e-9));
      assertThat(Figures.deviationNs(count).doubleValue()).isCloseTo(Math.sqrt(m2 / (n - 1)), within(1e-3));
    }
    assertThat(Figures.errorPercent(Synthetic.count(7, 700))).isEqualByComparingTo(BigDecimal.ZERO);
    assertThat(Figures.errorPercent(Synthetic.count(1, 700))).isEqualByComparingTo(BigDecimal.ZERO);
    assertThat(Figures.deviationNs(Synthetic.count(1, 700))).isNull();
  }

  @Test
  void the_table_of_values_is_tidy() throws Exception {
    List<String[]> rows = CsvReport.of(results("on", "o,\"f")).lines()
        .map(line -> line.split(",(?=(?:[^\"]*\"[^\"]*\")*[^\"]*$)", -1)).toList();

    assertThat(rows.get(0)).containsExactly("scenario", "variant", "replication", "vm", "metric", "unit", "value");
    assertThat(rows).allSatisfy(row -> assertThat(row).hasSize(7));
    assertThat(rows.stream().skip(1).map(row -> String.join("|", row[1], row[2], row[3], row[4])).toList())
        .as("a value has one row").doesNotHaveDuplicates();
    assertThat(rows).anySatisfy(row -> assertThat(row[1]).isEqualTo("\"o,\"\"f\""));
    assertThat(rows.stream().skip(1).map(row -> row[2])).containsOnly("", "0", "1", "2");
    assertThat(rows.stream().skip(1).map(row -> row[6]))
        .allSatisfy(value -> assertThat(value).matches("-?[0-9]+(\\.[0-9]+)?|"));
  }
}
