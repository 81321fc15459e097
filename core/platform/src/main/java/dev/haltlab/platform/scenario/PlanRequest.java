package dev.haltlab.platform.scenario;

import java.nio.file.Path;
import java.util.List;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * What the user asked for on the command line.
 *
 * @param file the scenario
 * @param settings {@code path=value} pairs, in order
 * @param seed instead of the file's
 * @param replications instead of the file's
 */
public record PlanRequest(Path file, List<String> settings, OptionalLong seed, OptionalInt replications) {
  public PlanRequest {
    settings = List.copyOf(settings);
  }
}
