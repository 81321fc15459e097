package dev.haltlab.platform.config;

import static org.assertj.core.api.Assertions.assertThat;

import dev.haltlab.spi.Basis;
import dev.haltlab.spi.Bytes;
import dev.haltlab.spi.CState;
import dev.haltlab.spi.Cost;
import dev.haltlab.spi.Dist;
import dev.haltlab.spi.Feature;
import dev.haltlab.spi.Hertz;
import dev.haltlab.spi.KernelVersion;
import dev.haltlab.spi.Step;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Pins that a record written as YAML binds back to an equal record, whatever it holds; that users' keys lie over
 * defaults as documented; and that a plugin's refusals get the place of the key they name.
 */
public final class BinderTest {

  /** An enum of several words. */
  public enum Mode { SIMPLE, ONE_SHOT, FOR_EVER }

  /** A nested record. */
  public record Inner(int count, Optional<Duration> delay) {
    public Inner {
      if (count < 0) {
        throw new IllegalArgumentException("count must be at least 0, was " + count);
      }
    }
  }

  /** An element with defaults of its own. */
  public record Element(Duration time, String label) {
    public static Element defaults() {
      return new Element(Duration.ofNanos(7), "seven");
    }
  }

  /** Everything a configuration may hold. */
  public record Everything(
      boolean flag, int small, long large, Mode mode, String text, Duration time, Hertz clock, Bytes size, Dist dist,
      Cost cost, KernelVersion kernel, Inner inner, List<Inner> inners, List<Integer> numbers, Map<String, Inner> named,
      Map<Step, Cost> steps, Set<Feature> features, List<CState> cstates, Optional<Mode> maybe, Optional<Inner> perhaps,
      Map<String, Element> elements, List<List<String>> grid) {}

  /** Refuses. */
  public record Picky(Duration min, Duration max, long for_) {
    public Picky {
      if (max.compareTo(min) < 0) {
        throw new IllegalArgumentException("max must be at least min");
      }
      if (for_ < 0) {
        throw new IllegalArgumentException("for_ must be at least 0");
      }
      if (for_ == 13) {
        throw new IllegalStateException("no luck");
      }
      if (for_ == 14) {
        throw new IllegalArgumentException("this will not do");
      }
    }
  }

  /** Has a component no configuration can hold. */
  public record Strange(Thread thread, int fine) {}

  private static final class Hidden {
    /** Not to be seen from elsewhere. */
    private record Config(int n) {}
  }

  private final Binder binder = new Binder();

