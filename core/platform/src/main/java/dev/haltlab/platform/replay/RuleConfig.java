package dev.haltlab.platform.replay;

import dev.haltlab.platform.config.Binder;
import dev.haltlab.platform.config.Node;
import dev.haltlab.platform.config.Place;
import dev.haltlab.platform.config.Problems;
import dev.haltlab.spi.KernelVersion;
import dev.haltlab.spi.Provider;
import dev.haltlab.trace.UnfitRuleException;
import dev.haltlab.trace.replay.Change;
import dev.haltlab.trace.replay.Parameter;
import dev.haltlab.trace.replay.Parameters;
import java.time.Duration;
import java.util.ArrayList;
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
  private static final String KERNEL = "kernel";
  private static final String CHANGES = "changes";
  private static final String RESET_BELOW_START = "resetBelowStart";
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
  private final Provider<Record> provider;
  private final Record given;
  private final boolean guest;
  private final List<String> keys;

  /**
   * @param provider of the strategy
   * @param given what it is set to before the recording is asked; not yet complete, as defaults depend on the kernel
   * @param guest whether it follows the guest's rule
   */
  RuleConfig(Provider<Record> provider, Record given, boolean guest) {
    this.provider = provider;
    this.given = given;
    this.guest = guest;
    this.keys = Binder.keys(given.getClass());
  }

  /**
   * The configuration as of some changes. Where the strategy takes the changes themselves, with their times, it gets
   * them; else the values they came to.
   *
   * @throws UnfitRuleException if the strategy refuses it, or cannot follow the recorded kernel
   */
  Record of(Parameters parameters, List<Change> changes) {
    Map<Parameter, Long> values = new EnumMap<>(Parameter.class);
    for (Parameter parameter : Parameter.values()) {
      OptionalLong value = guest ? parameters.guest(parameter) : parameters.host(parameter);
      if (value.isPresent()) {
        values.put(parameter, value.getAsLong());
      }
    }
    Place place = new Place("parameters", 0, 0, "");
    Map<String, Node.Field> fields = new LinkedHashMap<>();
    if (keys.contains(CHANGES)) {
      Place below = place.below(CHANGES);
      List<Node> items = new ArrayList<>();
      changes.stream().filter(change -> KEYS.containsKey(change.parameter()))
          .forEach(change -> items.add(change(below.item(items.size()), change)));
      if (!items.isEmpty()) {
        fields.put(CHANGES, new Node.Field(below, new Node.Sequence(below, items)));
      }
    } else {
      changes.forEach(change -> values.put(change.parameter(), change.value()));
    }
    if (!keys.contains(KEYS.get(Parameter.CAP)) && values.containsKey(Parameter.CAP)) {
      values.put(Parameter.MAX, values.get(Parameter.CAP)); // the VM's own maximum wins over the module's
    }
    values.forEach((parameter, value) -> {
      String key = KEYS.get(parameter);
      if (key != null && keys.contains(key)) {
        put(fields, place, key, text(parameter, value), true);
      }
    });
    kernel(parameters, place, fields);
    Problems problems = new Problems();
    Record config = binder.bind(given, List.of(new Node.Mapping(place, fields)), problems);
    if (config == null) {
      throw new UnfitRuleException(problems.all().get(0).toString());
    }
    try {
      return provider.complete(config);
    } catch (IllegalArgumentException e) {
      throw new UnfitRuleException("the parameters do not fit the strategy " + provider.id() + ": " + e.getMessage());
    }
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

  private static Node change(Place place, Change change) {
    Map<String, Node.Field> fields = new LinkedHashMap<>();
    put(fields, place, "at", change.timeNs() + "ns", true);
    put(fields, place, KEYS.get(change.parameter()), text(change.parameter(), change.value()), true);
    return new Node.Mapping(place, fields);
  }

  private void kernel(Parameters parameters, Place place, Map<String, Node.Field> fields) {
    if (parameters.kernel() == null) {
      return;
    }
    KernelVersion version = version(parameters.kernel());
    if (keys.contains(KERNEL)) {
      put(fields, place, KERNEL, version.toString(), false);
    } else if (keys.contains(RESET_BELOW_START)) {
      put(fields, place, RESET_BELOW_START, Boolean.toString(version.compareTo(GUEST_RESETS_SINCE) >= 0), true);
    } else if (!guest && version.compareTo(HOST_RULE_SINCE) < 0) {
      throw new UnfitRuleException(
          "the rule of Linux " + version + " is not that of " + HOST_RULE_SINCE
              + " and later, which the strategy follows that it is to be held against");
    }
  }

  private static KernelVersion version(String text) {
    try {
      return KernelVersion.parse(text);
    } catch (IllegalArgumentException e) {
      throw new UnfitRuleException(String.valueOf(e.getMessage()));
    }
  }

  private static void put(Map<String, Node.Field> fields, Place place, String key, String text, boolean plain) {
    Place below = place.below(key);
    fields.put(key, new Node.Field(below, new Node.Scalar(below, text, plain)));
  }

  /** Times have a unit, truth values words, numbers neither. */
  private static String text(Parameter parameter, long value) {
    return parameter.isTime() ? value + "ns"
        : parameter == Parameter.ALLOW_SHRINK ? Boolean.toString(value != 0) : Long.toString(value);
  }
}
