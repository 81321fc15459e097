package dev.haltlab.platform.replay;

import dev.haltlab.platform.config.Binder;
import dev.haltlab.platform.config.Node;
import dev.haltlab.platform.config.Place;
import dev.haltlab.platform.config.Problems;
import dev.haltlab.spi.KernelVersion;
import dev.haltlab.trace.replay.Change;
import dev.haltlab.trace.replay.Parameter;
import dev.haltlab.trace.replay.Parameters;
import java.time.Duration;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;

/**
 * Turns what a recording says of the kernel's parameters into the configuration of the strategy that follows the
 * kernel's rule. All that is assumed of that strategy is here: its keys bear these names.
 */
final class RuleConfig {
  private static final Map<Parameter, String> KEYS = new EnumMap<>(Parameter.class);

  static {
    KEYS.put(Parameter.MAX, "max");
    KEYS.put(Parameter.GROW, "grow");
    KEYS.put(Parameter.GROW_START, "growStart");
    KEYS.put(Parameter.SHRINK, "shrink");
    KEYS.put(Parameter.CAP, "cap");
    KEYS.put(Parameter.ALLOW_SHRINK, "allowShrink");
  }

  /** The rule of hosts before this version differs in more than its parameters. */
  private static final KernelVersion HOST_RULE_SINCE = new KernelVersion(6, 1, 0);

  /** Shrinking ends at 0 since some version between 5.15 and 6.18; the line is drawn where the tracepoint came. */
  private static final KernelVersion GUEST_RESETS_SINCE = new KernelVersion(6, 0, 0);

  private final Binder binder = new Binder();
  private final Record base;
  private final boolean guest;
  private final List<String> keys;

  /**
   * @param base what the strategy is set to before the recording is asked
   * @param guest whether it follows the guest's rule
   */
  RuleConfig(Record base, boolean guest) {
    this.base = base;
    this.guest = guest;
    this.keys = Binder.keys(base.getClass());
  }

  /**
   * The configuration as of some changes.
   *
   * @throws IllegalArgumentException if the strategy refuses it, or cannot follow the recorded kernel
   */
  Record of(Parameters parameters, List<Change> changes) {
    Map<Parameter, Long> values = new EnumMap<>(Parameter.class);
    for (Parameter parameter : Parameter.values()) {
      OptionalLong value = guest ? parameters.guest(parameter) : parameters.host(parameter);
      if (value.isPresent()) {
        values.put(parameter, value.getAsLong());
      }
    }
    for (Change change : changes) {
      values.put(change.parameter(), change.value());
    }
    if (!keys.contains("cap") && values.containsKey(Parameter.CAP)) {
      values.put(Parameter.MAX, values.get(Parameter.CAP)); // the VM's own maximum wins over the module's
    }
    Map<String, String> texts = new LinkedHashMap<>();
    values.forEach((parameter, value) -> {
      String key = KEYS.get(parameter);
      if (key != null && keys.contains(key)) {
        texts.put(key, text(key, value));
      }
    });
    kernel(parameters, texts);
    return bind(texts);
  }

  /** What a report shows of a configuration. */
  Map<String, Object> shown(Record config) {
    return binder.tree(config);
  }

  /** The longest window in a configuration made here, ns; 0 if it has none. */
  long maxNs(Record config) {
    Object max = shown(config).get(KEYS.get(Parameter.MAX));
    Node node = new Node.Scalar(new Place("", 0, 0, ""), String.valueOf(max), true);
    Duration duration = max == null ? null : binder.value(Duration.class, node, new Problems());
    return duration == null ? 0 : duration.toNanos();
  }

  private void kernel(Parameters parameters, Map<String, String> texts) {
    String kernel = parameters.kernel();
    if (kernel == null) {
      return;
    }
    KernelVersion version = KernelVersion.parse(kernel);
    if (keys.contains("kernel")) {
      texts.put("kernel", version.toString());
    } else if (guest) {
      if (keys.contains("resetBelowStart")) {
        texts.put("resetBelowStart", Boolean.toString(version.compareTo(GUEST_RESETS_SINCE) >= 0));
      }
    } else if (version.compareTo(HOST_RULE_SINCE) < 0) {
      throw new IllegalArgumentException(
          "the rule of Linux " + version + " is not that of " + HOST_RULE_SINCE + " and later, which this strategy follows");
    }
  }

  /** Durations have a unit, truth values words, numbers neither. */
  private String text(String key, long value) {
    Class<?> type = Arrays.stream(base.getClass().getRecordComponents())
        .filter(component -> component.getName().equals(key)).findFirst().orElseThrow().getType();
    return type == long.class || type == int.class ? Long.toString(value)
        : type == boolean.class ? Boolean.toString(value != 0) : value + "ns";
  }

  private Record bind(Map<String, String> texts) {
    Place place = new Place("parameters", 0, 0, "");
    Map<String, Node.Field> fields = new LinkedHashMap<>();
    texts.forEach((key, text) -> {
      Place below = place.below(key);
      fields.put(key, new Node.Field(below, new Node.Scalar(below, text, !key.equals("kernel"))));
    });
    Problems problems = new Problems();
    Record config = binder.bind(base, List.of(new Node.Mapping(place, fields)), problems);
    if (config == null) {
      throw new IllegalArgumentException(problems.all().get(0).toString());
    }
    return config;
  }
}
