package dev.haltlab.platform.config;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.common.Anchor;
import org.snakeyaml.engine.v2.events.AliasEvent;
import org.snakeyaml.engine.v2.events.CollectionStartEvent;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.events.NodeEvent;
import org.snakeyaml.engine.v2.events.ScalarEvent;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.ReaderException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.parser.ParserImpl;
import org.snakeyaml.engine.v2.scanner.StreamReader;
import tools.jackson.core.StreamWriteFeature;
import tools.jackson.dataformat.yaml.YAMLFactory;
import tools.jackson.dataformat.yaml.YAMLMapper;
import tools.jackson.dataformat.yaml.YAMLWriteFeature;
import tools.jackson.dataformat.yaml.util.StringQuotingChecker;

/**
 * Reads YAML into {@link Node}s and writes maps as YAML.
 *
 * <p>Reading goes over the events of the parser inside Jackson's YAML module, not over Jackson's tree: the tree has no
 * places, turns an alias into a text, drops tags and cannot tell {@code 3.10} from {@code 3.1}, while one pass over the
 * events shows all of it.
 */
public final class Yaml {
  /** Largest file read, bytes. */
  public static final int MAX_BYTES = 1 << 20;

  /** Deepest nesting of mappings and lists. */
  public static final int MAX_DEPTH = 64;

  private static final Set<String> NULLS = Set.of("", "null", "Null", "NULL", "~");

  private final String file;
  private final Problems problems;
  private final Map<Anchor, Place> unusedAnchors = new HashMap<>();
  private final Iterator<Event> events;
  private int depth;

  private Yaml(String file, String text, Problems problems) {
    this.file = file;
    this.problems = problems;
    LoadSettings settings = LoadSettings.builder().setLabel(file).build();
    this.events = new ParserImpl(settings, new StreamReader(settings, text));
  }

  /**
   * Reads a file.
   *
   * @param shown its name in messages
   * @return the top of the document, or null if there is nothing usable
   */
  public static @Nullable Node read(Path path, String shown, Problems problems) {
    Place whole = new Place(shown, 0, 0, "");
    byte[] bytes;
    try {
      BasicFileAttributes attributes = Files.readAttributes(path, BasicFileAttributes.class);
      if (attributes.isDirectory()) {
        problems.add(whole, "is a directory", "name a YAML file");
        return null;
      }
      if (!attributes.isRegularFile()) {
        problems.add(whole, "is not a regular file", "write the YAML to a file; devices and pipes are not read");
        return null;
      }
      if (attributes.size() > MAX_BYTES) {
        problems.add(whole, "is too large: " + attributes.size() + " bytes", "the limit is 1 MiB");
        return null;
      }
      try (InputStream in = Files.newInputStream(path)) {
        bytes = in.readNBytes(MAX_BYTES + 1); // the size above may have been a lie
      }
    } catch (NoSuchFileException e) {
      problems.add(whole, "no such file", "");
      return null;
    } catch (IOException | SecurityException e) {
      problems.add(whole, "cannot be read", Files.exists(path) ? "check its permissions" : "check the path");
      return null;
    }
    if (bytes.length > MAX_BYTES) {
      problems.add(whole, "is too large", "the limit is 1 MiB");
      return null;
    }
    String text = decode(bytes, whole, problems);
    return text == null ? null : read(text, shown, problems);
  }

