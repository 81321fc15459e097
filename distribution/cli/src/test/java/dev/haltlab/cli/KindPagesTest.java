package dev.haltlab.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import dev.haltlab.platform.catalog.Catalog;
import dev.haltlab.platform.catalog.CatalogRequest;
import dev.haltlab.platform.catalog.Catalogs;
import dev.haltlab.platform.catalog.Kind;
import dev.haltlab.platform.catalog.Patience;
import dev.haltlab.spi.CState;
import dev.haltlab.spi.HostProfile;
import dev.haltlab.spi.Provider;
import dev.haltlab.spi.TraceReader;
import dev.haltlab.spi.TraceReaderProvider;
import dev.haltlab.spi.TraceSink;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Pins: a built-in that operators cannot read about, a page about one that is gone, a parameter or default that is
 * another one in the code, and a snippet that does not work. What is missing is printed as it is to be pasted.
 */
class KindPagesTest {
  private static final Path DOCS = Path.of(System.getProperty("basedir", ".")).resolve("../bundle/src/main/docs");
  private static final Map<Kind<?>, String> PAGES = new LinkedHashMap<>();
  private static final List<String> LABELS =
      List.of("What it does.", "Parameters.", "When to use it.", "When it hurts.", "Source.");
  private static final Pattern HEADING = Pattern.compile("(?m)^## ((?:`[^`\\n]+`(?:, )?)+)$");
  private static final Pattern ROW = Pattern.compile("(?m)^\\| `([^`]+)` \\| (.+?) \\|(?: .* \\|)?$");
  private static final Pattern SNIPPET = Pattern.compile("(?ms)^```(\\w+)\\n(.*?)^```$");

  static {
    PAGES.put(Kind.HALT_POLL, "halt-poll.md");
    PAGES.put(Kind.IDLE, "idle.md");
    PAGES.put(Kind.WORKLOAD, "workload.md");
    PAGES.put(Kind.CPU, "host.md");
    PAGES.put(Kind.TRACE, "trace.md");
  }

  @TempDir Path folder;

  static List<Kind<?>> kinds() {
    return Kind.ALL;
  }

  /** The built-ins of a kind by id, each with its parameters and their defaults as a page is to show them. */
  private static <P> Map<String, Map<String, String>> builtIns(Kind<P> kind) {
    Map<String, Map<String, String>> all = new TreeMap<>();
    Catalog catalog = Catalogs.load(new CatalogRequest(List.of(), Patience.DEFAULT));
    for (Catalog.Entry<P> entry : catalog.usable(kind)) {
      Provider<?> provider = (Provider<?>) entry.provider();
      all.put(entry.id(), kind.equals(Kind.CPU) ? parameters((HostProfile) provider.defaults()) : parameters(provider));
    }
    return all;
  }

  private static <C extends Record> Map<String, String> parameters(Provider<C> provider) {
    Map<String, String> parameters = new LinkedHashMap<>();
    List<List<String>> rows = ConfigKeys.of(provider.complete(provider.defaults()));
    rows.stream().skip(1).forEach(row -> parameters.put(row.get(0), row.get(2)));
    return parameters;
  }

  /** Of its prices and C-states a page shows how many and which: plugins describe prints all figures. */
  private static Map<String, String> parameters(HostProfile profile) {
    Map<String, String> parameters = new LinkedHashMap<>();
    List<List<String>> rows = ConfigKeys.of(profile);
    for (String key : List.of("title", "clock")) {
      rows.stream().filter(row -> row.get(0).equals(key)).forEach(row -> parameters.put(key, row.get(2)));
    }
    parameters.put("steps", "one price each");
    parameters.put("cstates", profile.cstates().stream().map(CState::name).collect(Collectors.joining(", ")));
    rows.stream().filter(row -> row.get(0).equals("features")).forEach(row -> parameters.put("features", row.get(2)));
    return parameters;
  }

  /** The sections of a page: the ids of the heading, and what stands under it. */
  private static Map<List<String>, String> sections(Kind<?> kind) {
    Map<List<String>, String> sections = new LinkedHashMap<>();
    String page = page(kind);
    Matcher heading = HEADING.matcher(page);
    List<Integer> ends = Pattern.compile("(?m)^## |\\z").matcher(page).results().map(r -> r.start()).toList();
    while (heading.find()) {
      int end = ends.stream().filter(each -> each > heading.start()).findFirst().orElseThrow();
      List<String> ids = Stream.of(heading.group(1).split(", ")).map(id -> id.replace("`", "")).toList();
      assertThat(sections.put(ids, page.substring(heading.end(), end))).isNull();
    }
    return sections;
  }

