package dev.haltlab.cli;

import java.nio.file.Path;
import java.util.List;

/** Judges a plugin before it is installed. The one place where installing meets verifying. */
interface PluginVerifier {
  /**
   * What speaks against a plugin, one line each; nothing does if empty. Runs its code.
   *
   * @param plugin a jar or an unpacked folder
   * @param beside the jars and folders it is to be installed beside: it must get on with them
   */
  List<String> problems(Path plugin, List<Path> beside);
}