  /**
   * Reads a text.
   *
   * @param shown its name in messages
   * @return the top of the document, or null if there is nothing usable
   */
  public static @Nullable Node read(String text, String shown, Problems problems) {
    String body = text.startsWith("\uFEFF") ? text.substring(1) : text;
    try {
      return new Yaml(shown, body, problems).document();
    } catch (MarkedYamlEngineException e) {
      Optional<Mark> mark = e.getProblemMark().isPresent() ? e.getProblemMark() : e.getContextMark();
      String what = e.getProblem() == null ? "cannot be parsed" : e.getProblem();
      boolean tab = what.contains("TAB");
      what = tab ? "a tab cannot indent" : Words.oneLine(what, 160);
      problems.add(
          place(shown, "", mark),
          "not YAML: " + what,
          tab ? "use spaces" : e.getContext() == null ? ""
              : Words.oneLine(e.getContext(), 80)
                  + e.getContextMark().map(m -> " that starts in line " + (m.getLine() + 1)).orElse(""));
    } catch (ReaderException e) {
      int line = 1;
      int column = 1;
      int position = Math.min(Math.max(0, e.getPosition()), body.codePointCount(0, body.length()));
      int end = body.offsetByCodePoints(0, position);
      for (int i = 0; i < end; i++) {
        column = body.charAt(i) == '\n' ? 1 : column + 1;
        line += body.charAt(i) == '\n' ? 1 : 0;
      }
      problems.add(
          new Place(shown, line, column, ""),
          String.format(java.util.Locale.ROOT, "not YAML: the character U+%04X is not allowed", e.getCodePoint()),
          "is it a text file?");
    } catch (YamlEngineException e) {
      problems.add(new Place(shown, 0, 0, ""), "not YAML: " + Words.oneLine(String.valueOf(e.getMessage()), 160), "");
    } catch (TooDeep e) {
      problems.add(e.place, "nested deeper than " + MAX_DEPTH + " levels", "nothing in a scenario is that deep");
    }
    return null;
  }

  /**
   * Reads a value given on the command line: a scalar, or a list or mapping in braces.
   *
   * @param place of the value; its path goes before the paths inside
   * @return the value, without lines and columns, or null if there is nothing usable
   */
  public static @Nullable Node readValue(String text, Place place, Problems problems) {
    Problems inside = new Problems();
    Node node = read(text, place.file(), inside);
    for (Problem p : inside.all()) {
      problems.add(place.below(p.path()), p.message().equals("is empty") ? "has no value" : p.message(), p.hint());
    }
    return node == null || !inside.isEmpty() ? null : moved(node, place);
  }

  private static Node moved(Node node, Place top) {
    Place place = top.below(node.place().path());
    if (node instanceof Node.Mapping mapping) {
      Map<String, Node.Field> fields = new LinkedHashMap<>();
      mapping.fields().forEach((key, field) ->
          fields.put(key, new Node.Field(top.below(field.key().path()), moved(field.value(), top))));
      return new Node.Mapping(place, fields);
    }
    if (node instanceof Node.Sequence sequence) {
      return new Node.Sequence(place, sequence.items().stream().map(item -> moved(item, top)).toList());
    }
    return node instanceof Node.Scalar scalar
        ? new Node.Scalar(place, scalar.text(), scalar.plain()) : new Node.Broken(place);
  }

  /** Maps, lists, strings, numbers and booleans as YAML, which {@link #read} reads back as the same. */
  public static String write(Map<String, ?> tree) {
    return YAMLMapper.builder(YAMLFactory.builder().stringQuotingChecker(new Quoting()).build())
        .disable(YAMLWriteFeature.WRITE_DOC_START_MARKER)
        .disable(YAMLWriteFeature.SPLIT_LINES)
        .enable(YAMLWriteFeature.MINIMIZE_QUOTES)
        .enable(YAMLWriteFeature.ALWAYS_QUOTE_NUMBERS_AS_STRINGS)
        .enable(StreamWriteFeature.WRITE_BIGDECIMAL_AS_PLAIN)
        .build()
        .writeValueAsString(tree);
  }

  /** Quotes also what only we take for a number: {@code 1_000}. */
  private static final class Quoting extends StringQuotingChecker.Default {
    private static final long serialVersionUID = 1L;

    @Override
    public boolean needToQuoteName(String name) {
      return super.needToQuoteName(name) || Words.isNumber(name) || NULLS.contains(name);
    }

