package dev.haltlab.trace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.haltlab.spi.TraceReader;
import dev.haltlab.spi.TraceReaderProvider;
import dev.haltlab.spi.TraceSink;
import dev.haltlab.trace.Troubles.Trouble;
import dev.haltlab.trace.format.Ftrace;
import dev.haltlab.trace.format.PerfScript;
import dev.haltlab.trace.format.TraceCmd;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Pins: a file that is read twice, half or not at all without anybody being told. */
class TraceScanTest {
  private static final String WAKE =
      "vcpu0-114 [000] .....  6.24: kvm_vcpu_wakeup: wait time 135480 ns, polling valid\n";

  private static <C extends Record> TraceReader reader(TraceReaderProvider<C> format) {
    return format.create(format.defaults());
  }

  /** Counts what is told, and what is lost. */
  private static final class Count implements TraceSink {
    int events;
    int wakeups;
    int losses;
    long sum;

    @Override
    public void event(long timeNs, int cpu, int pid, byte[] text, int commFrom, int commTo) {
      events++;
    }

    @Override
    public void kvmVcpuWakeup(long ns, boolean waited, boolean valid) {
      wakeups++;
      sum += ns;
    }

    @Override
    public void lost(long missing) {
      losses++;
    }
  }

  private static Count scan(TraceFile file, Troubles troubles) {
    Count count = new Count();
    TraceScan scan = new TraceScan(file, reader(new Ftrace()), troubles);
    try {
      scan.run(count);
    } catch (UnreadableTraceException e) {
      throw new AssertionError(e);
    }
    return count;
  }

  @Test
  void packedOrPlainIsFoundOutFromTheContent() {
    Troubles troubles = new Troubles();
    assertThat(scan(Traces.text(WAKE.repeat(3)), troubles).wakeups).isEqualTo(3);
    assertThat(scan(Traces.bytes(Traces.gzip(WAKE.repeat(3))), troubles).wakeups).isEqualTo(3);
    assertThat(scan(Traces.text(""), troubles).wakeups).isZero();
    assertThat(scan(Traces.bytes(Traces.gzip("")), troubles).wakeups).isZero();
    assertThat(troubles.first()).isEmpty();
  }

  @Test
  void packedPiecesPutTogetherAreOneFile() throws IOException {
    byte[] piece = Traces.gzip(WAKE.repeat(2));
    byte[] both =
        new SequenceInputStream(new ByteArrayInputStream(piece), new ByteArrayInputStream(piece)).readAllBytes();
    assertThat(scan(Traces.bytes(both), new Troubles()).wakeups).isEqualTo(4);
  }

  @Test
  void aTruncatedPackedFileIsReadAsFarAsItGoes() {
    StringBuilder text = new StringBuilder();
    SplittableRandom random = new SplittableRandom(7);
    for (int i = 0; i < 5_000; i++) { // so varied that packing does not swallow it whole
      text.append(WAKE.replace("135480", Long.toString(random.nextLong(1_000_000))));
    }
    byte[] packed = Traces.gzip(text.toString());
    Troubles troubles = new Troubles();
    Count count = scan(Traces.bytes(Arrays.copyOf(packed, packed.length / 2)), troubles);
    assertThat(count.wakeups).isBetween(100, 4_900);
    assertThat(count.losses).isEqualTo(1);
    assertThat(troubles.first()).singleElement().satisfies(trouble -> {
      assertThat(trouble.line()).isEqualTo(count.wakeups + 1);
      assertThat(trouble.what()).contains("cannot be read further");
      assertThat(trouble.dropped()).isTrue();
    });
  }

  @Test
  void aFileCutInTheMiddleOfALineSaysSo() {
    Troubles troubles = new Troubles();
    String cut = WAKE + WAKE.substring(0, WAKE.length() - 10);
    assertThat(scan(Traces.text(cut), troubles).wakeups).isEqualTo(1);
    assertThat(troubles.first()).singleElement().satisfies(trouble -> {
      assertThat(trouble.line()).isEqualTo(2);
      assertThat(trouble.what()).startsWith("the file ends in the middle of this line");
    });
  }

  @Test
  void aLastLineThatCouldBeWholeIsUsedWithANote() {
    Troubles troubles = new Troubles();
    String cut = WAKE + WAKE.replace(", polling valid\n", ""); // what Linux 4.0 would have printed
    assertThat(scan(Traces.text(cut), troubles).wakeups).isEqualTo(2);
    assertThat(troubles.dropped()).isZero();
    assertThat(troubles.first()).containsExactly(
        new Trouble(2, "the file ends without a line end: this line was used, but may be cut off", false));
  }

