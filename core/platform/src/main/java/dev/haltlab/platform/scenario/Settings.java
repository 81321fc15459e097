package dev.haltlab.platform.scenario;

import dev.haltlab.platform.catalog.Kind;
import dev.haltlab.platform.config.Node;
import dev.haltlab.platform.config.Place;
import dev.haltlab.platform.config.Problems;
import dev.haltlab.platform.config.Words;
import dev.haltlab.platform.config.Yaml;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The {@code --set path=value} pairs as layers over a scenario. */
final class Settings {
  private static final String FILE = "--set";
  private static final String COMPARE = "compare";

  /**
   * One pair.
   *
   * @param variant the variant it reaches; null for all
   * @param path inside the scenario or the variant
   * @param layer the value, wrapped into mappings along the path
   */
  record Setting(@Nullable String variant, List<String> path, Node.Mapping layer) {
    Place place() {
      return new Place(FILE, 0, 0, (variant == null ? "" : COMPARE + "." + variant + ".") + String.join(".", path));
    }
  }

  private Settings() {}

  static List<Setting> read(List<String> pairs, Set<String> variants, Problems problems) {
    List<Setting> settings = new ArrayList<>();
    for (String pair : pairs) {
      Setting setting = read(pair, variants, problems);
      if (setting != null) {
        settings.add(setting);
      }
    }
    return settings;
  }

  private static @Nullable Setting read(String pair, Set<String> variants, Problems problems) {
    int equals = pair.indexOf('=');
    if (equals < 1) {
      problems.add(
          new Place(FILE, 0, 0, ""), Words.quote(pair) + " is not path=value", "write --set haltPoll.window=50us");
      return null;
    }
    String path = pair.substring(0, equals).strip();
    Place whole = new Place(FILE, 0, 0, Words.oneLine(path, 100));
    List<String> keys = List.of(path.split("\\.", -1));
    if (keys.size() > 32 || !keys.stream().allMatch(Words::isVisible)) {
      problems.add(whole, "is not a path", "write keys joined by points, as vms.rr.vcpus");
      return null;
    }
    Node value = Yaml.readValue(pair.substring(equals + 1), whole, problems);
    if (value == null) {
      return null;
    }
    if (!keys.get(0).equals(COMPARE)) {
      return new Setting(null, keys, layer(keys, 0, value));
    }
    if (keys.size() < 3) {
      problems.add(whole, "sets no key of a variant", "write --set compare.VARIANT.haltPoll.window=50us");
      return null;
    }
    if (!variants.contains(keys.get(1))) {
      problems.add(
          new Place(FILE, 0, 0, COMPARE + "." + keys.get(1)), "there is no variant " + Words.quote(keys.get(1)),
          variants.isEmpty() ? "the scenario compares nothing" : Words.suggest(keys.get(1), variants));
      return null;
    }
    Node.Mapping layer = layer(keys, 2, value);
    return new Setting(keys.get(1), keys.subList(2, keys.size()), layer);
  }

  private static Node.Mapping layer(List<String> keys, int first, Node value) {
    Node node = value;
    for (int i = keys.size() - 1; i >= first; i--) {
      Place key = new Place(FILE, 0, 0, String.join(".", keys.subList(0, i + 1)));
      Place parent = new Place(FILE, 0, 0, String.join(".", keys.subList(0, i)));
      node = new Node.Mapping(parent, Map.of(keys.get(i), new Node.Field(key, node)));
    }
    return (Node.Mapping) node;
  }

  /** Whether {@code over} says something else at every place where {@code set} says something. */
  static boolean hides(@Nullable Node over, Node set, @Nullable Node base, String key) {
    if (over == null) {
      return false;
    }
    String useSet = use(set, key);
    String useBelow = useSet != null ? useSet : use(base, key);
    String useOver = use(over, key);
    if (useOver != null && (useSet != null && !(set instanceof Node.Mapping) || !useOver.equals(useBelow))) {
      return true; // the slot is replaced whole
    }
    if (!(set instanceof Node.Mapping wanted)) {
      return useOver != null || !(over instanceof Node.Mapping) || !isSlot(key);
    }
    if (!(over instanceof Node.Mapping mapping)) {
      return !isSlot(key);
    }
    Node.Mapping below = base instanceof Node.Mapping m ? m : null;
    return wanted.fields().entrySet().stream().allMatch(e -> hides(
        mapping.get(e.getKey()), e.getValue().value(), below == null ? null : below.get(e.getKey()), e.getKey()));
  }

  private static boolean isSlot(String key) {
    return Kind.SLOTS.stream().anyMatch(kind -> kind.key().equals(key));
  }

  private static @Nullable String use(@Nullable Node node, String key) {
    if (!isSlot(key)) {
      return null;
    }
    Node use = node instanceof Node.Mapping mapping ? mapping.get("use") : node;
    return use instanceof Node.Scalar scalar ? scalar.text() : null;
  }
}
