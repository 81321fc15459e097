package dev.haltlab.platform.compare;

import dev.haltlab.platform.run.Difference;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Two variants, figure by figure.
 *
 * @param first the one
 * @param second the other
 * @param paired whether replications were compared with their counterparts of the same random numbers
 * @param why why they were, or were not
 * @param lines in the order of the figures
 */
public record Comparison(Side first, Side second, boolean paired, String why, List<Line> lines) {
  /** How likely it may be that one line of a comparison is called a difference and is none. */
  private static final BigDecimal LEVEL = new BigDecimal("0.05");

  public Comparison {
    lines = List.copyOf(lines);
  }

  /** A variant of a result. */
  public record Side(SavedRun run, SavedRun.Variant variant) {
    /** Run and variant in one, as the command line takes them. */
    public String name() {
      return run.name() + ":" + variant.name();
    }
  }

  /** What a difference is worth. */
  public enum Verdict {
    /** Every replication of both says the same. */
    SAME,
    /** More than chance, even seen that so many figures were compared. */
    DIFFERS,
    /** Its own interval excludes zero, but among so many figures one or the other does by chance. */
    PERHAPS,
    /** Chance explains it. */
    NOISE,
    /** Below two replications nobody can tell. */
    UNKNOWN
  }

  /** One figure. */
  public record Line(String name, String unit, Difference difference, Verdict verdict) {}

  /** In a figure's name: time on the critical path. A step that was never on it has no figure, and is 0. */
  private static final String PATH = "path.";

  /** Compares two variants in all figures that both have in every replication, and in all parts of the latency. */
  public static Comparison of(Side first, Side second) {
    String obstacle = obstacle(first, second);
    boolean paired = obstacle.isEmpty();
    List<String> names = new ArrayList<>();
    List<Difference> differences = new ArrayList<>();
    for (String name : common(first.variant, second.variant)) {
      List<BigDecimal> a = values(first.variant, name);
      List<BigDecimal> b = values(second.variant, name);
      names.add(name);
      differences.add(paired ? Difference.paired(a, b) : Difference.unpaired(a, b));
    }
    List<Verdict> verdicts = verdicts(differences);
    List<Line> lines = new ArrayList<>();
    for (int i = 0; i < names.size(); i++) {
      SavedRun.Figure figure = first.variant.figures().get(names.get(i));
      SavedRun.Figure other = second.variant.figures().get(names.get(i));
      String unit = figure != null ? figure.unit() : other != null ? other.unit() : "";
      lines.add(new Line(names.get(i), unit, differences.get(i), verdicts.get(i)));
    }
    return new Comparison(
        first, second, paired, paired
            ? "paired: same seed, replications and workload, so each replication is compared with its counterpart that"
                + " drew the same random numbers"
            : "unpaired (Welch): " + obstacle,
        lines);
  }

  /** Why replications have no counterparts; empty if they have. */
  private static String obstacle(Side first, Side second) {
    if (first.run.seed() != second.run.seed()) {
      return "the seeds differ, " + first.run.seed() + " and " + second.run.seed();
    }
    int a = first.variant.replications().size();
    int b = second.variant.replications().size();
    if (a != b) {
      return "the numbers of replications differ, " + a + " and " + b;
    }
    return first.variant.setting().equals(second.variant.setting())
        ? "" : "VMs, workloads or the length of the run differ";
  }

  private static Set<String> common(SavedRun.Variant first, SavedRun.Variant second) {
    Set<String> names = new LinkedHashSet<>(first.figures().keySet());
    names.addAll(second.figures().keySet()); // what only one has is missing from the other's replications, but for parts
    names.removeIf(name -> !inAll(first, name) || !inAll(second, name));
    // What happens in neither, as a kind of exit that this host has not, is no figure of theirs.
    names.removeIf(name -> allZero(first, name) && allZero(second, name));
    return names;
  }

  private static boolean inAll(SavedRun.Variant variant, String name) {
    return !variant.replications().isEmpty()
        && variant.replications().stream().allMatch(values -> value(values, name) != null);
  }

  /** Null if the replication has none. */
  private static @Nullable BigDecimal value(Map<String, BigDecimal> replication, String name) {
    BigDecimal value = replication.get(name);
    int path = name.indexOf(PATH);
    boolean ofPath = path == 0 || path > 0 && name.charAt(path - 1) == '/';
    return value == null && ofPath && replication.containsKey(name.substring(0, path) + "latency.mean")
        ? BigDecimal.ZERO.setScale(3) : value;
  }

  private static boolean allZero(SavedRun.Variant variant, String name) {
    return values(variant, name).stream().allMatch(value -> value.signum() == 0);
  }

  private static List<BigDecimal> values(SavedRun.Variant variant, String name) {
    List<BigDecimal> values = new ArrayList<>();
    for (Map<String, BigDecimal> replication : variant.replications()) {
      values.add(Objects.requireNonNull(value(replication, name)));
    }
    return values;
  }

  /**
   * By Holm's method: the figures in the order of their chances, each held against the level divided by the number of
   * those not yet called different. So at most one comparison in twenty calls anything different that is not.
   */
  private static List<Verdict> verdicts(List<Difference> differences) {
    List<Verdict> verdicts = new ArrayList<>();
    List<Integer> open = new ArrayList<>();
    for (int i = 0; i < differences.size(); i++) {
      Difference each = differences.get(i);
      boolean same = each.chance().isPresent() && each.difference().signum() == 0
          && each.interval().filter(interval -> interval.low().compareTo(interval.high()) == 0).isPresent();
      verdicts.add(same ? Verdict.SAME : each.chance().isEmpty() ? Verdict.UNKNOWN : Verdict.NOISE);
      if (verdicts.get(i) == Verdict.NOISE) {
        open.add(i);
      }
    }
    open.sort(Comparator.comparing(i -> differences.get(i).chance().orElseThrow()));
    boolean holds = true;
    for (int k = 0; k < open.size(); k++) {
      BigDecimal chance = differences.get(open.get(k)).chance().orElseThrow();
      holds &= chance.multiply(BigDecimal.valueOf(open.size() - k)).compareTo(LEVEL) <= 0;
      if (holds) {
        verdicts.set(open.get(k), Verdict.DIFFERS);
      } else if (chance.compareTo(LEVEL) <= 0) {
        verdicts.set(open.get(k), Verdict.PERHAPS);
      }
    }
    return verdicts;
  }
}
