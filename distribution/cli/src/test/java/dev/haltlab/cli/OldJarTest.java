package dev.haltlab.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.haltlab.platform.catalog.Catalogs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Pins: a platform that was built anew and with which jars that people have do not work any more, whatever our own
 * sources, which are compiled anew as well, say; and a jar that wants more than there is and is tried all the same.
 */
class OldJarTest {
  @TempDir Path folder;

  @Test
  void a_jar_made_of_level_1_0_0_is_verified_and_runs() throws IOException {
    assertThat(Catalogs.SPI_LEVEL).as("at a level 2 such jars are refused: then this is to be made of level 2")
        .startsWith("1.");
    Path jar = OldJar.write(folder.resolve("old-1.0.jar"), "1.0.0");
    Haltlab.Said verified = new Haltlab().run("plugins", "verify", jar.toString());
    assertThat(verified.err()).isEmpty();
    assertThat(verified.out()).contains("haltPoll old-poll 1.0, workload old-load 1.0", " 0 skipped, 0 broken\n");
    assertThat(verified.code()).as(verified.out()).isZero();

    Path scenario = Files.writeString(folder.resolve("old.yaml"), """
        scenario: old
        host: { cpu: ivy-bridge }
        vms:
          guest: { vcpus: 2, workload: { use: old-load, time: 20us } }
        run: { for: 20ms, warmup: 1ms, replications: 2 }
        compare:
          mine: { haltPoll: { use: old-poll, time: 100us } }
          "off": { haltPoll: off }
        """);
    Haltlab.Said run = new Haltlab().run("run", scenario.toString(), "--plugins", jar.toString());
    assertThat(run.err()).isEmpty();
    assertThat(run.out()).contains("Latency of guest/transaction", "largest window").contains("100.00");
    assertThat(run.code()).isZero();
  }

  @ParameterizedTest
  @ValueSource(strings = {"1.1.0", "1.0.1", "2.0.0"})
  void a_jar_that_needs_a_newer_level_is_refused_with_both_levels(String newer) throws IOException {
    Path jar = OldJar.write(folder.resolve("new-1.0.jar"), newer);
    Haltlab.Said verified = new Haltlab().run("plugins", "verify", jar.toString());
    assertThat(verified.code()).isEqualTo(ExitCode.PROBLEMS);
    assertThat(verified.out()).containsPattern("BROKEN +LOADS")
        .contains("made for SPI level " + newer + "; this haltlab has " + Catalogs.SPI_LEVEL);
    assertThat(new Haltlab().run("plugins", "list", "--plugins", jar.toString()).out())
        .contains("made for SPI level " + newer + "; this haltlab has " + Catalogs.SPI_LEVEL);
  }
}