    @Override
    public boolean needToQuoteValue(String value) {
      return super.needToQuoteValue(value) || Words.isNumber(value) || NULLS.contains(value);
    }
  }

  private static @Nullable String decode(byte[] bytes, Place whole, Problems problems) {
    CharsetDecoder decoder =
        StandardCharsets.UTF_8.newDecoder()
            .onMalformedInput(CodingErrorAction.REPORT)
            .onUnmappableCharacter(CodingErrorAction.REPORT);
    ByteBuffer in = ByteBuffer.wrap(bytes);
    CharBuffer out = CharBuffer.allocate(bytes.length + 1);
    CoderResult result = decoder.decode(in, out, true);
    out.flip();
    if (!result.isError()) {
      return out.toString();
    }
    String before = out.toString();
    int line = 1 + (int) before.chars().filter(c -> c == '\n').count();
    problems.add(whole.at(line, before.length() - before.lastIndexOf('\n')), "is not UTF-8", "save it as UTF-8 text");
    return null;
  }

  private @Nullable Node document() {
    Event event = next();
    while (event.getEventId() == Event.ID.StreamStart || event.getEventId() == Event.ID.Comment) {
      event = next();
    }
    if (event.getEventId() == Event.ID.StreamEnd) {
      problems.add(new Place(file, 0, 0, ""), "is empty", "");
      return null;
    }
    Event first = next();
    if (first instanceof ScalarEvent scalar && scalar.isPlain() && scalar.getValue().isEmpty()
        && scalar.getTag().isEmpty() && scalar.getAnchor().isEmpty()) {
      problems.add(place("", first.getStartMark()), "is empty", "");
      return null;
    }
    Node top = node(first, "");
    next(); // document end
    Event after = next();
    if (after.getEventId() == Event.ID.DocumentStart) {
      problems.add(place("", after.getStartMark()), "a second document starts here", "keep one document in a file");
    }
    unusedAnchors.values().forEach(place -> problems.add(place, "anchors (&name) are not used here", "remove it"));
    return top;
  }

  private Node node(Event event, String path) {
    Place place = place(path, event.getStartMark());
    if (event instanceof AliasEvent alias) {
      unusedAnchors.remove(alias.getAlias());
      problems.add(place, "aliases (*name) are not used here", "write the value out");
      return new Node.Broken(place);
    }
    if (event instanceof NodeEvent anchored) {
      anchored.getAnchor().ifPresent(anchor -> unusedAnchors.put(anchor, place));
    }
    boolean tagged = tag(event, place);
    Node node;
    if (event instanceof ScalarEvent scalar) {
      if (scalar.isPlain() && !tagged && NULLS.contains(scalar.getValue())) {
        problems.add(place, "has no value", "give it a value or leave the key out");
        return new Node.Broken(place);
      }
      node = new Node.Scalar(place, scalar.getValue(), scalar.isPlain());
    } else {
      if (++depth > MAX_DEPTH) {
        throw new TooDeep(place);
      }
      node = event.getEventId() == Event.ID.MappingStart ? mapping(place) : sequence(place);
      depth--;
    }
    return tagged ? new Node.Broken(place) : node;
  }

  private boolean tag(Event event, Place place) {
    Optional<String> tag =
        event instanceof ScalarEvent scalar ? scalar.getTag()
            : event instanceof CollectionStartEvent collection ? collection.getTag() : Optional.empty();
    tag.ifPresent(t -> problems.add(
        place, "tags (" + Words.oneLine(t.startsWith("tag:yaml.org,2002:") ? "!!" + t.substring(18) : t, 40)
            + ") are not used here", "remove it; the key decides the type"));
    return tag.isPresent();
  }

  private Node sequence(Place place) {
    List<Node> items = new ArrayList<>();
    for (Event event = next(); event.getEventId() != Event.ID.SequenceEnd; event = next()) {
      items.add(node(event, place.item(items.size()).path()));
    }
    return new Node.Sequence(place, items);
  }

