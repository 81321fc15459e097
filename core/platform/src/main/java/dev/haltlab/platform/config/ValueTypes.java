package dev.haltlab.platform.config;

import dev.haltlab.spi.Basis;
import dev.haltlab.spi.Bytes;
import dev.haltlab.spi.Cost;
import dev.haltlab.spi.Dist;
import dev.haltlab.spi.Hertz;
import dev.haltlab.spi.KernelVersion;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The value types every configuration may use. */
final class ValueTypes {
  /** What a compiled distribution can hold; see the engine's tables. */
  private static final long MAX_DRAWN_PICOS = (1L << 46) * 1000;

  private static final String ASSUMED_SOURCE = "scenario";

  private ValueTypes() {}

  static List<ValueType<?>> all(Binder binder) {
    return List.of(
        value(Boolean.class, ValueTypes::bool, b -> b, Map.of("type", "boolean")),
        value(Integer.class, (n, p) -> {
          Long value = whole(n, Integer.MIN_VALUE, Integer.MAX_VALUE, p);
          return value == null ? null : Integer.valueOf(value.intValue());
        }, i -> (long) i, wholeSchema()),
        value(Long.class, (n, p) -> whole(n, Long.MIN_VALUE, Long.MAX_VALUE, p), l -> l, wholeSchema()),
        value(String.class, ValueTypes::text, s -> s, Map.of("type", "string")),
        value(Duration.class, (n, p) -> {
          Long ns = Times.nanos(n, p);
          return ns == null ? null : Duration.ofNanos(ns);
        }, d -> Times.ofNanos(d.toNanos()), timeSchema()),
        value(Picos.class, (n, p) -> {
          Long ps = Times.picos(n, p);
          if (ps != null && ps > MAX_DRAWN_PICOS) {
            p.add(n.place(), "the time " + n.describe() + " is too long for a cost", "the longest is 19h");
            return null;
          }
          return ps == null ? null : new Picos(ps);
        }, t -> Times.ofPicos(t.ps), timeSchema()),
        value(Hertz.class, (n, p) -> parsed(n, p, "a frequency", "2.6GHz", Hertz::parse), Hertz::toString,
            pattern("^[0-9]+(\\.[0-9]+)? ?([kKmMgG]?[hH][zZ])$", "A frequency: 2.6GHz, 250Hz.")),
        value(Bytes.class, ValueTypes::bytes, Bytes::toString, bytesSchema()),
        value(KernelVersion.class, ValueTypes::version, KernelVersion::toString,
            pattern("^v?[0-9]+\\.[0-9]+.*$", "A Linux version, quoted: \"3.16\".")),
        value(PerMillion.class, ValueTypes::probability,
            q -> BigDecimal.valueOf(q.millionths, 6).stripTrailingZeros().toPlainString(),
            anyOf(ordered("type", "number", "minimum", 0L, "maximum", 1L), ordered("type", "string",
                "pattern", "^(0(\\.[0-9]{1,6})?|1(\\.0+)?)$"))),
        new DistType(binder),
        new CostType(binder));
  }

  /** JSON Schema of a time. */
  static Map<String, Object> timeSchema() {
    Map<String, Object> schema =
        anyOf(ordered("type", "string", "pattern", Times.PATTERN), ordered("const", 0L), ordered("const", "0"));
    schema.put("description", "A time with its unit: 200ns, 10us, 1.5ms, 2s.");
    return schema;
  }

  static Map<String, Object> anyOf(Object... alternatives) {
    return ordered("anyOf", List.of(alternatives));
  }

  static Map<String, Object> ordered(Object... keysAndValues) {
    Map<String, Object> map = new LinkedHashMap<>();
    for (int i = 0; i < keysAndValues.length; i += 2) {
      map.put((String) keysAndValues[i], keysAndValues[i + 1]);
    }
    return map;
  }

  private static Map<String, Object> pattern(String pattern, String description) {
    return ordered("type", "string", "pattern", pattern, "description", description);
  }

  private static Map<String, Object> wholeSchema() {
    // YAML readers take 1_000 for text; we read it as a number
    Map<String, Object> schema =
        anyOf(ordered("type", "integer"), ordered("type", "string", "pattern", "^[-+]?[1-9][0-9]*(_[0-9]+)+$"));
    schema.put("description", "A whole number; _ may group its digits.");
    return schema;
  }

