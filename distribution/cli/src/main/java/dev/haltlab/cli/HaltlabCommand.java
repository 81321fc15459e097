package dev.haltlab.cli;

import jakarta.inject.Inject;
import picocli.AutoComplete.GenerateCompletion;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The command without a subcommand: help and version. */
@Command(
    name = "haltlab",
    mixinStandardHelpOptions = true,
    versionProvider = VersionText.class,
    subcommands = {
      RunCommand.class, CompareCommand.class, ExplainCommand.class, ValidateCommand.class, SchemaCommand.class,
      InitCommand.class, CaptureCommand.class, ReplayCommand.class, PluginsCommand.class, GenerateCompletion.class
    },
    header = "Simulates message passing in KVM guests: exits, wake-ups and what halt polling buys.",
    synopsisSubcommandLabel = "COMMAND",
    commandListHeading = "%nCommands:%n",
    optionListHeading = "%nOptions:%n",
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:done",
      "1:problems in the input, each on a line of its own",
      "2:the command line is wrong",
      "3:a plugin failed",
      "70:a mistake in haltlab itself; please report it"
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  haltlab init                            list the shipped scenarios",
      "  haltlab init tcp-rr-2vcpu               copy one here, to change it",
      "  haltlab run tcp-rr-2vcpu.yaml           run it and print its tables",
      "  haltlab run x.yaml --set haltPoll=off   the same with one thing changed",
      "  haltlab plugins list                    what a scenario may use",
      "",
      "Environment: HALTLAB_PLUGINS, folders of plugins; HALTLAB_PATIENCE, seconds a plugin may take without progress"
          + " (10; 0: no limit); HALTLAB_OPTS, options of the JVM; JAVA_HOME; NO_COLOR; COLUMNS."
    })
final class HaltlabCommand implements Runnable {
  @Spec CommandSpec spec;

  @Inject
  HaltlabCommand() {}

  @Override
  public void run() {
    throw new ParameterException(new CommandLine(spec), "a command is missing: one of "
        + String.join(", ", spec.subcommands().keySet()));
  }
}
