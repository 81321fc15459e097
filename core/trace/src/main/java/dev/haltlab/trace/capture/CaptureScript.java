package dev.haltlab.trace.capture;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.stream.Collectors;

/** A recording as a POSIX shell script, for hosts without Java: the same instance, events, head and clean-up. */
public final class CaptureScript {
  private CaptureScript() {}

  /**
   * The script, ending in a newline.
   *
   * @param out the file it is to write; packed if the name ends in {@code .gz}
   */
  public static String of(CapturePlan plan, String out) {
    BigDecimal seconds = BigDecimal.valueOf(plan.length().toNanos(), 9).stripTrailingZeros();
    return template()
        .replace("@what@", plan.guest() ? "the idle episodes of this guest" : "the halts of this host's KVM guests")
        .replace("@seconds@", seconds.toPlainString())
        .replace("@out@", quoted(out))
        .replace("@kind@", plan.kind())
        .replace("@system@", plan.system())
        .replace("@missing@", plan.missingSystem())
        .replace("@bufferKb@", Integer.toString(plan.bufferKb()))
        .replace("@events@", plan.events().stream()
            .map(event -> "record " + event.name() + " " + quoted(event.filter()) + " "
                + (event.required() ? "required" : "optional"))
            .collect(Collectors.joining("\n")))
        .replace("@parameters@", plan.head().stream()
            .map(head -> "  parameter " + head.key() + " " + head.file()).collect(Collectors.joining("\n")));
  }

  private static String template() {
    try (InputStream in = Objects.requireNonNull(CaptureScript.class.getResourceAsStream("capture.sh"))) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** As one word of the shell, whatever is in it. */
  private static String quoted(String text) {
    return "'" + text.replace("'", "'\\''") + "'";
  }
}