  private Node mapping(Place place) {
    Map<String, Node.Field> fields = new LinkedHashMap<>();
    for (Event event = next(); event.getEventId() != Event.ID.MappingEnd; event = next()) {
      Place here = place(place.path(), event.getStartMark());
      String name = key(event, here);
      if (name == null) {
        discard(next());
        continue;
      }
      Place key = here.below(name);
      Event value = next();
      if (fields.containsKey(name)) {
        problems.add(key, "duplicate key", "the first one is in line " + fields.get(name).key().line());
        discard(value);
        continue;
      }
      // an empty value has no place of its own worth showing
      boolean empty = value instanceof ScalarEvent s && s.isPlain() && s.getValue().isEmpty() && s.getTag().isEmpty();
      if (empty && !(value instanceof ScalarEvent s && s.getAnchor().isPresent())) {
        problems.add(key, "has no value", "give it a value or leave the key out");
        fields.put(name, new Node.Field(key, new Node.Broken(key)));
      } else {
        fields.put(name, new Node.Field(key, node(value, key.path())));
      }
    }
    return new Node.Mapping(place, fields);
  }

  /** The name of a key, or null if it was refused. */
  private @Nullable String key(Event event, Place here) {
    if (event instanceof AliasEvent alias) {
      unusedAnchors.remove(alias.getAlias());
      problems.add(here, "aliases (*name) are not used here", "write the key out");
      return null;
    }
    if (!(event instanceof ScalarEvent scalar)) {
      problems.add(here, "a key must be text, not a mapping or list", "is a quote or a colon missing?");
      discard(event);
      return null;
    }
    String text = scalar.getValue();
    if (tag(event, here)) {
      return null;
    }
    if (scalar.getAnchor().isPresent()) {
      unusedAnchors.put(scalar.getAnchor().get(), here);
    }
    if (scalar.isPlain() && text.equals("<<")) {
      problems.add(here, "merge keys (<<) are not used here", "write the keys out");
      return null;
    }
    if (scalar.isPlain() && NULLS.contains(text)) {
      problems.add(here, "a key is missing before the colon", "give it a name");
      return null;
    }
    if (new Node.Scalar(here, text, scalar.isPlain()).isNumber() || scalar.isPlain() && text.matches("true|false")) {
      problems.add(here, "the key " + text + " is not text", "write it quoted: \"" + text + "\"");
      return null;
    }
    if (!Words.isVisible(text)) {
      problems.add(here, "a key must be one to 100 visible characters", "");
      return null;
    }
    return text;
  }

  /** Passes over a value that is not wanted; what is wrong inside it is not of interest. */
  private void discard(Event event) {
    int open = 0;
    Event current = event;
    while (true) {
      if (current instanceof AliasEvent alias) {
        unusedAnchors.remove(alias.getAlias());
      }
      switch (current.getEventId()) {
        case MappingStart, SequenceStart -> open++;
        case MappingEnd, SequenceEnd -> open--;
        default -> { }
      }
      if (open == 0) {
        return;
      }
      if (open > MAX_DEPTH) {
        throw new TooDeep(place("", current.getStartMark()));
      }
      current = next();
    }
  }

  private Event next() {
    Event event = events.next();
    while (event.getEventId() == Event.ID.Comment) {
      event = events.next();
    }
    return event;
  }

  private Place place(String path, Optional<Mark> mark) {
    return place(file, path, mark);
  }

  private static Place place(String file, String path, Optional<Mark> mark) {
    return new Place(file, mark.map(m -> m.getLine() + 1).orElse(0), mark.map(m -> m.getColumn() + 1).orElse(0), path);
  }

  private static final class TooDeep extends RuntimeException {
    private static final long serialVersionUID = 1L;
    private final transient Place place;

    TooDeep(Place place) {
      super(null, null, false, false);
      this.place = place;
    }
  }
}
