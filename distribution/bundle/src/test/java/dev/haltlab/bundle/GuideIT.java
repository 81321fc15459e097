package dev.haltlab.bundle;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Pins that the pages for newcomers can be followed literally, by somebody with a JDK, Maven and the archive: every
 * block is pasted, in order, into one shell, and what the page shows is what they see.
 */
class GuideIT {
  @TempDir Path home;

  /** What the archive unpacks to has this name. */
  private static final Path BUILT = Path.of(System.getProperty("bundle"));

  private void follow(String page, Path folder) throws IOException {
    Recipe recipe = new Recipe(Files.readString(BUILT.resolve("docs").resolve(page)));
    assertThat(recipe.blocks().stream().map(Recipe.Block::language)).isSubsetOf("sh", "java", "yaml", "text")
        .contains("sh", "java");
    Bundle.Said said;
    try (Stranger stranger = Stranger.at(home.resolve("stranger"))) {
      Path tools = stranger.mavenOnPath(home.resolve("tools"));
      String path = tools + ":" + Bundle.javaHome().resolve("bin") + ":" + System.getenv("PATH");
      Path script = Files.writeString(home.resolve("script"), recipe.script());
      said = Bundle.process(folder, Map.of("PATH", path), List.of("bash", script.toString()), 600);
      stranger.abortIfCentralIsMissing(said);
    }
    assertThat(said.code()).as("%s%n%s", said.out(), said.err()).isZero();
    assertThat(said.err()).isEmpty();
    for (int i = 0; i < recipe.blocks().size(); i++) {
      if (recipe.blocks().get(i).isExpected()) {
        List<String> seen = recipe.printedBefore(i, said.out()).lines().map(Recipe::shape).toList();
        List<String> shown = recipe.blocks().get(i).text().lines().map(Recipe::shape).filter(l -> !l.isEmpty()).toList();
        assertThat(shown).isNotEmpty()
            .allSatisfy(line -> assertThat(seen).anyMatch(printed -> printed.startsWith(line)));
      }
    }
  }

  @Test
  void a_strategy_is_written_in_fifteen_minutes() throws IOException {
    Path folder = Files.createDirectory(home.resolve("fresh folder"));
    String archive = BUILT.getFileName() + ".tar.gz";
    Files.copy(BUILT.getParent().getParent().resolve(archive), folder.resolve(archive));
    follow("write-a-strategy.md", folder);
  }

  @Test
  void getting_started_is_literal_in_the_unpacked_folder() throws IOException {
    follow("getting-started.md", Bundle.copyTo(home.resolve("unpacked")).root);
  }
}
