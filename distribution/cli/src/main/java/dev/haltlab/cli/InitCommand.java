package dev.haltlab.cli;

import jakarta.inject.Inject;
import java.io.IOException;
import java.nio.charset.MalformedInputException;
import java.nio.file.CopyOption;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Lists the shipped scenarios, or copies one to start from. */
@Command(
    name = "init",
    header = "Lists the shipped scenarios, or copies one into the current folder.",
    optionListHeading = "%nOptions:%n",
    footerHeading = "%nExamples:%n",
    footer = {"  haltlab init", "  haltlab init tcp-rr-2vcpu && haltlab run tcp-rr-2vcpu.yaml"})
final class InitCommand implements Callable<Integer> {
  private final Console console;
  private final Installation installation;

  @Parameters(paramLabel = "NAME", arity = "0..1", description = "The scenario to copy; without it they are listed.")
  @Nullable String name;

  @Option(names = "--force", description = "Overwrites a file of that name.")
  boolean force;

  @Option(names = {"-h", "--help"}, usageHelp = true, description = "Shows this help.")
  boolean help;

  @Inject
  InitCommand(Console console, Installation installation) {
    this.console = console;
    this.installation = installation;
  }

  @Override
  public Integer call() throws IOException {
    List<Path> scenarios = installation.scenarios();
    if (scenarios.isEmpty()) {
      throw new Refusal(
          ExitCode.PROBLEMS, "no scenarios are installed: start haltlab by its launcher, which knows where they are");
    }
    if (name == null) {
      list(scenarios);
    } else {
      copy(scenarios, name);
    }
    return ExitCode.DONE;
  }

  private void list(List<Path> scenarios) throws IOException {
    int widest = scenarios.stream().mapToInt(file -> name(file).length()).max().orElse(0);
    StringBuilder text = new StringBuilder();
    for (Path file : scenarios) {
      String line = name(file) + " ".repeat(widest - name(file).length() + 2) + firstComment(file);
      text.append(line.stripTrailing()).append('\n');
    }
    console.result(text.toString());
  }

  private void copy(List<Path> scenarios, String asked) {
    String wanted = asked.endsWith(".yaml") ? asked.substring(0, asked.length() - ".yaml".length()) : asked;
    Path source = scenarios.stream().filter(file -> name(file).equals(wanted)).findFirst()
        .orElseThrow(() -> new Refusal(
            ExitCode.PROBLEMS, "there is no scenario " + wanted + "; there are "
                + scenarios.stream().map(InitCommand::name).collect(Collectors.joining(", "))));
    Path target = Path.of(wanted + ".yaml");
    CopyOption[] options = force ? new CopyOption[] {StandardCopyOption.REPLACE_EXISTING} : new CopyOption[0];
    try {
      if (Files.exists(target) && Files.isSameFile(source, target)) {
        throw new Refusal(ExitCode.PROBLEMS, target
            + " is the shipped scenario itself; go to another folder to copy it");
      }
      Files.copy(source, target, options);
    } catch (FileAlreadyExistsException e) {
      throw new Refusal(ExitCode.PROBLEMS, target + " exists already; --force overwrites it");
    } catch (IOException e) {
      throw new Refusal(ExitCode.PROBLEMS, "cannot write " + target + ": " + e.getMessage());
    }
    console.result(target + "\n");
  }

  private static String name(Path file) {
    String name = String.valueOf(file.getFileName());
    return name.substring(0, name.length() - ".yaml".length());
  }

  private static String firstComment(Path file) throws IOException {
    try (Stream<String> lines = Files.lines(file)) {
      return lines.filter(line -> line.startsWith("#")).map(line -> line.replaceFirst("^#+\\s*", ""))
          .filter(line -> !line.isBlank() && !line.startsWith("yaml-language-server:")).findFirst().orElse("");
    } catch (MalformedInputException e) {
      return "";
    }
  }
}