  private static String page(Kind<?> kind) {
    try {
      return Files.readString(DOCS.resolve(PAGES.get(kind)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void every_built_in_has_its_section_and_no_section_is_of_none(Kind<?> kind) {
    Map<String, Map<String, String>> builtIns = builtIns(kind);
    List<String> described = sections(kind).keySet().stream().flatMap(List::stream).toList();
    builtIns.forEach((id, parameters) -> {
      if (!described.contains(id)) {
        fail("%s has no section about %s; complete this and put it there:%n%n%s", PAGES.get(kind), id,
            skeleton(id, parameters));
      }
    });
    assertThat(described).doesNotHaveDuplicates().allMatch(builtIns::containsKey);
  }

  private static String skeleton(String id, Map<String, String> parameters) {
    StringBuilder text = new StringBuilder("## `" + id + "`\n\n**What it does.** ...\n\n**Parameters.**");
    if (parameters.isEmpty()) {
      text.append(" None.\n");
    } else {
      text.append("\n\n| parameter | default | |\n| --- | --- | --- |\n");
      parameters.forEach((key, value) -> text.append("| `" + key + "` | `" + value + "` | ... |\n"));
    }
    return text.append("\n**When to use it.** ...\n\n**When it hurts.** ...\n\n**Source.** ...\n").toString();
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void every_section_has_the_same_parts_in_the_same_order(Kind<?> kind) {
    sections(kind).forEach((ids, text) -> {
      List<String> found = Pattern.compile("(?m)^\\*\\*([^*]+)\\*\\*").matcher(text).results().map(r -> r.group(1)).toList();
      assertThat(found).as("%s of %s", ids, PAGES.get(kind)).isEqualTo(LABELS);
      for (String label : LABELS) {
        String part = text.substring(text.indexOf("**" + label + "**") + label.length() + 4).split("\n\\*\\*", 2)[0];
        assertThat(part.strip()).as("%s of %s", label, ids).isNotEmpty().doesNotStartWith("...")
              .doesNotContain("| ... |");
      }
    });
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void every_parameter_stands_there_with_its_default_and_no_other_does(Kind<?> kind) {
    Map<String, Map<String, String>> builtIns = builtIns(kind);
    sections(kind).forEach((ids, text) -> {
      Map<String, String> shown = rows(text.split("(?m)^\\| id \\|")[0]);
      List<Map<String, String>> parameters = ids.stream().map(builtIns::get).toList();
      Map<String, String> expected = new LinkedHashMap<>();
      parameters.get(0).forEach((key, value) -> expected.put(
          key, parameters.stream().allMatch(each -> value.equals(each.get(key))) ? "`" + value + "`" : "below"));
      assertThat(shown).as("parameters of %s", ids).containsExactlyEntriesOf(expected);
      assertThat(text).as("%s", ids).contains(expected.isEmpty() ? "**Parameters.** None." : "| parameter | default |");
      List<String> differing = expected.keySet().stream().filter(key -> expected.get(key).equals("below")).toList();
      if (!differing.isEmpty()) {
        differing(text, ids, differing, builtIns);
      }
    });
  }

  /** A second table tells what differs between plugins of one section: a column for each such parameter. */
  private static void differing(
      String text, List<String> ids, List<String> keys, Map<String, Map<String, String>> builtIns) {
    String head = keys.stream().map(key -> "`" + key + "`").collect(Collectors.joining(" | ", "| id | ", " |"));
    assertThat(text).contains(head);
    for (String id : ids) {
      String row = keys.stream().map(key -> "`" + builtIns.get(id).get(key) + "`")
          .collect(Collectors.joining(" | ", "| `" + id + "` | ", " |"));
      assertThat(text.lines()).as("what differs in %s", id).anyMatch(line -> line.startsWith(row));
    }
  }

  private static Map<String, String> rows(String text) {
    Map<String, String> rows = new LinkedHashMap<>();
    Matcher row = ROW.matcher(text);
    while (row.find()) {
      assertThat(rows.put(row.group(1), row.group(2))).as(row.group()).isNull();
    }
    return rows;
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void every_snippet_works(Kind<?> kind) throws IOException {
    for (Map.Entry<List<String>, String> section : sections(kind).entrySet()) {
      List<String> ids = section.getKey();
      String language = Kind.SLOTS.contains(kind) ? "yaml" : "text";
      List<String> snippets = SNIPPET.matcher(section.getValue()).results().filter(r -> r.group(1).equals(language))
          .map(r -> r.group(2)).toList();
      assertThat(snippets).as("%s snippets of %s", language, ids).isNotEmpty();
      for (String snippet : snippets) {
        if (kind.equals(Kind.TRACE)) {
          read(ids.get(0), snippet);
        } else {
          assertThat(snippet).containsPattern(ids.stream().map(Pattern::quote).collect(Collectors.joining("|")));
          bind(snippet);
        }
      }
    }
  }

  private void bind(String snippet) throws IOException {
    StringBuilder scenario = new StringBuilder("scenario: snippet\n");
    if (!snippet.matches("(?ms).*^host:.*")) {
      scenario.append("host:\n  cpu: ivy-bridge\n");
    }
    if (!snippet.matches("(?ms).*^vms:.*")) {
      scenario.append("vms:\n  guest:\n    vcpus: 2\n    workload: tcp-rr\n");
    }
    Path file = Files.writeString(folder.resolve("snippet.yaml"), scenario + snippet);
    Haltlab.Said said = new Haltlab().run("validate", file.toString());
    assertThat(said.err()).as(snippet).isEmpty();
    assertThat(said.code()).isEqualTo(ExitCode.DONE);
  }

  private static void read(String id, String snippet) {
    TraceReader reader = reader(Catalogs.load(new CatalogRequest(List.of(), Patience.DEFAULT)).find(Kind.TRACE, id)
        .orElseThrow().provider());
    List<String> halts = new ArrayList<>();
    TraceSink sink = new TraceSink() {
      @Override
      public void kvmVcpuWakeup(long ns, boolean waited, boolean valid) {
        halts.add(waited ? "slept" : "polled");
      }
    };
    snippet.lines().forEach(line -> {
      byte[] bytes = line.getBytes(StandardCharsets.UTF_8);
      assertThat(reader.line(bytes, 0, bytes.length, sink)).as(line).isNull();
    });
    assertThat(halts).as(snippet).isNotEmpty();
  }

  @SuppressWarnings("unchecked") // its own defaults
  private static TraceReader reader(TraceReaderProvider<?> format) {
    return ((TraceReaderProvider<Record>) format).create(format.defaults());
  }

  @Test
  void every_kind_has_a_page() {
    assertThat(PAGES.keySet()).containsExactlyInAnyOrderElementsOf(Kind.ALL);
    assertThat(PAGES.values()).allSatisfy(page -> assertThat(DOCS.resolve(page)).exists());
  }
}
