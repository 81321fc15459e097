package dev.haltlab.haltpoll;

import static org.assertj.core.api.Assertions.assertThat;

import dev.haltlab.spi.KernelVersion;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Pins: a kernel whose rule is another kernel's. The table is what virt/kvm/kvm_main.c says of each version, row by
 * row; every cell is found out by halting a vCPU, for the first and the last version of its row and one between, and
 * nothing else of the implementation is looked at.
 *
 * <p>Its other two columns belong to the host that runs the rule: which wake-ups end a poll, and which polls count as
 * successful. {@code dev.haltlab.engine} tests them.
 */
class KernelTableTest {
  private static final long US = 1_000;

  private static final String TABLE =
      """
      kernels           | maximum               | clamp              | factor 0  | floor | invalid wake-up | shrink
      4.0 4.1 4.2       | module, fixed window  | -                  | -         | -     | -               | -
      4.3               | module, live          | none               | 0         | kept  | ignored         | 0
      4.4 4.5 4.6       | module, live          | in grow            | 0         | kept  | ignored         | 0
      4.7               | module, live          | in grow            | 0         | kept  | shrinks if long | 0
      4.8 4.19 5.0      | module, live          | in grow            | 0         | kept  | always shrinks  | 0
      5.1 5.4 5.7       | module, live          | in grow            | unchanged | kept  | always shrinks  | 0
      5.8 5.10 5.12     | VM creation, or cap   | in grow, to module | unchanged | kept  | always shrinks  | 0
      5.13 5.14         | VM creation, or cap   | in grow            | unchanged | kept  | always shrinks  | 0
      5.15 5.16         | VM creation, or cap   | in grow            | unchanged | 0     | always shrinks  | 0
      5.17 5.19 6.0     | VM creation, or cap   | in grow            | unchanged | 0     | always shrinks  | 0
      6.1 6.6 6.10      | live, unless cap used | at next halt       | unchanged | 0     | always shrinks  | 0
      6.11 6.18 7.1 7.9 | live, unless cap used | at next halt       | unchanged | 0     | always shrinks  | 2
      """;

  private static final Map<String, Function<String, String>> COLUMNS =
      Map.of(
          "maximum", KernelTableTest::maximum,
          "clamp", KernelTableTest::clamp,
          "factor 0", KernelTableTest::factorZero,
          "floor", KernelTableTest::floor,
          "invalid wake-up", KernelTableTest::invalid,
          "shrink", KernelTableTest::shrink);

  static Stream<Arguments> cells() {
    List<Arguments> cells = new ArrayList<>();
    List<List<String>> rows =
        TABLE.lines().map(line -> Arrays.stream(line.split("\\|")).map(String::strip).toList()).toList();
    for (List<String> row : rows.subList(1, rows.size())) {
      for (String version : row.get(0).split(" ")) {
        for (int i = 1; i < row.size(); i++) {
          String column = rows.get(0).get(i);
          cells.add(Arguments.of("row " + row.get(0) + ", column " + column, version, column, row.get(i)));
        }
      }
    }
    return cells.stream();
  }

  @ParameterizedTest(name = "{1}: {0}: {3}")
  @MethodSource("cells")
  void theCellHolds(String cell, String version, String column, String expected) {
    assertThat(COLUMNS.get(column).apply(version)).as(cell).isEqualTo(expected);
  }

  @Test
  void everyMinorVersionBehavesAsTheRowItLiesIn() {
    // a row names its ends: a version between them must not differ from both
    Map<KernelVersion, List<String>> byVersion = new TreeMap<>();
    for (int[] release : new int[][] {{4, 0, 20}, {5, 0, 19}, {6, 0, 19}, {7, 0, 9}}) {
      for (int minor = release[1]; minor <= release[2]; minor++) {
        String version = release[0] + "." + minor;
        byVersion.put(
            KernelVersion.parse(version), COLUMNS.values().stream().map(column -> column.apply(version)).toList());
      }
    }
    List<String> changesAt = new ArrayList<>();
    List<String> before = List.of();
    for (Map.Entry<KernelVersion, List<String>> entry : byVersion.entrySet()) {
      if (!entry.getValue().equals(before)) {
        changesAt.add(entry.getKey().toString());
      }
      before = entry.getValue();
    }
    assertThat(changesAt)
        .containsExactly("4.0", "4.3", "4.4", "4.7", "4.8", "5.1", "5.8", "5.13", "5.15", "6.1", "6.11");
  }

  // --- the columns, each as an experiment ---

  /** Whose maximum holds: 40 us are written over 200 us, and a halt of 100 us shows whether it may still grow. */
  private static String maximum(String version) {
    Vcpu fixed = Given.kernel(version).max(70 * US).vcpu();
    if (fixed.budget() == 70 * US) {
      fixed.halt(1_000 * US);
      return fixed.budget() == 70 * US ? "module, fixed window" : "a window that is full at once";
    }
    long later = 50 * US;
    boolean module = !grows(Given.kernel(version).max(200 * US).at(later, "max", 40 * US), later);
    boolean moduleOverCap =
        !grows(Given.kernel(version).max(200 * US).cap(200 * US).at(later, "max", 40 * US), later);
    boolean cap = !grows(Given.kernel(version).max(200 * US).at(later, "cap", 40 * US), later);
    return module && moduleOverCap && !cap ? "module, live"
        : !module && !moduleOverCap && cap ? "VM creation, or cap"
        : module && !moduleOverCap && cap ? "live, unless cap used"
        : "module " + module + ", over cap " + moduleOverCap + ", cap " + cap;
  }

