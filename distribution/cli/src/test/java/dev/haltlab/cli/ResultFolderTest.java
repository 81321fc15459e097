package dev.haltlab.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Pins that a folder of results is whole or absent, and that --force never removes anything but a result. */
class ResultFolderTest {
  private static final Map<String, String> FILES = Map.of("result.json", "{}\n", "result.txt", "ü\n", "plan.yaml",
      "a: 1\n");

  @TempDir Path parent;

  @Test
  void all_files_are_there_and_nothing_beside_the_folder() throws IOException {
    ResultFolder.at(parent.resolve("deep/out"), false).write(FILES);
    assertThat(parent.resolve("deep").toFile().list()).containsExactly("out");
    assertThat(Files.readString(parent.resolve("deep/out/result.txt"))).isEqualTo("ü\n");
    assertThat(parent.resolve("deep/out").toFile().list()).hasSize(3);
  }

  @Test
  void an_existing_result_needs_force_and_is_replaced_whole() throws IOException {
    Path out = parent.resolve("out");
    ResultFolder.at(out, false).write(FILES);
    assertThatThrownBy(() -> ResultFolder.at(out, false)).isInstanceOf(Refusal.class).hasMessageContaining("--force");
    ResultFolder.at(out, true).write(Map.of("result.json", "new"));
    assertThat(out.toFile().list()).containsExactly("result.json");
    assertThat(parent.toFile().list()).containsExactly("out");
  }

  @Test
  void force_does_not_remove_what_is_no_result() throws IOException {
    Files.writeString(parent.resolve("thesis.tex"), "years of work");
    assertThatThrownBy(() -> ResultFolder.at(parent, true)).isInstanceOf(Refusal.class)
        .hasMessageContaining("thesis.tex");
    assertThat(parent.resolve("thesis.tex")).exists();
  }

  @Test
  void folders_within_are_written_replaced_and_looked_into() throws IOException {
    Path out = parent.resolve("out");
    ResultFolder.at(out, false).write(Map.of("latency/off.hgrm", "1", "perf/off.txt", "2"));
    ResultFolder.at(out, true).write(Map.of("latency/on.hgrm", "3"));
    assertThat(out.toFile().list()).containsExactly("latency");
    assertThat(out.resolve("latency").toFile().list()).containsExactly("on.hgrm");

    Files.writeString(out.resolve("latency/thesis.tex"), "years of work");
    assertThatThrownBy(() -> ResultFolder.at(out, true)).isInstanceOf(Refusal.class)
        .hasMessageContaining("latency/thesis.tex");
  }

  @Test
  void a_file_in_the_way_is_refused_even_with_force() throws IOException {
    Path out = Files.writeString(parent.resolve("out"), "x");
    assertThatThrownBy(() -> ResultFolder.at(out, true)).isInstanceOf(Refusal.class)
        .hasMessageContaining("not a folder");
    assertThatThrownBy(() -> ResultFolder.at(out.resolve("below"), false)).isInstanceOf(Refusal.class);
  }

  @Test
  void a_parent_that_goes_away_meanwhile_is_one_line_and_leaves_nothing() throws IOException {
    Path gone = parent.resolve("gone");
    ResultFolder folder = ResultFolder.at(gone.resolve("out"), false);
    Files.delete(gone);
    assertThatThrownBy(() -> folder.write(FILES)).isInstanceOf(Refusal.class).hasMessageNotContaining("\n");
    assertThat(parent.toFile().list()).isEmpty();
  }
}
