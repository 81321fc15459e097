package dev.haltlab.platform.run;

import dev.haltlab.platform.config.Words;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A plugin ended a run, or the planning of one. The message is one line: which plugin from which file, in which
 * variant, and what it did.
 */
public final class FailedRun extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final transient List<StackTraceElement> frames;
  private final transient Optional<Results> finished;

  FailedRun(
      String message, @Nullable Throwable cause, List<StackTraceElement> frames, Optional<Results> finished) {
    super(message, cause);
    this.frames = List.copyOf(frames);
    this.finished = finished;
  }

  /**
   * That a replication did not go as it did before: a plugin remembers something from one run to the next.
   *
   * @param how in what it differed
   */
  public static FailedRun notRepeatable(String variant, String how, @Nullable Throwable cause) {
    return new FailedRun(
        "replication 0 of variant '" + variant + "' did not go a second time as it went before: "
            + Words.oneLine(how, 400) + "; a plugin of it keeps something from one run to the next",
        cause, List.of(), Optional.empty());
  }

  /** Where in its own code the plugin is that did not come back, innermost first; empty if it failed otherwise. */
  public List<StackTraceElement> frames() {
    return frames;
  }

  /**
   * The variants whose replications were all finished when a plugin did not come back, marked as a part; empty if there
   * were none, or if the plugin failed otherwise and the run can be repeated at once.
   */
  public Optional<Results> finished() {
    return finished;
  }
}