  private static boolean grows(Given given, long nowNs) {
    Vcpu vcpu = given.vcpu();
    vcpu.nowNs = nowNs;
    return vcpu.halt(100 * US) > 0;
  }

  /** Where growth past the maximum is cut off. */
  private static String clamp(String version) {
    Vcpu vcpu = Given.kernel(version).max(200 * US).vcpu();
    if (vcpu.budget() > 0) {
      return "-";
    }
    for (int i = 0; i < 5; i++) {
      vcpu.halt(190 * US);
    }
    long grown = vcpu.halt(190 * US);
    long next = vcpu.budget();
    if (grown == 320 * US) {
      return next == 320 * US ? "none" : next == 200 * US ? "at next halt" : "to " + next;
    }
    Vcpu capped = Given.kernel(version).max(200 * US).cap(100 * US).vcpu();
    long window = 0;
    for (int i = 0; i < 6; i++) {
      window = capped.halt(90 * US);
    }
    // without a cap per VM the two limits are one
    boolean perVm = !maximum(version).equals("module, live");
    return grown != 200 * US ? "to " + grown : perVm && window == 160 * US ? "in grow, to module" : "in grow";
  }

  /** What a growth factor of 0 does to a window that is there. */
  private static String factorZero(String version) {
    Kernel kernel = new Kernel(KernelVersion.parse(version));
    // set in the rule itself: kernels before 4.6 had it read-only
    Parameters parameters = new Parameters(kernel, Given.kernel(version).max(200 * US).config().complete());
    Vcpu vcpu = new Vcpu(new AdaptiveRule(kernel, parameters, AdaptiveRule.Veto.NEVER));
    vcpu.halt(190 * US);
    if (vcpu.halt(190 * US) != 20 * US) {
      return "-";
    }
    parameters.grow = 0;
    long window = vcpu.halt(190 * US);
    return window == 20 * US ? "unchanged" : Long.toString(window);
  }

  /** What is left of the first window when it is halved. */
  private static String floor(String version) {
    Vcpu vcpu = Given.kernel(version).max(200 * US).shrink(2).vcpu();
    if (vcpu.halt(190 * US) != 10 * US) {
      return "-";
    }
    long window = vcpu.halt(1_000 * US);
    return window == 5 * US ? "kept" : Long.toString(window);
  }

  /** What a wake-up does that was for another vCPU. */
  private static String invalid(String version) {
    if (Given.kernel(version).max(200 * US).vcpu().budget() > 0) {
      return "-";
    }
    boolean shortShrinks = afterInvalid(version, 15 * US) < 20 * US;
    boolean longShrinks = afterInvalid(version, 100 * US) < 20 * US;
    boolean longGrows = afterInvalid(version, 100 * US) == 40 * US;
    boolean shrinksWithoutMaximum = withoutMaximum(version, false) == 20 * US;
    return shortShrinks && longShrinks && shrinksWithoutMaximum ? "always shrinks"
        : !shortShrinks && longShrinks && !shrinksWithoutMaximum ? "shrinks if long"
        : !shortShrinks && longGrows && !shrinksWithoutMaximum ? "ignored"
        : "short " + shortShrinks + ", long " + longShrinks + ", max 0 " + shrinksWithoutMaximum;
  }

  private static long afterInvalid(String version, long haltNs) {
    Vcpu vcpu = Given.kernel(version).max(200 * US).shrink(2).vcpu();
    vcpu.halt(190 * US);
    vcpu.halt(190 * US);
    return vcpu.halt(haltNs, false);
  }

  /** The window of 40 us after a halt during which the maximum became 0. */
  private static long withoutMaximum(String version, boolean valid) {
    long zeroAt = 1_000 * US;
    Vcpu vcpu =
        Given.kernel(version).max(200 * US).shrink(2).at(zeroAt, "max", 0).at(zeroAt, "cap", 0).vcpu();
    for (int i = 0; i < 3; i++) {
      vcpu.halt(190 * US);
    }
    vcpu.nowNs = zeroAt - 1;
    return vcpu.halt(30 * US, valid);
  }

  @ParameterizedTest
  @MethodSource("adapting")
  void onlyTheFirstAdaptiveKernelPollsOnAfterTheMaximumWasSetToZero(String version) {
    assertThat(withoutMaximum(version, true)).isEqualTo(version.equals("4.3") ? 40 * US : 0);
  }

  static Stream<String> adapting() {
    return Stream.of("4.3", "4.4", "4.7", "4.19", "5.4", "5.10", "5.14", "5.15", "6.0", "6.1", "6.11", "7.1");
  }

  private static String shrink(String version) {
    return Given.kernel(version).config().complete().shrink().map(Object::toString).orElse("-");
  }
}
