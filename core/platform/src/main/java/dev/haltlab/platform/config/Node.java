package dev.haltlab.platform.config;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A piece of YAML with its place: what Jackson's tree lacks and every message needs. Immutable. Scalars keep their
 * text; what it means is decided by the type it is bound to.
 */
public sealed interface Node {

  /** Where the value starts. */
  Place place();

  /** What it is, in the words of a message: {@code the number 10}. */
  String describe();

  /**
   * Keys and values.
   *
   * @param place where it starts
   * @param fields by key, in the order of the file
   */
  record Mapping(Place place, Map<String, Field> fields) implements Node {
    public Mapping {
      fields = Collections.unmodifiableMap(new LinkedHashMap<>(fields));
    }

    /** The value of a key, or null. */
    public @Nullable Node get(String key) {
      Field field = fields.get(key);
      return field == null ? null : field.value;
    }

    /** The same without one key. */
    public Mapping without(String key) {
      Map<String, Field> rest = new LinkedHashMap<>(fields);
      rest.remove(key);
      return new Mapping(place, rest);
    }

    @Override
    public String describe() {
      return "a mapping of keys";
    }
  }

  /**
   * One key with its value.
   *
   * @param key where the key starts
   * @param value the value
   */
  record Field(Place key, Node value) {}

  /**
   * A list.
   *
   * @param place where it starts
   * @param items in order
   */
  record Sequence(Place place, List<Node> items) implements Node {
    public Sequence {
      items = List.copyOf(items);
    }

    @Override
    public String describe() {
      return "a list";
    }
  }

  /**
   * A single value.
   *
   * @param place where it starts
   * @param text as written, without quotes
   * @param plain whether it was written without quotes, so that it may be a number or a boolean
   */
  record Scalar(Place place, String text, boolean plain) implements Node {
    /** Whether YAML reads it as a number; {@code 010} and {@code 0x10} are text. */
    public boolean isNumber() {
      return plain && Words.isNumber(text);
    }

    /** Whether YAML reads it as true or false; {@code off} and {@code no} are text. */
    public boolean isBoolean() {
      return plain && (text.equals("true") || text.equals("false"));
    }

    @Override
    public String describe() {
      return isNumber() ? "the number " + text : isBoolean() ? "the boolean " + text : Words.quote(text);
    }
  }

  /**
   * Something that has been reported already; whoever meets it says nothing more.
   *
   * @param place where it starts
   */
  record Broken(Place place) implements Node {
    @Override
    public String describe() {
      return "nothing usable";
    }
  }
}
