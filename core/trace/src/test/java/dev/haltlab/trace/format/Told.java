package dev.haltlab.trace.format;

import dev.haltlab.spi.TraceSink;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Writes down what a reader tells, one entry a call. */
final class Told implements TraceSink {
  final List<String> calls = new ArrayList<>();

  private static String text(byte[] text, int from, int to) {
    return new String(text, from, to - from, StandardCharsets.UTF_8);
  }

  @Override
  public void parameter(String key, String value) {
    calls.add("parameter " + key + "=" + value);
  }

  @Override
  public void lost(long events) {
    calls.add("lost " + events);
  }

  @Override
  public void event(long timeNs, int cpu, int pid, byte[] text, int commFrom, int commTo) {
    calls.add("event " + timeNs + " cpu " + cpu + " pid " + pid + " comm '" + text(text, commFrom, commTo) + "'");
  }

  @Override
  public void kvmVcpuWakeup(long ns, boolean waited, boolean valid) {
    calls.add("wakeup " + ns + (waited ? " wait" : " poll") + (valid ? "" : " invalid"));
  }

  @Override
  public void kvmHaltPollNs(int vcpu, long newNs, boolean grow, long oldNs) {
    calls.add("window vcpu " + vcpu + " " + oldNs + (grow ? " grows to " : " shrinks to ") + newNs);
  }

  @Override
  public void guestHaltPollNs(long newNs, boolean grow, long oldNs) {
    calls.add("guest window " + oldNs + (grow ? " grows to " : " shrinks to ") + newNs);
  }

  @Override
  public void cpuIdle(int state, int cpu) {
    calls.add("idle " + state + " cpu " + cpu);
  }

  @Override
  public void changed(String key, String value) {
    calls.add("changed " + key + "=" + value);
  }

  @Override
  public void kvmExit(int vcpu, byte[] text, int reasonFrom, int reasonTo) {
    calls.add("exit vcpu " + vcpu + " " + text(text, reasonFrom, reasonTo));
  }

  @Override
  public void kvmEntry(int vcpu) {
    calls.add("entry vcpu " + vcpu);
  }

  @Override
  public void kvmMsr(boolean write, long index, long value) {
    calls.add("msr " + (write ? "write " : "read ") + Long.toHexString(index) + " = " + Long.toHexString(value));
  }

  @Override
  public void kvmApic(boolean write, byte[] text, int registerFrom, int registerTo, long value) {
    calls.add(
        "apic " + (write ? "write " : "read ") + text(text, registerFrom, registerTo) + " = "
            + Long.toHexString(value));
  }

  @Override
  public void kvmApicIpi(long destination, int vector) {
    calls.add("ipi to " + destination + " vector " + vector);
  }

  @Override
  public void kvmApicAcceptIrq(long apicId, int vector) {
    calls.add("accept at " + apicId + " vector " + vector);
  }

  @Override
  public void kvmEoi(long apicId, int vector) {
    calls.add("eoi at " + apicId + " vector " + vector);
  }

  @Override
  public void kvmInjVirq(int vector) {
    calls.add("inject " + vector);
  }

  @Override
  public void kvmHvTimerState(int vcpu, boolean used) {
    calls.add("timer vcpu " + vcpu + (used ? " used" : " not used"));
  }

  @Override
  public void schedSwitch(int previousPid, int nextPid) {
    calls.add("switch " + previousPid + " to " + nextPid);
  }

  @Override
  public void schedWaking(int pid, int targetCpu) {
    calls.add("waking " + pid + " on " + targetCpu);
  }

  @Override
  public void schedWakeup(int pid, int targetCpu) {
    calls.add("woken " + pid + " on " + targetCpu);
  }
}