  @Test
  void carriageReturnsAreNoPartOfALine() {
    Troubles troubles = new Troubles();
    assertThat(scan(Traces.text("# tracer: nop\r\n\r\n" + WAKE.replace("\n", "\r\n")), troubles).wakeups).isEqualTo(1);
    assertThat(troubles.first()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(ints = {(1 << 16) - 1, 1 << 16, (1 << 16) + 1, (1 << 18) - 1, 1 << 18, 1 << 20})
  void aLineTooLongToBeOneIsPassedOverAndTheNextIsRead(int length) {
    for (boolean ended : new boolean[] {true, false}) {
      Troubles troubles = new Troubles();
      String text = WAKE + "#" + "x".repeat(length - 1) + "\n" + WAKE + (ended ? "" : "y".repeat(length));
      assertThat(scan(Traces.text(text), troubles).wakeups).as("ended %s", ended).isEqualTo(2);
      assertThat(troubles.first().stream().anyMatch(t -> t.line() == 2)).isEqualTo(length > 1 << 16);
      assertThat(troubles.first().stream().anyMatch(t -> t.line() == 4)).isEqualTo(!ended);
    }
  }

  @Test
  void howTheBytesArriveMakesNoDifference() {
    String text = "# a\n\n" + (WAKE + "nonsense\n").repeat(20_000);
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    for (int chunk : new int[] {1, 7, 4_096, 1 << 20}) {
      InputStream dribble = new ByteArrayInputStream(bytes) {
        @Override
        public synchronized int read(byte[] target, int offset, int length) {
          return super.read(target, offset, Math.min(length, chunk));
        }
      };
      Troubles troubles = new Troubles();
      Count count = scan(new TraceFile("trace.txt", () -> dribble), troubles);
      assertThat(count.wakeups).as("chunks of %d", chunk).isEqualTo(20_000);
      assertThat(troubles.dropped()).isEqualTo(20_000);
      assertThat(troubles.first().get(1).line()).isEqualTo(6);
    }
  }

  @Test
  void troublesAreCountedWithoutEnd() {
    Troubles troubles = new Troubles();
    scan(Traces.text("nonsense\n".repeat(1_000)), troubles);
    assertThat(troubles.first()).hasSize(Troubles.KEPT);
    assertThat(troubles.dropped()).isEqualTo(1_000);
    assertThat(troubles.unsaid()).isEqualTo(1_000 - Troubles.KEPT);
  }

  @Test
  void theFormatThatUnderstandsMostFitsBest() throws UnreadableTraceException {
    String perf = "vcpu0 20707 [000]  3509.560521:  kvm:kvm_vcpu_wakeup: wait time 219659 ns, polling valid\n";
    String traceCmd = "cpus=2\n" + WAKE;
    assertThat(TraceScan.fit(Traces.text(perf), reader(new PerfScript()), 100)).isEqualTo(1);
    assertThat(TraceScan.fit(Traces.text(perf), reader(new Ftrace()), 100)).isEqualTo(-1);
    assertThat(TraceScan.fit(Traces.text(WAKE), reader(new Ftrace()), 100)).isEqualTo(1);
    assertThat(TraceScan.fit(Traces.text(traceCmd), reader(new Ftrace()), 100)).isZero();
    assertThat(TraceScan.fit(Traces.text(traceCmd), reader(new TraceCmd()), 100)).isEqualTo(1);
    assertThat(TraceScan.fit(Traces.text("# tracer: nop\n"), reader(new Ftrace()), 100)).isNull();
  }

  @TempDir Path folder;

  static Stream<Arguments> otherForms() { // not as CSV, which would strip the odd bytes
    return Stream.of(
        Arguments.of("PERFILE2.......", "perf script -i"), Arguments.of("\27\10Dtracing6\0", "trace-cmd report"),
        Arguments.of("(\u00b5/\u00fd", "zstd -d"), Arguments.of("\u00fd7zXZ\0\0", "xz -d"),
        Arguments.of("BZh9...", "bzip2 -d"), Arguments.of("\u001f\u008b", "truncated"));
  }

  @ParameterizedTest
  @MethodSource("otherForms")
  void aFileInAnotherFormSaysWhatToDo(String head, String advice) {
    TraceFile file = Traces.bytes(head.getBytes(StandardCharsets.ISO_8859_1));
    assertThatThrownBy(() -> new TraceScan(file, reader(new Ftrace()), new Troubles()).run(new Count()))
        .isInstanceOf(UnreadableTraceException.class)
        .hasMessageStartingWith("trace.txt: ").hasMessageContaining(advice).hasMessageNotContaining("\n");
  }

  @Test
  void aFileThatIsNotThereSaysSo() throws IOException {
    TraceFile gone = TraceFile.of(folder.resolve("gone.txt"));
    assertThatThrownBy(() -> new TraceScan(gone, reader(new Ftrace()), new Troubles()).run(new Count()))
        .hasMessageEndingWith("gone.txt: no such file");
    TraceFile directory = TraceFile.of(Files.createDirectory(folder.resolve("sub")));
    assertThatThrownBy(() -> new TraceScan(directory, reader(new Ftrace()), new Troubles()).run(new Count()))
        .isInstanceOf(UnreadableTraceException.class).hasMessageContaining("sub: cannot be read: ");
  }

  /** A good trace in one format, with all that may stand in it. */
  private static List<String> good(boolean perf) {
    List<String> lines = new ArrayList<>(List.of("# haltlab halt_poll_ns=200000", "# tracer: nop", ""));
    for (int i = 0; i < 40; i++) {
      String head = perf ? "CPU " + i % 3 + "/KVM  " + (100 + i % 3) + " [00" + i % 2 + "]  " + i + ".250000: kvm:"
          : "       CPU " + i % 3 + "/KVM-" + (100 + i % 3) + "     [00" + i % 2 + "] d..1.  " + i + ".250000: ";
      lines.add(head + "kvm_halt_poll_ns: vcpu " + i % 3 + ": halt_poll_ns 20000 (grow 10000)");
      lines.add(head + "kvm_vcpu_wakeup: wait time " + 1_000 * i + " ns, polling valid");
      lines.add(head + "kvm_exit: vcpu 0 reason HLT rip 0x1 info1 0x0 info2 0x0 intr_info 0x0 error_code 0x0");
      lines.add(head + "sched_waking: comm=CPU 0/KVM pid=7289 prio=120 target_cpu=023");
      lines.add(head + "sched_switch: prev_comm=a prev_pid=0 prev_prio=1 prev_state=R ==> next_comm=b next_pid=2"
          + " next_prio=120");
    }
    return lines;
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void damagedFilesAreReadAndEveryLineIsUsedOrReported(boolean perf) {
    SplittableRandom random = new SplittableRandom(20261122);
    byte[] good = (String.join("\n", good(perf)) + "\n").getBytes(StandardCharsets.UTF_8);
    int reported = 0;
    for (int round = 0; round < 3_000; round++) {
      byte[] bytes = damaged(good, random);
      Troubles troubles = new Troubles();
      List<String> silent = new ArrayList<>();
      // What is promised of every line: it is used or reported, and nothing is thrown.
      TraceReader inner = perf ? reader(new PerfScript()) : reader(new Ftrace());
      TraceReader checked = (text, from, to, sink) -> {
        Count before = new Count();
        String wrong = inner.line(text, from, to, before);
        String line = new String(text, from, to - from, StandardCharsets.UTF_8);
        boolean says = before.events + before.losses > 0 || line.isBlank() || line.startsWith("#");
        if (wrong == null && !says && !line.matches("\\s+[0-9a-fA-F]{6,16}\\s.*")) { // a line of perf's call chains
          silent.add(line);
        }
        return wrong;
      };
      scanWith(checked, bytes, troubles);
      assertThat(silent).as("lines neither used nor reported").isEmpty();
      reported += troubles.dropped() > 0 ? 1 : 0;
    }
    assertThat(reported).as("files with a line that was refused").isGreaterThan(1_000);
  }

  private static void scanWith(TraceReader reader, byte[] bytes, Troubles troubles) {
    try {
      new TraceScan(Traces.bytes(bytes), reader, troubles).run(new Count());
    } catch (UnreadableTraceException e) {
      assertThat(e).hasMessageStartingWith("trace.txt: "); // the damage hit the first bytes
    }
  }

  private static byte[] damaged(byte[] good, SplittableRandom random) {
    byte[] bytes = good.clone();
    for (int i = random.nextInt(1, 6); i > 0; i--) {
      int at = random.nextInt(bytes.length);
      switch (random.nextInt(4)) {
        case 0 -> bytes[at] = (byte) random.nextInt(256);
        case 1 -> bytes = Arrays.copyOf(bytes, Math.max(1, at));
        case 2 -> { // a piece of the file over another
          int length = random.nextInt(Math.min(200, bytes.length - at) + 1);
          System.arraycopy(bytes, at, bytes, random.nextInt(bytes.length - length + 1), length);
        }
        default -> bytes[at] = (byte) " \t\n-[]():.0=|".charAt(random.nextInt(13));
      }
    }
    return bytes;
  }

  @Test
  void anUndamagedFileHasNoTroubles() {
    for (boolean perf : new boolean[] {true, false}) {
      Troubles troubles = new Troubles();
      TraceFile file = Traces.text(String.join("\n", good(perf)) + "\n");
      scanWith(perf ? reader(new PerfScript()) : reader(new Ftrace()), open(file), troubles);
      assertThat(troubles.first()).isEmpty();
    }
  }

  private static byte[] open(TraceFile file) {
    try (InputStream in = file.content().open()) {
      return in.readAllBytes();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void aFileOfAnyLengthTakesTheSameMemory() throws UnreadableTraceException {
    byte[] block = WAKE.repeat(1_000).getBytes(StandardCharsets.UTF_8);
    InputStream endless = new InputStream() {
      private long left = 1L << 30; // 1 GiB

      @Override
      public int read() {
        throw new UnsupportedOperationException("read blocks");
      }

      @Override
      public int read(byte[] target, int offset, int length) {
        int read = (int) Math.min(Math.min(length, block.length), left);
        System.arraycopy(block, 0, target, offset, read);
        left -= read;
        return read == 0 ? -1 : read;
      }
    };
    AllocationProbe probe = new AllocationProbe();
    Count count = new Count();
    TraceScan scan = new TraceScan(new TraceFile("endless", () -> endless), reader(new Ftrace()), new Troubles());
    long before = probe.bytes();
    scan.run(count);
    assertThat(probe.bytes() - before).as("bytes allocated over 1 GiB").isLessThan(2_000_000);
    assertThat(scan.line()).isGreaterThan(10_000_000);
  }
}
