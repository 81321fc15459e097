package dev.haltlab.trace.capture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Pins: a printed script that a POSIX shell does not take, or that records otherwise than the command. */
class CaptureScriptTest {
  private static final CapturePlan HOST = new CapturePlan(Duration.ofMillis(1_500), 1 << 16, false, false);

  @TempDir Path folder;
  private FakeTracefs fake;
  private Path commands;

  @BeforeEach
  void make() throws IOException {
    fake = new FakeTracefs(folder);
    commands = Files.createDirectory(folder.resolve("bin"));
  }

  /** What came of a process. */
  private record Said(int code, String out, String err) {}

  private static Said run(List<String> command, Map<String, String> more) throws IOException, InterruptedException {
    Path out = Files.createTempFile("script", ".out");
    Path err = Files.createTempFile("script", ".err");
    ProcessBuilder builder = new ProcessBuilder(command).redirectOutput(out.toFile()).redirectError(err.toFile());
    builder.environment().putAll(more);
    Process process = builder.start();
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).as("ended").isTrue(); // against a hang only
    Said said = new Said(process.exitValue(), Files.readString(out), Files.readString(err));
    Files.delete(out);
    Files.delete(err);
    return said;
  }

  private static List<String> shells() {
    return Stream.of("/bin/sh", "/bin/dash", "/bin/bash", "/bin/busybox").filter(s -> Files.isExecutable(Path.of(s)))
        .toList();
  }

  @ParameterizedTest
  @ValueSource(strings = {"halts.txt.gz", "it's $HOME \"here\" `ls`.txt"})
  void everyShellReadsIt(String out) throws IOException, InterruptedException {
    assumeTrue(!shells().isEmpty(), "skipped: no POSIX shell here");
    for (boolean guest : new boolean[] {false, true}) {
      CapturePlan plan = new CapturePlan(Duration.ofSeconds(5), 1 << 16, guest, true);
      Path script = Files.writeString(folder.resolve("capture.sh"), CaptureScript.of(plan, out));
      assertThat(script).content().doesNotContain("@").startsWith("#!/bin/sh\n").endsWith("\n");
      for (String shell : shells()) {
        List<String> command = new ArrayList<>(List.of(shell));
        if (shell.endsWith("busybox")) {
          command.add("sh");
        }
        command.addAll(List.of("-n", script.toString()));
        assertThat(run(command, Map.of())).as(shell).isEqualTo(new Said(0, "", ""));
      }
    }
  }

  /** Instances are made and removed by two commands that do what the kernel does, and nobody sleeps. */
  private Said runFaked(CapturePlan plan, Path out) throws IOException, InterruptedException {
    Path filled = folder.resolve("filled");
    fake.make(filled);
    command("mkdir", "/bin/cp -r '" + filled + "' \"$1\"");
    command("rmdir", "/bin/cp -r \"$1\" '" + folder.resolve("left") + "' && /bin/rm -r \"$1\"");
    command("sleep", "echo \"$1\" >'" + folder.resolve("slept") + "'");
    Path script = Files.writeString(folder.resolve("capture.sh"), CaptureScript.of(plan, out.toString()));
    return run(List.of("/bin/sh", script.toString()), Map.of(
        "PATH", commands + ":/usr/bin:/bin", "TRACEFS", fake.root.toString(), "MODULES", fake.modules.toString()));
  }

  private void command(String name, String body) throws IOException {
    Path file = Files.writeString(commands.resolve(name), "#!/bin/sh\n" + body + "\n");
    assertThat(file.toFile().setExecutable(true)).isTrue();
  }

  private Map<String, String> left() throws IOException {
    Map<String, String> settings = new TreeMap<>();
    Path left = folder.resolve("left");
    try (Stream<Path> files = Files.walk(left)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        settings.put(left.relativize(file).toString(), Files.readString(file).strip());
      }
    }
    return settings;
  }

  @Test
  void itRecordsAsTheCommandDoes() throws Exception {
    assumeTrue(Files.isExecutable(Path.of("/bin/sh")), "skipped: no POSIX shell here");
    ByteArrayOutputStream expected = new ByteArrayOutputStream();
    Capture capture = new Capture(HOST, List.of(fake.root), fake.modules, fake.release, fake);
    capture.stop();
    capture.run(expected);

    Path out = folder.resolve("halts.txt");
    Said said = runFaked(HOST, out);
    assertThat(said.err()).isEqualTo("recorded into " + out + "\n");
    assertThat(said.code()).isZero();
    String kernel = "# haltlab kernel=.*\n";
    assertThat(Files.readString(out).replaceFirst(kernel, ""))
        .isEqualTo(expected.toString(StandardCharsets.UTF_8).replaceFirst(kernel, ""));
    assertThat(Files.readString(out)).startsWith("# haltlab kernel=");
    assertThat(left()).isEqualTo(new TreeMap<>(fake.settings));
    assertThat(folder.resolve("slept")).hasContent("1.5");
    try (Stream<Path> files = Files.list(fake.root.resolve("instances"))) {
      assertThat(files).isEmpty();
    }
  }

  @Test
  void itFailsWithWhatToDoAndLeavesNothing() throws Exception {
    assumeTrue(Files.isExecutable(Path.of("/bin/sh")), "skipped: no POSIX shell here");
    fake.missing = "events/kvm";
    Said said = runFaked(HOST, folder.resolve("halts.txt"));
    assertThat(said.code()).isEqualTo(1);
    assertThat(said.err().strip()).contains("modprobe kvm").doesNotContain("\n");
    assertThat(folder.resolve("halts.txt")).doesNotExist();
    try (Stream<Path> files = Files.list(fake.root.resolve("instances"))) {
      assertThat(files).isEmpty();
    }
  }
}
