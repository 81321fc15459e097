package dev.haltlab.trace.format;

import dev.haltlab.tck.junit.TraceReaderTck;
import java.util.List;
import org.junit.jupiter.api.Nested;

/** Pins: a built-in format that breaks the contract every third party's is held to. */
class ConformanceTest {
  @Nested
  class OfFtrace implements TraceReaderTck<Ftrace.Config> {
    @Override
    public Ftrace provider() {
      return new Ftrace();
    }

    @Override
    public List<String> lines() {
      return List.of(
          "# haltlab halt_poll_ns=200000", "   vcpu0-114   [000] d..1.    6.24: kvm_halt_poll_ns: vcpu 0: halt_poll_ns 10000"
              + " (grow 0)", "   vcpu0-114   [000] d..1.    6.24: kvm_vcpu_wakeup: wait time 150000 ns, polling valid");
    }
  }

  @Nested
  class OfTraceCmd implements TraceReaderTck<TraceCmd.Config> {
    @Override
    public TraceCmd provider() {
      return new TraceCmd();
    }

    @Override
    public List<String> lines() {
      return List.of("   CPU 0/KVM-7289  [023]  2925.640976: kvm_vcpu_wakeup:      poll time 150000 ns, polling valid");
    }
  }

  @Nested
  class OfPerfScript implements TraceReaderTck<PerfScript.Config> {
    @Override
    public PerfScript provider() {
      return new PerfScript();
    }

    @Override
    public List<String> lines() {
      return List.of("   CPU 0/KVM  7289 [023]  2925.640976:    kvm:kvm_vcpu_wakeup: poll time 150000 ns, polling valid");
    }
  }
}