  private static Map<String, Object> bytesSchema() {
    Map<String, Object> schema =
        anyOf(ordered("type", "integer", "minimum", 0L),
            ordered("type", "string", "pattern", "^[0-9]+(_[0-9]+)* ?([bB]|[kKmMgG][iI][bB])?$"));
    schema.put("description", "A size: 128B, 4KiB, or a bare number of bytes.");
    return schema;
  }

  private static <T> ValueType<T> value(
      Class<T> type, BiFunction<Node, Problems, @Nullable T> read, Function<T, Object> write,
      Map<String, Object> schema) {
    return new ValueType<>() {
      @Override
      public Class<T> type() {
        return type;
      }

      @Override
      public @Nullable T read(Node node, Problems problems) {
        return read.apply(node, problems);
      }

      @Override
      public Object write(T value) {
        return write.apply(value);
      }

      @Override
      public Map<String, Object> schema(SchemaBuilder builder, String key, boolean partial) {
        return new LinkedHashMap<>(schema);
      }
    };
  }

  private static @Nullable Boolean bool(Node node, Problems problems) {
    if (node instanceof Node.Scalar scalar && scalar.isBoolean()) {
      return scalar.text().equals("true");
    }
    problems.add(node.place(), "expected true or false, found " + node.describe(), "write true or false");
    return null;
  }

  private static @Nullable Long whole(Node node, long least, long most, Problems problems) {
    if (node instanceof Node.Scalar scalar && scalar.isNumber()) {
      try {
        BigDecimal number = new BigDecimal(scalar.text().replace("_", ""));
        if (number.scale() <= 0 && number.precision() - number.scale() < 30 && scalar.text().indexOf('.') < 0) {
          long value = number.longValueExact();
          if (value >= least && value <= most) {
            return value;
          }
        }
        if (number.scale() > 0 || scalar.text().indexOf('.') >= 0) {
          problems.add(node.place(), "expected a whole number, found " + node.describe(), "write it without a point");
          return null;
        }
      } catch (ArithmeticException | NumberFormatException e) {
        // said below
      }
      problems.add(node.place(), node.describe() + " is out of range", least + " to " + most);
      return null;
    }
    problems.add(node.place(), "expected a whole number, found " + node.describe(), "write a number such as 4");
    return null;
  }

  private static @Nullable String text(Node node, Problems problems) {
    if (!(node instanceof Node.Scalar scalar)) {
      problems.add(node.place(), "expected text, found " + node.describe(), "");
      return null;
    }
    if ((scalar.isNumber() || scalar.isBoolean()) && !scalar.place().onCommandLine()) {
      problems.add(
          node.place(), "expected text, found " + node.describe(), "write it quoted: \"" + scalar.text() + "\"");
      return null;
    }
    return scalar.text();
  }

  private static <T> @Nullable T parsed(
      Node node, Problems problems, String what, String example, Function<String, T> parse) {
    if (!(node instanceof Node.Scalar scalar)) {
      problems.add(node.place(), "expected " + what + ", found " + node.describe(), "write " + example);
      return null;
    }
    try {
      return parse.apply(scalar.text());
    } catch (IllegalArgumentException e) {
      problems.add(node.place(), "expected " + what + ", found " + node.describe(), "write " + example);
      return null;
    }
  }

  private static @Nullable Bytes bytes(Node node, Problems problems) {
    if (node instanceof Node.Scalar scalar && scalar.text().startsWith("-")) {
      problems.add(node.place(), "a size must not be negative, was " + Words.oneLine(scalar.text(), 40), "");
      return null;
    }
    return parsed(node, problems, "a size", "128B or 4KiB", text -> Bytes.parse(text.replace("_", "")));
  }

  private static @Nullable KernelVersion version(Node node, Problems problems) {
    if (node instanceof Node.Scalar scalar && scalar.isNumber() && !scalar.place().onCommandLine()) {
      problems.add(
          node.place(), "expected a kernel version, found " + node.describe(),
          "write it quoted: \"" + scalar.text() + "\"; unquoted, 3.10 is the number 3.1");
      return null;
    }
    return parsed(node, problems, "a kernel version", "it quoted, as \"6.11\"", KernelVersion::parse);
  }

