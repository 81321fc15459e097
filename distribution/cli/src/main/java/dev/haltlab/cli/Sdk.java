package dev.haltlab.cli;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The Maven repository of files that a plugin is built against.
 *
 * @param folder absolute
 * @param version of the contracts and the kits in it
 */
record Sdk(Path folder, String version) {
  private static final String GROUP = "dev/haltlab";
  private static final List<String> PARTS = List.of("haltlab-spi", "haltlab-tck", "haltlab-rules");

  /**
   * That of this installation.
   *
   * @throws Refusal with one line if there is none, or not all of it
   */
  static Sdk of(Installation installation) {
    Path folder = installation.sdk().orElseThrow(() -> new Refusal(
        ExitCode.PROBLEMS, "nobody said where the sdk/ folder is that a plugin is built against: start haltlab by its"
            + " launcher")).toAbsolutePath().normalize();
    String version = version(folder);
    for (String part : PARTS) {
      for (String ending : List.of(".jar", ".pom")) {
        Path file = folder.resolve(GROUP).resolve(part).resolve(version).resolve(part + "-" + version + ending);
        if (!Files.isRegularFile(file)) {
          throw refused(folder, "there is no " + folder.relativize(file) + " in it");
        }
      }
    }
    return new Sdk(folder, version);
  }

  private static String version(Path folder) {
    List<String> versions = new ArrayList<>();
    try (DirectoryStream<Path> found = Files.newDirectoryStream(
        folder.resolve(GROUP).resolve(PARTS.get(0)), Files::isDirectory)) {
      found.forEach(each -> versions.add(String.valueOf(each.getFileName())));
    } catch (IOException e) {
      throw refused(folder, "the contracts are not in it");
    }
    if (versions.size() != 1) {
      throw refused(folder, "it has " + (versions.isEmpty() ? "no version" : "more than one version") + " of the contracts");
    }
    return versions.get(0);
  }

  private static Refusal refused(Path folder, String why) {
    return new Refusal(
        ExitCode.PROBLEMS, folder + " is not the sdk/ of a whole haltlab: " + why + "; unpack haltlab again");
  }
}
