package dev.haltlab.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Option;

/** The option {@code --plugins}, shared by the commands that load plugins. */
final class PluginOptions {
  @Option(
      names = "--plugins",
      paramLabel = "DIR",
      description = "A folder of plugin jars, or one jar, beside the installed ones; repeatable. "
          + "HALTLAB_PLUGINS lists more of them.")
  List<Path> places = new ArrayList<>();
}
