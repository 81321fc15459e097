package dev.haltlab.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Pins: a recording that is begun although it cannot be kept, and a failure that does not say what to do. */
class CaptureCommandTest {
  @TempDir Path folder;

  @Test
  void the_script_is_printed_and_nothing_else_happens() {
    Path out = folder.resolve("mine.txt.gz");
    Haltlab.Said said =
        new Haltlab().run("capture", "--for", "30s", "--out", out.toString(), "--buffer", "128", "--print-script");
    assertThat(said.code()).isEqualTo(ExitCode.DONE);
    assertThat(said.err()).isEmpty();
    assertThat(said.out()).startsWith("#!/bin/sh\n").contains("out='" + out + "'", "sleep 30\n", "131072");
    assertThat(out).doesNotExist();
    assertThat(new Haltlab().run("capture", "--guest", "--print-script").out()).contains("guest_halt_poll_ns");
  }

  @Test
  void a_recording_that_is_there_is_not_overwritten() throws IOException {
    Path out = Files.writeString(folder.resolve("mine.txt"), "precious");
    Haltlab.Said said = new Haltlab().run("capture", "--out", out.toString());
    assertThat(said.code()).isEqualTo(ExitCode.PROBLEMS);
    assertThat(said.err().strip()).contains("exists already", "--force").doesNotContain("\n");
    assertThat(out).hasContent("precious");
  }

  @Test
  void where_nothing_can_be_recorded_it_says_what_to_do_and_makes_no_file() throws IOException {
    assumeTrue(
        !Files.isWritable(Path.of("/sys/kernel/tracing/instances")), "skipped: here something can be recorded");
    Haltlab.Said said = new Haltlab().run("capture", "--for", "1ms", "--out", folder.resolve("x.txt").toString());
    assertThat(said.code()).isEqualTo(ExitCode.PROBLEMS);
    assertThat(said.err().strip()).startsWith("haltlab: ").containsPattern("mount|root|sudo|modprobe")
        .doesNotContain("\n");
    assertThat(said.out()).isEmpty();
    assertThat(folder).isEmptyDirectory();
  }

  @ParameterizedTest
  @ValueSource(strings = {
      "capture --for soon", "capture --for 0", "capture --for 25h", "capture --buffer 0", "capture --buffer 65537",
      "capture x"})
  void a_wrong_command_line_is_exit_code_2(String args) {
    Haltlab.Said said = new Haltlab().run(args.split(" "));
    assertThat(said.code()).isEqualTo(ExitCode.USAGE);
    assertThat(said.err()).startsWith("haltlab: ");
  }
}
