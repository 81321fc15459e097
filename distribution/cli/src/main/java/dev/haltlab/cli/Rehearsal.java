package dev.haltlab.cli;

import dev.haltlab.spi.Provider;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Does a little of everything and prints nothing, so that the JVM can archive the classes that takes. The launcher runs
 * it once per Java build; no user does.
 */
public final class Rehearsal {
  private static final String SCENARIO = "tcp-rr-2vcpu";

  /** Enough simulated time to meet every class, and little enough for an interpreter. */
  private static final List<String> BRIEFLY =
      List.of("--replications", "2", "--set", "run.for=2ms", "--set", "run.warmup=1ms");

  private Rehearsal() {}

  /** Takes no arguments; failures are nobody's business here. */
  public static void main(String[] args) throws IOException {
    run("--help");
    run("--version");
    run("plugins", "list");
    run("plugins", "describe", "adaptive");
    run("schema");
    run("capture", "--print-script");
    // Our own contracts' jar is no plugin, and finding that out takes the same classes as loading one.
    URI contracts = URI.create(Provider.class.getProtectionDomain().getCodeSource().getLocation().toString());
    run("plugins", "list", "--plugins", Path.of(contracts).toString());
    List<Path> scenarios = new Installation(System::getProperty, Map.of()).scenarios();
    for (Path file : scenarios) {
      if (file.endsWith(SCENARIO + ".yaml")) {
        run("validate", file.toString());
        run(Stream.concat(Stream.of("run", file.toString(), "--stats"), BRIEFLY.stream()));
        run(Stream.concat(Stream.of("run", file.toString(), "--format", "json"), BRIEFLY.stream()));
        run("run", file + ".gone");
      }
    }
  }

  private static void run(Stream<String> args) {
    run(args.toArray(String[]::new));
  }

  private static void run(String... args) {
    OutputStream nowhere = OutputStream.nullOutputStream();
    Main.run(args, new Console(nowhere, nowhere, Map.of(), ""), Map.of(), System::getProperty);
  }
}
