package dev.haltlab.cli;

import dev.haltlab.platform.run.Progress;
import java.time.Duration;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;
import org.jspecify.annotations.Nullable;

/** A bar with rate and time left on the terminal's standard error, for runs longer than about a second; it wipes itself in the end. */
final class ProgressLine implements Progress, AutoCloseable {
  private static final long PATIENCE_NS = 1_000_000_000;

  private final Console console;
  private final long begun = System.nanoTime();
  private @Nullable ProgressBar bar;

  ProgressLine(Console console) {
    this.console = console;
  }

  @Override
  public void finished(int done, int total, String variant) {
    if (bar == null && System.nanoTime() - begun > PATIENCE_NS && done < total) {
      bar = new ProgressBarBuilder()
          .setTaskName("replications")
          .setInitialMax(total)
          .setStyle(ProgressBarStyle.ASCII)
          .showSpeed()
          .startsFrom(done, Duration.ofNanos(System.nanoTime() - begun))
          // The width is given, so that the library does not load native code to ask the terminal.
          .setConsumer(new ConsoleProgressBarConsumer(console.err(), console.width() - 1))
          .clearDisplayOnFinish()
          .build();
    }
    if (bar != null) {
      bar.setExtraMessage(" " + variant);
      bar.stepTo(done);
    }
  }

  @Override
  public void close() {
    if (bar != null) {
      bar.close();
    }
  }
}