  private static @Nullable PerMillion probability(Node node, Problems problems) {
    if (node instanceof Node.Scalar scalar && Words.isNumber(scalar.text())) {
      try {
        BigDecimal value = new BigDecimal(scalar.text().replace("_", ""));
        if (value.signum() >= 0 && value.compareTo(BigDecimal.ONE) <= 0) {
          return new PerMillion(value.movePointRight(6).intValueExact());
        }
      } catch (ArithmeticException | NumberFormatException e) {
        // said below
      }
    }
    problems.add(node.place(), "expected a probability from 0 to 1, found " + node.describe(),
        "write 0.012; at most six decimals");
    return null;
  }

  /** A time of picosecond resolution, as costs have it. */
  record Picos(long ps) {}

  /** A probability in millionths. */
  record PerMillion(int millionths) {}

  /** A distribution as a mapping; exactly one of these. */
  record DistForm(
      Optional<Picos> exponential, Optional<List<Picos>> uniform, Optional<QuantilesForm> quantiles) {}

  /** Quantiles as a mapping. */
  record QuantilesForm(Picos min, Picos p50, Picos p90, Picos p99, Picos max) {}

  /** A cost as a mapping. */
  record CostForm(
      Picos min, Picos p50, Picos p90, Picos p99, Picos max,
      Optional<RareForm> rare, Optional<Basis> basis, Optional<String> source) {}

  /** A rare component as a mapping. */
  record RareForm(PerMillion probability, Picos mean) {}

  private static final class CostType implements ValueType<Cost> {
    private final Binder binder;

    CostType(Binder binder) {
      this.binder = binder;
    }

    @Override
    public Class<Cost> type() {
      return Cost.class;
    }

    @Override
    public @Nullable Cost read(Node node, Problems problems) {
      if (!(node instanceof Node.Mapping)) {
        Picos constant = binder.value(Picos.class, node, problems);
        return constant == null ? null : of(constant, constant, constant, constant, constant, Cost.Rare.NONE,
            Basis.ASSUMED, ASSUMED_SOURCE);
      }
      CostForm form = binder.bind(CostForm.class, node, problems);
      if (form == null) {
        return null;
      }
      try {
        return of(form.min, form.p50, form.p90, form.p99, form.max,
            form.rare.map(r -> new Cost.Rare(r.probability.millionths, r.mean.ps)).orElse(Cost.Rare.NONE),
            form.basis.orElse(Basis.ASSUMED), form.source.orElse(ASSUMED_SOURCE));
      } catch (IllegalArgumentException e) {
        problems.add(node.place(), String.valueOf(e.getMessage()), "");
        return null;
      }
    }

    @Override
    public Object write(Cost cost) {
      boolean flat = cost.minPs() == cost.maxPs() && cost.rare().equals(Cost.Rare.NONE);
      if (flat && cost.basis() == Basis.ASSUMED && cost.source().equals(ASSUMED_SOURCE)) {
        return Times.ofPicos(cost.minPs());
      }
      return binder.tree(new CostForm(
          new Picos(cost.minPs()), new Picos(cost.p50Ps()), new Picos(cost.p90Ps()), new Picos(cost.p99Ps()),
          new Picos(cost.maxPs()),
          cost.rare().equals(Cost.Rare.NONE) ? Optional.empty()
              : Optional.of(new RareForm(new PerMillion(cost.rare().perMillion()), new Picos(cost.rare().meanPs()))),
          Optional.of(cost.basis()), Optional.of(cost.source())));
    }

    @Override
    public Map<String, Object> schema(SchemaBuilder builder, String key, boolean partial) {
      Map<String, Object> schema = anyOf(timeSchema(), builder.record(CostForm.class));
      schema.put("description", "The cost of a step: a time, or quantiles with where they come from. Replaced whole.");
      return schema;
    }

    private static Cost of(
        Picos min, Picos p50, Picos p90, Picos p99, Picos max, Cost.Rare rare, Basis basis, String source) {
      return new Cost(min.ps, p50.ps, p90.ps, p99.ps, max.ps, rare, basis, source);
    }
  }

