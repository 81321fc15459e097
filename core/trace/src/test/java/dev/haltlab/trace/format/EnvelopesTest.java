package dev.haltlab.trace.format;

import static org.assertj.core.api.Assertions.assertThat;

import dev.haltlab.spi.TraceReader;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Pins: a line whose thread, CPU or time is read wrongly, or which is not recognised, in one of the three formats. */
class EnvelopesTest {
  private static final String WAKE = "kvm_vcpu_wakeup: poll time 150000 ns, polling valid";

  private static TraceReader ftrace() {
    Ftrace format = new Ftrace();
    return format.create(format.defaults());
  }

  private static TraceReader traceCmd() {
    TraceCmd format = new TraceCmd();
    return format.create(format.defaults());
  }

  private static TraceReader perf() {
    PerfScript format = new PerfScript();
    return format.create(format.defaults());
  }

  /** Reads a line in the middle of other bytes: a reader that looks beyond it is found out. */
  private static String wrong(TraceReader reader, Told told, String line) {
    String around = "-1 [9] 9.9: kvm_entry: vcpu 9";
    byte[] bytes = (around + line + around).getBytes(StandardCharsets.UTF_8);
    int from = around.length();
    return reader.line(bytes, from, bytes.length - from, told);
  }

  private static void reads(TraceReader reader, String line, String event) {
    Told told = new Told();
    assertThat(wrong(reader, told, line)).as(line).isNull();
    assertThat(told.calls).as(line).containsExactly(event, "wakeup 150000 poll");
  }

  @ParameterizedTest
  @CsvSource(delimiter = ';', quoteCharacter = '"', ignoreLeadingAndTrailingWhitespace = false, textBlock = """
             vcpu0-114   [000] ....     6.241234: ;event 6241234000 cpu 0 pid 114 comm 'vcpu0'
             vcpu0-114   [000] .....    6.241234: ;event 6241234000 cpu 0 pid 114 comm 'vcpu0'
             vcpu0-114   [000] d..1.    6.24: ;event 6240000000 cpu 0 pid 114 comm 'vcpu0'
             vcpu0-114   [000] dNh2..   6.241234567: ;event 6241234567 cpu 0 pid 114 comm 'vcpu0'
           CPU 0/KVM-7289    [023] d....  2925.640976: ;event 2925640976000 cpu 23 pid 7289 comm 'CPU 0/KVM'
     qemu-system-x86-4521    [004] d..1.  1842.570412: ;event 1842570412000 cpu 4 pid 4521 comm 'qemu-system-x86'
              <idle>-0       [120] dNs5.  4106.586221: ;event 4106586221000 cpu 120 pid 0 comm '<idle>'
                bash-1234    ( 1230) [000] ....  1.0: ;event 1000000000 cpu 0 pid 1234 comm 'bash'
               <...>-1234    (-------) [000] ....  1.0: ;event 1000000000 cpu 0 pid 1234 comm '<...>'
           kworker/0:1-55-77  [001] ....     1.0: ;event 1000000000 cpu 1 pid 77 comm 'kworker/0:1-55'
             a-1 [2] b-9     [001] ....     1.0: ;event 1000000000 cpu 1 pid 9 comm 'a-1 [2] b'
    vcpu0-114 [000] 6.241234: ;event 6241234000 cpu 0 pid 114 comm 'vcpu0'
    6204.951632: ;event 6204951632000 cpu -1 pid -1 comm ''
      6204.951632: ;event 6204951632000 cpu -1 pid -1 comm ''
    """)
  void ftraceAsEveryKernelWritesIt(String head, String event) {
    reads(ftrace(), head + WAKE, event);
  }

  @ParameterizedTest
  @CsvSource(delimiter = ';', quoteCharacter = '"', ignoreLeadingAndTrailingWhitespace = false, textBlock = """
           CPU 0/KVM-7289  [023]  2925.640976: kvm_vcpu_wakeup;event 2925640976000 cpu 23 pid 7289 comm 'CPU 0/KVM'
           CPU 1/KVM-7  [023] d..1.  2925.640976: kvm_vcpu_wakeup;event 2925640976000 cpu 23 pid 7 comm 'CPU 1/KVM'
          qemu-kvm-1234   [000]   123.456789123: kvm_vcpu_wakeup;event 123456789123 cpu 0 pid 1234 comm 'qemu-kvm'
    """)
  void traceCmdPadsTheNameOfTheEvent(String head, String event) {
    reads(traceCmd(), head + ":      poll time 150000 ns, polling valid", event);
  }

  @ParameterizedTest
  @CsvSource(delimiter = ';', quoteCharacter = '"', ignoreLeadingAndTrailingWhitespace = false, textBlock = """
               vcpu0 20707 [000]  3509.560521:  kvm:;event 3509560521000 cpu 0 pid 20707 comm 'vcpu0'
           CPU 0/KVM  7289 [023]  2925.640976:       kvm:;event 2925640976000 cpu 23 pid 7289 comm 'CPU 0/KVM'
           CPU 0/KVM  7280/7289  [023]  2925.640976:       kvm:;event 2925640976000 cpu 23 pid 7289 comm 'CPU 0/KVM'
           CPU 0/KVM  7289 [023]  2925.640976:        1  kvm:;event 2925640976000 cpu 23 pid 7289 comm 'CPU 0/KVM'
           CPU 0/KVM  7289  2925.640976123:       kvm:;event 2925640976123 cpu -1 pid 7289 comm 'CPU 0/KVM'
    qemu-system-x86     1 [000]     1.000000: kvm:;event 1000000000 cpu 0 pid 1 comm 'qemu-system-x86'
    x 1 2 [3] 4    55 [003]     1.000000: kvm:;event 1000000000 cpu 3 pid 55 comm 'x 1 2 [3] 4'
    """)
  void perfAsEveryVersionWritesIt(String head, String event) {
    reads(perf(), head + WAKE, event);
  }

