package dev.haltlab.platform.report;

import dev.haltlab.engine.Outcome;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.zip.Adler32;
import org.HdrHistogram.Histogram;

/**
 * Latencies as the files of HdrHistogram's tools: a log with a line for each replication, and a percentile
 * distribution of all of them, as its plotter reads it.
 */
final class HdrFiles {
  /** Lines a percentile distribution has each time the distance to 100 % halves; that of HdrHistogram's own tools. */
  private static final int TICKS_PER_HALF = 5;

  /** Of a distribution, whose unit the format leaves open. */
  private static final double NS_PER_US = 1_000.0;

  /** HdrHistogram's V2CompressedEncodingCookieBase, with the bits that tell a V2 payload. */
  private static final int COMPRESSED_V2 = 0x1c849304 | 0x10;

  private HdrFiles() {}

  /**
   * A histogram log, format 1.3: replications as if they had run one after the other from the epoch on, as time is
   * simulated. Values are ns.
   *
   * @param comment what is in it, one line
   * @param replications in order, with the lengths of their windows
   */
  static String log(String comment, List<Interval> replications) {
    StringBuilder log = new StringBuilder();
    log.append('#').append(comment).append('\n');
    log.append("#[Histogram log format version 1.3]\n");
    log.append("#[StartTime: 0.000 (seconds since epoch), Thu Jan 01 00:00:00 UTC 1970]\n");
    log.append("\"StartTimestamp\",\"Interval_Length\",\"Interval_Max\",\"Interval_Compressed_Histogram\"\n");
    long sinceNs = 0;
    for (Interval each : replications) {
      long maxNs = each.probe.count() == 0 ? 0 : each.probe.histogram().getMaxValue();
      log.append(scaled(sinceNs, 9)).append(',').append(scaled(each.lengthNs, 9)).append(',');
      log.append(scaled(maxNs, 6)).append(',').append(encoded(each.probe.histogram())).append('\n');
      sinceNs += each.lengthNs;
    }
    return log.toString();
  }

  /** A replication of a probe, and how long it was counted. */
  record Interval(long lengthNs, Outcome.ProbeOutcome probe) {}

  /** A percentile distribution, values in µs. */
  static String distribution(Outcome.ProbeOutcome pooled) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    PrintStream out = new PrintStream(bytes, false, StandardCharsets.UTF_8);
    pooled.histogram().outputPercentileDistribution(out, TICKS_PER_HALF, NS_PER_US);
    out.flush();
    return bytes.toString(StandardCharsets.UTF_8).replace("\r\n", "\n");
  }

  private static String scaled(long value, int power) {
    return BigDecimal.valueOf(value, power).setScale(3, RoundingMode.HALF_EVEN).toPlainString();
  }

  /**
   * The library's compressed encoding, V2, in Base64. The deflated part is made of stored blocks: what a deflater makes
   * of the same bytes depends on the zlib below the JVM, and a result must not. Every inflater reads it.
   */
  private static String encoded(Histogram histogram) {
    ByteBuffer plain = ByteBuffer.allocate(histogram.getNeededByteBufferCapacity());
    int length = histogram.encodeIntoByteBuffer(plain);
    byte[] deflated = stored(plain.array(), length);
    ByteBuffer whole = ByteBuffer.allocate(8 + deflated.length);
    whole.putInt(COMPRESSED_V2).putInt(deflated.length).put(deflated);
    return Base64.getEncoder().encodeToString(whole.array());
  }

  /** RFC 1950 around stored blocks of RFC 1951. */
  private static byte[] stored(byte[] bytes, int length) {
    int longest = 0xffff;
    int blocks = Math.max(1, (length + longest - 1) / longest);
    ByteBuffer zlib = ByteBuffer.allocate(2 + blocks * 5 + length + 4);
    zlib.put((byte) 0x78).put((byte) 0x01);
    for (int i = 0; i < blocks; i++) {
      int size = Math.min(longest, length - i * longest);
      zlib.put((byte) (i == blocks - 1 ? 1 : 0));
      zlib.put((byte) size).put((byte) (size >> 8)).put((byte) ~size).put((byte) (~size >> 8));
      zlib.put(bytes, i * longest, size);
    }
    Adler32 check = new Adler32();
    check.update(bytes, 0, length);
    zlib.putInt((int) check.getValue());
    return zlib.array();
  }
}
