package dev.haltlab.platform.run;

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
