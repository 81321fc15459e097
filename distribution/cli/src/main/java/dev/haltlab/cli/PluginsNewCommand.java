package dev.haltlab.cli;

import dev.haltlab.platform.catalog.Catalog;
import dev.haltlab.platform.catalog.Kind;
import jakarta.inject.Inject;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Writes a project of a plugin: complete, building, passing, and doing something small. */
@Command(
    name = "new",
    header = "Writes a Maven project of a plugin that builds and verifies as it is, to start from.",
    description = {
      "%nA class, the line by which it is found, tests from the kits, and something to try it with. The build needs a JDK"
          + " and Maven, and takes haltlab's contracts from its sdk/ folder."
    },
    optionListHeading = "%nOptions:%n",
    footerHeading = "%nExamples:%n",
    footer = {
      "  haltlab plugins new haltPoll my-poll && cd my-poll && mvn verify",
      "  haltlab plugins new workload my-load --out projects/load"
    })
final class PluginsNewCommand implements Callable<Integer> {
  private static final Pattern NAME = Pattern.compile("[a-z][a-z0-9]*(-[a-z0-9]+)*");
  private static final int LONGEST_NAME = 50;

  /** Words that cannot be the last part of a package. Source: The Java Language Specification, 17, section 3.9. */
  private static final List<String> KEYWORDS = List.of(
      "abstract", "assert", "boolean", "break", "byte", "case", "catch", "char", "class", "const", "continue", "default",
      "do", "double", "else", "enum", "extends", "false", "final", "finally", "float", "for", "goto", "if", "implements",
      "import", "instanceof", "int", "interface", "long", "native", "new", "null", "package", "private", "protected",
      "public", "return", "short", "static", "strictfp", "super", "switch", "synchronized", "this", "throw", "throws",
      "transient", "true", "try", "void", "volatile", "while");

  private final Console console;
  private final Installation installation;
  private final Plugins plugins;

  @Parameters(
      index = "0", paramLabel = "KIND",
      description = "What it is to be: haltPoll, idle, workload, cpu or trace, as 'plugins list' shows them.")
  String kind;

  @Parameters(
      index = "1", paramLabel = "NAME",
      description = "The id scenarios will use: lower-case words joined by hyphens, such as my-poll.")
  String name;

  @Option(names = "--out", paramLabel = "DIR", description = "The project's folder, which must not exist yet. Default: NAME.")
  @Nullable Path out;

  @Option(names = {"-h", "--help"}, usageHelp = true, description = "Shows this help.")
  boolean help;

  @Inject
  PluginsNewCommand(Console console, Installation installation, Plugins plugins) {
    this.console = console;
    this.installation = installation;
    this.plugins = plugins;
  }

  @Override
  public Integer call() {
    Kind<?> of = kind();
    PluginProject project = project(of);
    refuseIfTaken(of);
    Sdk sdk = Sdk.of(installation);
    Path folder = out == null ? Path.of(name) : out;
    NewFolder target = NewFolder.at(folder);
    target.write(project.files(sdk.folder().toUri(), sdk.version()));
    console.result(told(folder, project));
    if (!installation.isOnPath("mvn")) {
      console.err().println("haltlab: there is no mvn on the PATH; building the project needs Maven 3.8 or later");
    }
    return ExitCode.DONE;
  }

  private Kind<?> kind() {
    String asked = kind.replace("-", "").toLowerCase(Locale.ROOT); // halt-poll is meant as well
    Optional<Kind<?>> found = Kind.ALL.stream().filter(each -> each.key().toLowerCase(Locale.ROOT).equals(asked))
        .findFirst();
    return found.orElseThrow(() -> new Refusal(
        ExitCode.USAGE, "there is no kind of plugin " + kind + "; there are "
            + Kind.ALL.stream().map(each -> each.key() + " (" + each.title() + ")").collect(Collectors.joining(", "))));
  }

  private PluginProject project(Kind<?> of) {
    if (!NAME.matcher(name).matches() || name.length() > LONGEST_NAME) {
      throw new Refusal(
          ExitCode.USAGE, "'" + name + "' is no name for a plugin: it is lower-case words of letters and digits joined by"
              + " hyphens, the first begins with a letter, at most " + LONGEST_NAME + " characters; such as my-poll");
    }
    PluginProject project = new PluginProject(of, name);
    if (KEYWORDS.contains(project.lastPackage())) {
      throw new Refusal(
          ExitCode.USAGE, "'" + name + "' is a word of Java, which cannot be a package; choose another name, such as my-"
              + name);
    }
    if (project.isNamedLikeItsOwnWords()) {
      throw new Refusal(
          ExitCode.USAGE, "'" + name + "' would make a class " + project.className() + ", which the code of a "
              + of.title() + " needs for something else; choose another name, such as my-" + name);
    }
    return project;
  }

  private void refuseIfTaken(Kind<?> of) {
    Catalog catalog = plugins.load(new PluginOptions());
    catalog.find(of, name).ifPresent(entry -> {
      throw new Refusal(
          ExitCode.PROBLEMS, "there is a " + of.title() + " " + name + " already (" + entry.origin()
              + "), and two of one name cannot be used; choose another name");
    });
  }

  private static String told(Path folder, PluginProject project) {
    String where = folder.toString();
    String quoted = where.matches("[A-Za-z0-9_./~-]+") ? where : "'" + where.replace("'", "'\\''") + "'";
    return folder + "\n\nNext:\n  cd " + quoted + "\n  mvn verify\n  haltlab " + project.use()
        + " --plugins target/" + project.jar() + "\n\nREADME.md there tells the rest.\n";
  }
}
