package dev.haltlab.cli;

import dev.haltlab.platform.config.Problem;
import dev.haltlab.platform.config.ProblemsException;
import dev.haltlab.platform.run.FailedRun;
import dev.haltlab.trace.PluginFault;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** Where the process begins and ends: every way out of a command becomes one line and an exit code here. */
public final class Main {
  private Main() {}

  /** Runs a command and ends the process with its exit code. */
  public static void main(String[] args) {
    Console console = new Console(
        new FileOutputStream(FileDescriptor.out), new FileOutputStream(FileDescriptor.err), System.getenv(),
        System.getProperty("haltlab.terminals", ""));
    int code = run(args, console, System.getenv(), System::getProperty);
    System.exit(code);
  }

  /** The same inside a process that goes on, as tests do. */
  static int run(
      String[] args, Console console, Map<String, String> env, UnaryOperator<@Nullable String> property) {
    try {
      StringWriter help = new StringWriter();
      CommandLine line = commandLine(console, new Installation(property, env), help);
      int code = line.execute(args);
      console.result(help.toString());
      return code;
    } catch (Throwable e) { // Errors too: nothing but a line and a code leaves this process
      return explain(e, console);
    }
  }

  private static CommandLine commandLine(Console console, Installation installation, StringWriter help) {
    Application application = DaggerApplication.factory().create(console, installation);
    CommandLine line = new CommandLine(HaltlabCommand.class, application.commands());
    line.setOut(new PrintWriter(help, true));
    line.setErr(new PrintWriter(console.err(), true));
    line.setColorScheme(CommandLine.Help.defaultColorScheme(console.color() ? Ansi.ON : Ansi.OFF));
    line.setUsageHelpWidth(Math.max(80, console.width()));
    line.setExpandAtFiles(false); // a scenario may be named @x
    line.setCaseInsensitiveEnumValuesAllowed(true);
    line.setParameterExceptionHandler((e, args) -> usage(e, console));
    line.setExecutionExceptionHandler((e, command, result) -> explain(e, console));
    return line;
  }

  private static int usage(ParameterException e, Console console) {
    CommandLine command = e.getCommandLine();
    StringBuilder text = new StringBuilder("haltlab: ").append(oneLine(String.valueOf(e.getMessage())));
    if (e instanceof UnmatchedArgumentException unmatched && !unmatched.getSuggestions().isEmpty()) {
      text.append(" (did you mean ").append(String.join(" or ", unmatched.getSuggestions())).append("?)");
    }
    console.err().println(text);
    console.err().println("Try '" + command.getCommandSpec().qualifiedName() + " --help'.");
    return ExitCode.USAGE;
  }

  private static int explain(Throwable e, Console console) {
    if (e instanceof Console.ClosedPipe) {
      return ExitCode.DONE;
    }
    if (e instanceof Refusal refusal) {
      console.err().println("haltlab: " + oneLine(String.valueOf(refusal.getMessage())));
      return refusal.exitCode();
    }
    if (e instanceof ProblemsException problems) {
      for (Problem problem : problems.problems()) {
        console.err().println(problem);
      }
      return ExitCode.PROBLEMS;
    }
    if (e instanceof FailedRun failure) {
      console.err().println("haltlab: " + oneLine(String.valueOf(failure.getMessage())));
      failure.frames().forEach(frame -> console.err().println("    at " + frame));
      return ExitCode.PLUGIN;
    }
    if (e instanceof PluginFault fault) {
      console.err().println("haltlab: " + oneLine(String.valueOf(fault.getMessage())));
      return ExitCode.PLUGIN;
    }
    if (e instanceof InterruptedException) {
      return ExitCode.INTERRUPTED;
    }
    if (e instanceof OutOfMemoryError) {
      console.err().println(
          "haltlab: out of memory; give it more with HALTLAB_OPTS=-Xmx4g, or run with fewer --threads");
      return ExitCode.PROBLEMS;
    }
    console.err().println(
        "haltlab: internal error: this is a mistake in haltlab, not in your input. Please report it with"
        + " the command, the scenario and these lines:");
    console.err().println(String.join(System.lineSeparator(), new VersionText().getVersion()));
    e.printStackTrace(console.err());
    return ExitCode.BUG;
  }

  private static String oneLine(String text) {
    return text.replaceAll("\\R", " ");
  }
}