  @Test
  void aPayloadThatLooksLikeAnEnvelopeIsAPayload() {
    Told told = new Told();
    String mark = "x-1 [000] .... 1.0: tracing_mark_write: y-2 [001] .... 2.0: " + WAKE;
    assertThat(wrong(ftrace(), told, mark)).isNull();
    assertThat(told.calls).containsExactly("event 1000000000 cpu 0 pid 1 comm 'x'");
  }

  @ParameterizedTest
  @CsvSource(delimiter = ';', textBlock = """
      CPU:0 [LOST 123 EVENTS];lost 123
      CPU:17 [LOST EVENTS];lost -1
      CPU:0 [123 EVENTS DROPPED];lost 123
      CPU:3 [EVENTS DROPPED];lost -1
      """)
  void lossesAreToldInBothTonguesOfFtrace(String line, String told) {
    for (TraceReader reader : new TraceReader[] {ftrace(), traceCmd()}) {
      Told calls = new Told();
      assertThat(wrong(reader, calls, line)).isNull();
      assertThat(calls.calls).containsExactly(told);
    }
  }

  @Test
  void perfTellsALossAsARecord() {
    Told told = new Told();
    assertThat(wrong(perf(), told, "  vcpu0 20707 [000]  3509.560521: PERF_RECORD_LOST lost 24")).isNull();
    assertThat(told.calls).containsExactly("lost 24");
  }

  @Test
  void aRingBufferThatWasOverwrittenLostItsBeginning() {
    Told told = new Told();
    assertThat(wrong(ftrace(), told, "# entries-in-buffer/entries-written: 1008/1500   #P:2")).isNull();
    assertThat(wrong(ftrace(), told, "# entries-in-buffer/entries-written: 1008/1008   #P:2")).isNull();
    assertThat(told.calls).containsExactly("lost 492");
  }

  @Test
  void parametersAreToldInEveryFormat() {
    for (TraceReader reader : new TraceReader[] {ftrace(), traceCmd(), perf()}) {
      Told told = new Told();
      assertThat(wrong(reader, told, "# haltlab halt_poll_ns=200000")).isNull();
      assertThat(wrong(reader, told, "# haltlab cap=")).isNull();
      assertThat(wrong(reader, told, "# haltlab sched=5:a=1+b=2")).isNull();
      assertThat(told.calls)
          .containsExactly("parameter halt_poll_ns=200000", "parameter cap=", "parameter sched=5:a=1+b=2");
      assertThat(wrong(reader, told, "# haltlab cap")).contains("KEY=VALUE");
    }
  }

  @Test
  void aMarkTellsAllItsParameters() {
    Told told = new Told();
    String line = "sender-160 [001] ..... 21.02: tracing_mark_write: halt_poll_param halt_poll_ns_grow=1 cap=0 ";
    assertThat(wrong(ftrace(), told, line)).isNull();
    assertThat(told.calls)
        .containsExactly(
            "event 21020000000 cpu 1 pid 160 comm 'sender'", "changed halt_poll_ns_grow=1", "changed cap=0");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "   ", "#", "# tracer: nop", "##### CPU 1 buffer started ####"})
  void headsAndBlankLinesSayNothing(String line) {
    for (TraceReader reader : new TraceReader[] {ftrace(), traceCmd(), perf()}) {
      Told told = new Told();
      assertThat(wrong(reader, told, line)).isNull();
      assertThat(told.calls).isEmpty();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"cpus=8", "version = 7", "CPU 3 is empty"})
  void traceCmdsHeadingsAreItsOwn(String line) {
    assertThat(wrong(traceCmd(), new Told(), line)).isNull();
    assertThat(wrong(ftrace(), new Told(), line)).isNotNull();
  }

  @Test
  void perfsCallChainsArePassedOver() {
    Told told = new Told();
    assertThat(wrong(perf(), told, "\tffffffffc0a0b5c3 kvm_vcpu_halt+0x1a3 ([kvm])")).isNull();
    assertThat(told.calls).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {
      "vcpu0-114 [000] ..... kvm_vcpu_wakeup: poll time 1 ns", // no time
      "vcpu0-114 [000] ..... 6.24 kvm_vcpu_wakeup: poll time 1 ns", // no colon
      "vcpu0-114 [zero] ..... 6.24: kvm_vcpu_wakeup: poll time 1 ns",
      "vcpu0-114 [000] ..... 6.24: kvm vcpu wakeup: poll time 1 ns",
      "vcpu0-99999999999 [000] ..... 6.24: kvm_vcpu_wakeup: poll time 1 ns",
      "vcpu0-114 [000] ..... 6.2412345678901: kvm_vcpu_wakeup: poll time 1 ns",
      "vcpu0-114 [000] ..... 9999999999999999.2: kvm_vcpu_wakeup: poll time 1 ns",
      "CPU:0 [LOST many EVENTS]", "CPU:0 [LOST 3 EVENTS] and more", "some words", "{\"json\": true}",
      "a name longer than the kernel's fifteen bytes-114 [000] ..... 6.24: kvm_vcpu_wakeup: poll time 1 ns"})
  void whatIsNoLineOfATraceIsRefusedAndShown(String line) {
    for (TraceReader reader : new TraceReader[] {ftrace(), traceCmd(), perf()}) {
      Told told = new Told();
      assertThat(wrong(reader, told, line)).startsWith("not a line of ").contains("'" + line.substring(0, 8));
      assertThat(told.calls).isEmpty();
    }
  }
}