  private static final class DistType implements ValueType<Dist> {
    private final Binder binder;

    DistType(Binder binder) {
      this.binder = binder;
    }

    @Override
    public Class<Dist> type() {
      return Dist.class;
    }

    @Override
    public @Nullable Dist read(Node node, Problems problems) {
      if (!(node instanceof Node.Mapping)) {
        Duration fixed = duration(binder.value(Picos.class, node, problems), node, problems);
        return fixed == null ? null : Dist.fixed(fixed);
      }
      DistForm form = binder.bind(DistForm.class, node, problems);
      if (form == null) {
        return null;
      }
      int given = (form.exponential.isPresent() ? 1 : 0) + (form.uniform.isPresent() ? 1 : 0)
          + (form.quantiles.isPresent() ? 1 : 0);
      if (given != 1) {
        problems.add(node.place(), "expected one of exponential, uniform, quantiles", "write {exponential: 100us}");
        return null;
      }
      List<Duration> times = new ArrayList<>();
      List<Picos> picos = new ArrayList<>();
      form.exponential.ifPresent(picos::add);
      form.uniform.ifPresent(picos::addAll);
      form.quantiles.ifPresent(q -> picos.addAll(List.of(q.min, q.p50, q.p90, q.p99, q.max)));
      for (Picos p : picos) {
        Duration time = duration(p, node, problems);
        if (time == null) {
          return null;
        }
        times.add(time);
      }
      if (form.uniform.isPresent() && times.size() != 2) {
        problems.add(node.place(), "uniform takes two times, found " + times.size(), "write {uniform: [5us, 20us]}");
        return null;
      }
      try {
        return form.exponential.isPresent() ? Dist.exponential(times.get(0))
            : form.uniform.isPresent() ? Dist.uniform(times.get(0), times.get(1))
            : new Dist.Quantiles(times.get(0), times.get(1), times.get(2), times.get(3), times.get(4));
      } catch (IllegalArgumentException e) {
        problems.add(node.place(), String.valueOf(e.getMessage()), "give the times in increasing order");
        return null;
      }
    }

    @Override
    public Object write(Dist dist) {
      if (dist instanceof Dist.Fixed fixed) {
        return Times.ofNanos(fixed.value().toNanos());
      }
      Optional<Picos> exponential = Optional.empty();
      Optional<List<Picos>> uniform = Optional.empty();
      Optional<QuantilesForm> quantiles = Optional.empty();
      if (dist instanceof Dist.Exponential e) {
        exponential = Optional.of(picos(e.mean()));
      } else if (dist instanceof Dist.Uniform u) {
        uniform = Optional.of(List.of(picos(u.from()), picos(u.to())));
      } else if (dist instanceof Dist.Quantiles q) {
        quantiles = Optional.of(new QuantilesForm(
            picos(q.min()), picos(q.p50()), picos(q.p90()), picos(q.p99()), picos(q.max())));
      }
      return binder.tree(new DistForm(exponential, uniform, quantiles));
    }

    @Override
    public Map<String, Object> schema(SchemaBuilder builder, String key, boolean partial) {
      Map<String, Object> form = builder.record(DistForm.class);
      form.put("minProperties", 1L);
      form.put("maxProperties", 1L);
      Map<String, Object> schema = anyOf(timeSchema(), form);
      schema.put("description", "A distribution of times: a constant, {exponential: 100us}, {uniform: [5us, 20us]} or "
          + "{quantiles: {min, p50, p90, p99, max}}. Replaced whole.");
      return schema;
    }

    private static Picos picos(Duration time) {
      return new Picos(Math.multiplyExact(time.toNanos(), 1000L));
    }

    private static @Nullable Duration duration(@Nullable Picos picos, Node node, Problems problems) {
      if (picos != null && picos.ps % 1000 != 0) {
        problems.add(node.place(), "the time " + Times.ofPicos(picos.ps) + " is finer than 1ns", "round it");
        return null;
      }
      return picos == null ? null : Duration.ofNanos(picos.ps / 1000);
    }
  }
}
