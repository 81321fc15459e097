package dev.haltlab.platform.report;

import dev.haltlab.engine.Outcome;
import dev.haltlab.platform.kvmstat.KvmStatText;
import dev.haltlab.platform.run.Results;
import dev.haltlab.platform.run.Summary;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/** The files of a result's folder, whole in memory: they are written all together or not at all. */
public final class ResultFiles {
  private static final int TEXT_WIDTH = 100;

  private static final Pattern OURS = Pattern.compile(
      "result\\.(json|txt|csv)|plan\\.yaml|latency|latency/[^/]+\\.(hlog|hgrm)|perf|perf/[^/]+\\.txt");

  private ResultFiles() {}

  /**
   * Their texts, by name below the folder:
   *
   * <ul>
   *   <li>{@code result.json}, {@code result.txt}, {@code result.csv}, {@code plan.yaml}
   *   <li>{@code latency/VARIANT.hlog} and {@code .hgrm}: HdrHistogram's log and percentile distribution of the
   *       transaction; of other probes with VM and probe behind the variant
   *   <li>{@code perf/VARIANT.txt}: the exits as {@code perf kvm stat report} prints them; not for bare hardware
   * </ul>
   */
  public static Map<String, String> of(Results results) {
    Map<String, String> files = new LinkedHashMap<>();
    files.put("result.json", JsonReport.of(results));
    files.put("result.txt", TextReport.of(results, TEXT_WIDTH, false));
    files.put("result.csv", CsvReport.of(results));
    files.put("plan.yaml", PlanYaml.of(results.plan()));
    Set<String> taken = new TreeSet<>();
    for (Summary summary : Summary.of(results)) {
      String name = free(plain(summary.variant().name()), taken);
      histograms(results, summary, name, files);
      if (!summary.variant().nativeRun()) {
        files.put("perf/" + name + ".txt", KvmStatText.of(KvmStatReport.table(summary)));
      }
    }
    return files;
  }

  /** Whether a file or folder with this name below a result's folder is one of ours, and may be replaced. */
  public static boolean isOurs(String name) {
    return OURS.matcher(name).matches();
  }

  private static void histograms(Results results, Summary summary, String name, Map<String, String> files) {
    Set<String> taken = new TreeSet<>();
    for (int vm = 0; vm < summary.pooled().vms().size(); vm++) {
      Outcome.Vm of = summary.pooled().vms().get(vm);
      boolean first = vm == summary.variant().spec().primaryVm();
      for (Map.Entry<String, Outcome.ProbeOutcome> probe : of.probes().entrySet()) {
        String file = free(
            first ? name : name + "." + plain(of.name()) + "." + plain(probe.getKey()), taken);
        first = false;
        List<HdrFiles.Interval> replications = new ArrayList<>();
        for (Outcome replication : summary.replications()) {
          Outcome.ProbeOutcome each = replication.vms().get(vm).probes().get(probe.getKey());
          if (each != null) {
            replications.add(new HdrFiles.Interval(replication.simulatedNs(), each));
          }
        }
        String what = results.plan().scenario() + ", variant " + summary.variant().name() + ", latency of " + of.name()
            + "/" + probe.getKey() + " in ns, a line for each replication; simulated by haltlab";
        files.put("latency/" + file + ".hlog", HdrFiles.log(what.replaceAll("\\R", " "), replications));
        files.put("latency/" + file + ".hgrm", HdrFiles.distribution(probe.getValue()));
      }
    }
  }

  /** A name that every file system takes; what it means is inside the file. */
  private static String plain(String name) {
    String plain = name.replaceAll("[^A-Za-z0-9._+-]", "_");
    return plain.startsWith(".") ? "_" + plain : plain;
  }

  /** Not one that is taken, be it in other letters of the same alphabet: some file systems do not tell them apart. */
  private static String free(String name, Set<String> taken) {
    String free = name;
    for (int i = 2; !taken.add(free.toLowerCase(Locale.ROOT)); i++) {
      free = name + "-" + i;
    }
    return free;
  }
}
