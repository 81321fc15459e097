package dev.haltlab.tck;

import dev.haltlab.spi.TraceReader;
import dev.haltlab.spi.TraceSink;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Lines to try a reader of traces with, and the loop that hands them to it as the platform does. */
final class TraceLines {
  /** As Linux' own tools write them; which of them a reader understands is its own affair. */
  private static final List<String> KNOWN = List.of(
      "# tracer: nop",
      "# haltlab halt_poll_ns=200000",
      "     CPU 0/KVM-4711    [003] .....  6123.240135: kvm_vcpu_wakeup: wait time 135480 ns, polling valid",
      "     CPU 0/KVM-4711    [003] .....  6123.240135: kvm_halt_poll_ns: vcpu 0: halt_poll_ns 10000 (grow 0)",
      "           <...>-4711    [003] .....  6123.240140: kvm_exit: vcpu 0 reason HLT rip 0xffffffff81c0 info1 0x0",
      "      CPU 1/KVM-4712  [001]  6123.250001: kvm_vcpu_wakeup:      poll time 4711 ns, polling valid",
      "      CPU 1/KVM-4712  [001]  6123.250002: sched_waking:         comm=CPU 0/KVM pid=4711 prio=120 target_cpu=003",
      "      CPU 1/KVM  4712 [001]  6123.260001:      kvm:kvm_vcpu_wakeup: wait time 99999 ns, polling valid",
      "         swapper     0 [001]  6123.260002:   power:cpu_idle: state=4294967295 cpu_id=1");

  /** What no reader may stumble over. */
  private static final List<String> HOSTILE = List.of(
      "", " ", "\t \t", ":", "[", "-", "# ", "\0\0\1", "\u00e9\u4e2d\ud83d\ude00", "x".repeat(5_000), "9".repeat(5_000),
      "a-99999999999999999999 [99999999999] ..... 99999999999999999999.9: kvm_vcpu_wakeup: wait time"
          + " 99999999999999999999999 ns, polling valid",
      "a--1 [-1] ..... -1.-1: kvm_halt_poll_ns: vcpu -1: halt_poll_ns -1 (shrink -1)",
      "CPU 0/KVM-1 [000] ..... 1.1: :", "CPU 0/KVM-1 [000] ..... 1.1: kvm_vcpu_wakeup:");

  private static final int MARGIN = 64;

  private TraceLines() {}

  /** The known ones and those of the reader's author. */
  static List<byte[]> ordinary(List<String> own) {
    List<byte[]> lines = new ArrayList<>();
    own.forEach(line -> lines.add(bytes(line)));
    KNOWN.forEach(line -> lines.add(bytes(line)));
    return lines;
  }

  /** Those, cut off at every place, and what is no line of any trace. */
  static List<byte[]> all(List<String> own) {
    List<byte[]> lines = new ArrayList<>();
    for (byte[] line : ordinary(own)) {
      for (int length = line.length; length >= 0; length--) {
        lines.add(Arrays.copyOf(line, length));
      }
    }
    HOSTILE.forEach(line -> lines.add(bytes(line)));
    lines.add(new byte[] {(byte) 0xff, (byte) 0xfe, (byte) 0x80, ' ', (byte) 0xc3});
    return lines;
  }

  static byte[] bytes(String line) {
    return line.getBytes(StandardCharsets.UTF_8);
  }

  /** One line in an array of its own. Returns what is wrong with it. */
  static @Nullable String read(TraceReader reader, byte[] line, TraceSink sink) {
    return read(reader, line, 0, line.length, sink);
  }

  static @Nullable String read(TraceReader reader, byte[] text, int from, int to, TraceSink sink) {
    try {
      return reader.line(text, from, to, sink);
    } catch (RuntimeException | LinkageError | StackOverflowError e) {
      throw new Breach(TraceReaderRules.THROWS, "line(\"" + words(text, from, to) + "\") " + Thrown.by(e));
    }
  }

  /**
   * One line in the middle of an array full of something else, as the platform has it in its buffer, which is
   * overwritten afterwards.
   *
   * @param filling what stands around it
   */
  static @Nullable String readAmid(TraceReader reader, byte[] line, char filling, TraceSink sink) {
    byte[] text = new byte[line.length + 2 * MARGIN];
    Arrays.fill(text, (byte) filling);
    System.arraycopy(line, 0, text, MARGIN, line.length);
    byte[] before = text.clone();
    String wrong = read(reader, text, MARGIN, MARGIN + line.length, sink);
    if (!Arrays.equals(before, text)) {
      throw new Violation("line(\"" + words(line, 0, line.length) + "\") changed the bytes it was given");
    }
    Arrays.fill(text, (byte) '#');
    return wrong;
  }

  static String words(byte[] text, int from, int to) {
    return Thrown.oneLine(new String(text, from, Math.min(to - from, 120), StandardCharsets.UTF_8));
  }
}
