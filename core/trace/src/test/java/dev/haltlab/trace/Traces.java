package dev.haltlab.trace;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.zip.GZIPOutputStream;

/** Trace files made of text, for tests. */
public final class Traces {
  private Traces() {}

  /** A file that holds this text. */
  public static TraceFile text(String text) {
    return bytes(text.getBytes(StandardCharsets.UTF_8));
  }

  /** A file that holds these bytes. */
  public static TraceFile bytes(byte[] bytes) {
    return new TraceFile("trace.txt", () -> new ByteArrayInputStream(bytes));
  }

  /** The text packed. */
  static byte[] gzip(String text) {
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    try (GZIPOutputStream out = new GZIPOutputStream(packed)) {
      out.write(text.getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return packed.toByteArray();
  }
}