  static IntStream seeds() {
    return IntStream.range(0, 300);
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void aRecordWrittenAsYamlBindsBackToAnEqualOne(int seed) {
    Everything value = random(new SplittableRandom(seed));
    Everything other = random(new SplittableRandom(seed + 100_000));
    String yaml = Yaml.write(binder.tree(value));
    Problems problems = new Problems();
    Node node = Objects.requireNonNull(Yaml.read(yaml, "f", problems));
    assertThat(binder.bind(Everything.class, node, problems)).as(yaml).isEqualTo(value);
    Everything over = binder.bind(emptyMaps(other), List.of(node), problems);
    assertThat(problems.all()).isEmpty();
    // maybe and perhaps stay as they were where the value has none: there is no way to take an optional back
    assertThat(withOptionals(Objects.requireNonNull(over), value)).isEqualTo(value);
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void noLayersAreTheDefaultsAndWritingIsStable(int seed) {
    Everything value = random(new SplittableRandom(seed));
    Problems problems = new Problems();
    assertThat(binder.bind(value, List.of(), problems)).isSameAs(value);
    Node empty = Objects.requireNonNull(Yaml.read("{}", "f", problems));
    assertThat(binder.bind(value, List.of(empty, empty), problems)).isEqualTo(value);
    assertThat(Yaml.write(binder.tree(value))).isEqualTo(Yaml.write(binder.tree(random(new SplittableRandom(seed)))));
    assertThat(problems.all()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(longs = {
    0, 1, 999, 1000, 1001, 1_500_000, 86_400_000_000_000L, 123_456_789_012_345_678L, Long.MAX_VALUE
  })
  void timesAreWrittenExactly(long ns) {
    Problems problems = new Problems();
    Node node = new Node.Scalar(new Place("f", 1, 1, ""), Times.ofNanos(ns), true);
    assertThat(Times.nanos(node, problems)).isEqualTo(ns);
    assertThat(problems.all()).isEmpty();
  }

  @Test
  void mapsMergeByKeyAndEverythingElseIsReplacedWhole() {
    Everything base = random(new SplittableRandom(1));
    Map<String, Inner> named = new LinkedHashMap<>();
    named.put("a", new Inner(1, Optional.of(Duration.ofNanos(5))));
    named.put("b", new Inner(2, Optional.empty()));
    base = withNamed(base, named);
    Everything over = bound(base, """
        named: { b: { count: 9 }, c: { count: 3 } }
        inner: { delay: 4us }
        numbers: [1]
        dist: { exponential: 1us }
        elements: { x: { time: 1us }, y: {} }
        """);
    assertThat(over.named().keySet()).containsExactly("a", "b", "c");
    assertThat(over.named().get("a")).isEqualTo(named.get("a"));
    assertThat(over.named().get("b")).isEqualTo(new Inner(9, Optional.empty()));
    assertThat(over.inner()).isEqualTo(new Inner(base.inner().count(), Optional.of(Duration.ofNanos(4000))));
    assertThat(over.numbers()).containsExactly(1);
    assertThat(over.dist()).isEqualTo(Dist.exponential(Duration.ofNanos(1000)));
    assertThat(over.elements().get("x")).isEqualTo(new Element(Duration.ofNanos(1000), "seven"));
    assertThat(over.elements().get("y")).isEqualTo(Element.defaults());
    assertThat(over.large()).isEqualTo(base.large());
  }

  @Test
  void layersAreConstructedTogetherSoThatNoHalfWayStateHasToBeValid() {
    Problems problems = new Problems();
    Node low = Objects.requireNonNull(Yaml.read("min: 10us", "low", problems));
    Node high = Objects.requireNonNull(Yaml.read("max: 20us", "high", problems));
    Picky defaults = new Picky(Duration.ZERO, Duration.ofNanos(1), 0);
    assertThat(binder.bind(defaults, List.of(low, high), problems))
        .isEqualTo(new Picky(Duration.ofNanos(10_000), Duration.ofNanos(20_000), 0));
    assertThat(problems.all()).isEmpty();
  }

  @Test
  void aRefusalIsPlacedAtTheKeyItNames() {
    assertThat(problems("min: 1us\nmax: 1ns")).containsExactly("f:2:6: max: must be at least min");
    assertThat(problems("min: 1us")).containsExactly("f:1:1: max must be at least min");
    assertThat(problems("for: -1")).containsExactly("f:1:6: for: must be at least 0");
    assertThat(problems("for: 14")).containsExactly("f:1:1: this will not do");
    assertThat(problems("for: 13")).singleElement().asString()
        .contains("failed: java.lang.IllegalStateException: no luck").contains("defect of the plugin");
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', value = {
    "b[0] is odd|f:2:5: b[0]: is odd", "b[1].c is odd|f:3:8: b[1].c: is odd", "b[1].d is odd|f:3:4: b[1].d: is odd",
    "b[2].c is odd|f:2:4: b[2].c: is odd", "a[0] is odd|f:1:4: a[0]: is odd", "b.c is odd|f:2:4: b.c: is odd",
    "b[x] is odd|f:1:1: b[x] is odd", "c[0] is odd|f:1:1: c[0] is odd"})
  void aRefusalOfAnItemIsPlacedAtTheItem(String message, String problem) {
    Node.Mapping node =
        (Node.Mapping) Objects.requireNonNull(Yaml.read("a: 1\nb: [2,\n   {c: 3}]\n", "f", new Problems()));
    assertThat(Binder.refusal(message, node.place(), List.of("a", "b"), List.of(node))).hasToString(problem);
  }

  @Test
  void severalProblemsInOneRecordAreAllReported() {
    assertThat(problems("min: 1\nmax: -1us\nfour: 4\nfor: x")).hasSize(4);
  }

  @Test
  void recordsWithoutDefaultsSayWhatIsMissing() {
    Problems problems = new Problems();
    Node node = Objects.requireNonNull(Yaml.read("inners: [{count: 1}, {delay: 1us}]", "f", problems));
    assertThat(binder.bind(random(new SplittableRandom(3)), List.of(node), problems)).isNull();
    assertThat(problems.all()).extracting(Problem::toString)
        .containsExactly("f:1:22: inners[1].count: is missing (keys without a default: count)");
  }

  @Test
  void aTypeNoConfigurationCanHoldIsTheDefectOfThePlugin() {
    Problems problems = new Problems();
    Node node = Objects.requireNonNull(Yaml.read("thread: 1", "f", problems));
    assertThat(binder.bind(new Strange(Thread.currentThread(), 1), List.of(node), problems)).isNull();
    assertThat(problems.all()).singleElement().extracting(Problem::hint).isEqualTo("this is a defect of the plugin");
  }

  @Test
  void aRecordThatCannotBeReachedIsAProblemThatSaysWhatToDo() {
    Problems problems = new Problems();
    Node node = Objects.requireNonNull(Yaml.read("n: 1", "f", problems));
    assertThat(binder.bind(Hidden.Config.class, node, problems)).isNull();
    assertThat(problems.all()).singleElement().extracting(Problem::hint)
        .isEqualTo("make it public and export its package");
  }

  @Test
  void numbersMayBeGrouped() {
    assertThat(bound(random(new SplittableRandom(5)), "{large: 1_000_000, time: 1_000us, size: 1_024}"))
        .satisfies(e -> {
          assertThat(e.large()).isEqualTo(1_000_000);
          assertThat(e.time()).isEqualTo(Duration.ofMillis(1));
          assertThat(e.size()).isEqualTo(new Bytes(1024));
        });
  }

  @Test
  void wordsThatOldYamlTakesForBooleansAndNumbersStayText() {
    for (String word : List.of("off", "no", "yes", "on", "010", "0x10", "1e", "12:30:45", "True")) {
      assertThat(bound(random(new SplittableRandom(5)), "text: " + word).text()).isEqualTo(word);
    }
  }

  private Everything bound(Everything defaults, String yaml) {
    Problems problems = new Problems();
    Everything bound = binder.bind(defaults, List.of(Objects.requireNonNull(Yaml.read(yaml, "f", problems))), problems);
    assertThat(problems.all()).isEmpty();
    return Objects.requireNonNull(bound);
  }

  private List<String> problems(String yaml) {
    Problems problems = new Problems();
    Node node = Objects.requireNonNull(Yaml.read(yaml, "f", problems));
    Picky defaults = new Picky(Duration.ZERO, Duration.ofNanos(1), 0);
    assertThat(binder.bind(defaults, List.of(node), problems)).isNull();
    return problems.all().stream().map(Problem::toString).toList();
  }

  private static Everything withNamed(Everything e, Map<String, Inner> named) {
    return new Everything(e.flag, e.small, e.large, e.mode, e.text, e.time, e.clock, e.size, e.dist, e.cost, e.kernel,
        e.inner, e.inners, e.numbers, named, e.steps, e.features, e.cstates, e.maybe, e.perhaps, e.elements, e.grid);
  }

  private static Everything withOptionals(Everything e, Everything from) {
    return new Everything(e.flag, e.small, e.large, e.mode, e.text, e.time, e.clock, e.size, e.dist, e.cost, e.kernel,
        from.inner, e.inners, e.numbers, e.named, e.steps, e.features, e.cstates, from.maybe, from.perhaps, e.elements,
        e.grid);
  }

  private static Everything emptyMaps(Everything e) {
    return new Everything(e.flag, e.small, e.large, e.mode, e.text, e.time, e.clock, e.size, e.dist, e.cost, e.kernel,
        e.inner, e.inners, e.numbers, Map.of(), Map.of(), e.features, e.cstates, e.maybe, e.perhaps, Map.of(), e.grid);
  }

  private static Everything random(SplittableRandom r) {
    return new Everything(
        r.nextBoolean(), r.nextInt(), r.nextLong(), mode(r), text(r), time(r),
        new Hertz(1 + r.nextLong(5_000_000_000L)),
        new Bytes(r.nextLong(1L << r.nextInt(1, 62))), dist(r), cost(r),
        new KernelVersion(r.nextInt(9), r.nextInt(30), r.nextInt(3)), inner(r), list(r, () -> inner(r)),
        list(r, r::nextInt), map(r, () -> inner(r)), steps(r), features(r),
        list(r, () -> new CState("C" + r.nextInt(9), time(r), time(r), r.nextInt(-1, 1000))),
        r.nextBoolean() ? Optional.empty() : Optional.of(mode(r)),
        r.nextBoolean() ? Optional.empty() : Optional.of(inner(r)),
        map(r, () -> new Element(time(r), text(r))), list(r, () -> list(r, () -> text(r))));
  }

  private static Mode mode(SplittableRandom r) {
    return Mode.values()[r.nextInt(3)];
  }

  private static Inner inner(SplittableRandom r) {
    return new Inner(r.nextInt(0, 100), r.nextBoolean() ? Optional.empty() : Optional.of(time(r)));
  }

  private static Duration time(SplittableRandom r) {
    return Duration.ofNanos(r.nextLong(1L << r.nextInt(1, 46)));
  }

  private static String text(SplittableRandom r) {
    List<String> texts = List.of(
        "", " ", "a", "off", "null", "~", "true", "false", "1", "-1.5", "1_000", "3.16", "a: b", "# no", "- x", "[",
        "{}", "'", "\"", "*a", "&a", "!t", "two\nlines", "tab\there", "\u00fcber \u00b5s", "a very long text ".repeat(20),
        "%x", "@", "`", "|", ">", "? x", "yes", "0x10", "010", "1e3", "key:", "\\", "<<", "---", "...", "=", "\ud83d\ude00");
    return texts.get(r.nextInt(texts.size()));
  }

  private static Dist dist(SplittableRandom r) {
    long[] t = r.longs(5, 0, 1L << 45).sorted().toArray();
    return switch (r.nextInt(4)) {
      case 0 -> Dist.fixed(Duration.ofNanos(t[0]));
      case 1 -> Dist.exponential(Duration.ofNanos(t[0]));
      case 2 -> Dist.uniform(Duration.ofNanos(t[0]), Duration.ofNanos(t[1]));
      default -> new Dist.Quantiles(Duration.ofNanos(t[0]), Duration.ofNanos(t[1]), Duration.ofNanos(t[2]),
          Duration.ofNanos(t[3]), Duration.ofNanos(t[4]));
    };
  }

  private static Cost cost(SplittableRandom r) {
    if (r.nextInt(3) == 0) {
      return Cost.ofNs(r.nextLong(1_000_000), Basis.ASSUMED, "scenario");
    }
    long[] t = r.longs(5, 0, 1L << 50).sorted().toArray();
    Cost.Rare rare = r.nextBoolean() ? Cost.Rare.NONE : new Cost.Rare(r.nextInt(0, 1_000_001), r.nextLong(1L << 40));
    return new Cost(t[0], t[1], t[2], t[3], t[4], rare, Basis.values()[r.nextInt(4)], text(r));
  }

  private static Map<Step, Cost> steps(SplittableRandom r) {
    Map<Step, Cost> steps = new LinkedHashMap<>();
    for (int i = r.nextInt(5); i > 0; i--) {
      steps.put(Step.values()[r.nextInt(Step.values().length)], cost(r));
    }
    return steps;
  }

  private static Set<Feature> features(SplittableRandom r) {
    Set<Feature> features = new LinkedHashSet<>();
    Arrays.stream(Feature.values()).filter(f -> r.nextBoolean()).forEach(features::add);
    return features;
  }

  private static <T> List<T> list(SplittableRandom r, java.util.function.Supplier<T> element) {
    List<T> list = new ArrayList<>();
    for (int i = r.nextInt(4); i > 0; i--) {
      list.add(element.get());
    }
    return list;
  }

  private static <T> Map<String, T> map(SplittableRandom r, java.util.function.Supplier<T> element) {
    Map<String, T> map = new LinkedHashMap<>();
    List<String> keys = List.of("a", "off", "b-c", "x_y", "k with space", "\u00fc", "n0", "#x");
    for (int i = r.nextInt(4); i > 0; i--) {
      map.put(keys.get(r.nextInt(keys.size())), element.get());
    }
    return map;
  }
}
