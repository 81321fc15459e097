package dev.haltlab.cli;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The parent of the commands about plugins. */
@Command(
    name = "plugins",
    header = "Tells which plugins there are and what may be set in them; checks and installs further ones, and begins new ones.",
    subcommands = {
      PluginsListCommand.class, PluginsDescribeCommand.class, PluginsVerifyCommand.class, PluginsInstallCommand.class,
      PluginsNewCommand.class
    },
    synopsisSubcommandLabel = "COMMAND",
    commandListHeading = "%nCommands:%n",
    optionListHeading = "%nOptions:%n",
    footerHeading = "%nExamples:%n",
    footer = {
      "  haltlab plugins list",
      "  haltlab plugins describe adaptive",
      "  haltlab plugins list --plugins build/libs",
      "  haltlab plugins verify my-poll-1.0.jar",
      "  haltlab plugins install my-poll-1.0.jar",
      "  haltlab plugins new haltPoll my-poll"
    })
final class PluginsCommand implements Runnable {
  @Spec CommandSpec spec;

  @Option(names = {"-h", "--help"}, usageHelp = true, description = "Shows this help.")
  boolean help;

  PluginsCommand() {}

  @Override
  public void run() {
    throw new ParameterException(new CommandLine(spec), "a command is missing: list, describe, verify, install or new");
  }
}
