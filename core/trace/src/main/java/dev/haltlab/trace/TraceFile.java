package dev.haltlab.trace;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.zip.GZIPInputStream;

/**
 * A recorded trace that can be read from its start as often as wanted, packed by gzip or not: its content tells.
 *
 * @param name as in messages
 * @param content opens what is stored
 */
public record TraceFile(String name, Content content) {
  private static final int UNPACKING = 1 << 16;

  /** Opens the stored bytes, from the start each time. */
  @FunctionalInterface
  public interface Content {
    InputStream open() throws IOException;
  }

  /** A file on disk. */
  public static TraceFile of(Path path) {
    return new TraceFile(path.toString(), () -> Files.newInputStream(path));
  }

  /**
   * The text of the trace.
   *
   * @throws UnreadableTraceException if there is none, with what to do
   */
  InputStream text() throws UnreadableTraceException {
    try {
      InputStream in = new BufferedInputStream(content.open(), UNPACKING);
      in.mark(Magic.LONGEST);
      byte[] head = in.readNBytes(Magic.LONGEST);
      in.reset();
      for (Magic magic : Magic.values()) {
        if (magic.begins(head)) {
          in.close();
          throw new UnreadableTraceException(name, magic.advice);
        }
      }
      boolean packed = head.length >= 2 && (head[0] & 0xff) == 0x1f && (head[1] & 0xff) == 0x8b;
      return packed ? new GZIPInputStream(in, UNPACKING) : in;
    } catch (NoSuchFileException e) {
      throw new UnreadableTraceException(name, "no such file");
    } catch (AccessDeniedException e) {
      throw new UnreadableTraceException(name, "permission denied; copy it where you may read it");
    } catch (EOFException e) {
      throw new UnreadableTraceException(name, "is truncated: nothing follows the gzip header; fetch it again");
    } catch (IOException e) {
      throw new UnreadableTraceException(name, "cannot be read: " + reason(e));
    }
  }

  static String reason(IOException e) {
    String message = e.getMessage();
    return message == null ? e.getClass().getSimpleName() : message.replaceAll("\\R", " ");
  }

  /** Files that hold a trace in another form than text. */
  private enum Magic {
    TRACE_DAT("\27\10Dtracing", "is trace-cmd's binary file; print it with: trace-cmd report FILE > trace.txt"),
    PERF_DATA("PERFILE2", "is perf's binary file; print it with: perf script -i FILE > trace.txt"),
    ZSTD("\50\u00b5\57\u00fd", "is packed by zstd; unpack it with: zstd -d FILE"),
    XZ("\u00fd7zXZ\0", "is packed by xz; unpack it with: xz -d FILE"),
    BZIP2("BZh", "is packed by bzip2; unpack it with: bzip2 -d FILE");

    static final int LONGEST = 16;

    private final byte[] bytes;
    private final String advice;

    Magic(String bytes, String advice) {
      this.bytes = bytes.getBytes(StandardCharsets.ISO_8859_1);
      this.advice = advice;
    }

    boolean begins(byte[] head) {
      for (int i = 0; i < bytes.length; i++) {
        if (i >= head.length || head[i] != bytes[i]) {
          return false;
        }
      }
      return true;
    }
  }
}
