package dev.haltlab.tck;

import dev.haltlab.spi.TraceSink;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Writes down in words what a reader tells. What breaks the order of the contract is told when the line is over. */
final class TraceListener implements TraceSink {
  private final List<String> told = new ArrayList<>();
  private int events;
  private int details;
  private String breach = "";
  private int from;
  private int to = Integer.MAX_VALUE;

  /** A line begins. */
  void line(int lineFrom, int lineTo) {
    events = 0;
    details = 0;
    breach = "";
    from = lineFrom;
    to = lineTo;
  }

  /** How many events this line had. */
  int events() {
    return events;
  }

  /** What this line broke; empty if nothing. */
  String breach() {
    return breach;
  }

  /** All that was told since the beginning. */
  List<String> told() {
    return told;
  }

  /** What the reader answered belongs to what it told. */
  void answered(Object wrong) {
    told.add(wrong == null ? "understood" : "not understood");
  }

  @Override
  public void parameter(String key, String value) {
    told.add("parameter " + key + "=" + value);
  }

  @Override
  public void lost(long number) {
    told.add("lost " + number);
  }

  @Override
  public void event(long timeNs, int cpu, int pid, byte[] text, int commFrom, int commTo) {
    if (++events > 1) {
      breach("told a second event");
    }
    if (cpu < -1 || pid < -1) {
      breach("told an event of CPU " + cpu + ", thread " + pid);
    }
    told.add("event at " + timeNs + " on " + cpu + " in " + pid + " " + text(text, commFrom, commTo));
  }

  @Override
  public void kvmVcpuWakeup(long ns, boolean waited, boolean valid) {
    detail("kvmVcpuWakeup " + ns + " " + waited + " " + valid);
  }

  @Override
  public void kvmHaltPollNs(int vcpu, long newNs, boolean grow, long oldNs) {
    detail("kvmHaltPollNs " + vcpu + " " + newNs + " " + grow + " " + oldNs);
  }

  @Override
  public void guestHaltPollNs(long newNs, boolean grow, long oldNs) {
    detail("guestHaltPollNs " + newNs + " " + grow + " " + oldNs);
  }

  @Override
  public void cpuIdle(int state, int cpu) {
    detail("cpuIdle " + state + " " + cpu);
  }

  @Override
  public void changed(String key, String value) {
    details = 0; // one line may write several parameters
    detail("changed " + key + "=" + value);
  }

  @Override
  public void kvmExit(int vcpu, byte[] text, int reasonFrom, int reasonTo) {
    detail("kvmExit " + vcpu + " " + text(text, reasonFrom, reasonTo));
  }

  @Override
  public void kvmEntry(int vcpu) {
    detail("kvmEntry " + vcpu);
  }

  @Override
  public void kvmMsr(boolean write, long index, long value) {
    detail("kvmMsr " + write + " " + index + " " + value);
  }

  @Override
  public void kvmApic(boolean write, byte[] text, int registerFrom, int registerTo, long value) {
    detail("kvmApic " + write + " " + text(text, registerFrom, registerTo) + " " + value);
  }

  @Override
  public void kvmApicIpi(long destination, int vector) {
    detail("kvmApicIpi " + destination + " " + vector);
  }

  @Override
  public void kvmApicAcceptIrq(long apicId, int vector) {
    detail("kvmApicAcceptIrq " + apicId + " " + vector);
  }

  @Override
  public void kvmEoi(long apicId, int vector) {
    detail("kvmEoi " + apicId + " " + vector);
  }

  @Override
  public void kvmInjVirq(int vector) {
    detail("kvmInjVirq " + vector);
  }

  @Override
  public void kvmHvTimerState(int vcpu, boolean used) {
    detail("kvmHvTimerState " + vcpu + " " + used);
  }

  @Override
  public void schedSwitch(int previousPid, int nextPid) {
    detail("schedSwitch " + previousPid + " " + nextPid);
  }

  @Override
  public void schedWaking(int pid, int targetCpu) {
    detail("schedWaking " + pid + " " + targetCpu);
  }

  @Override
  public void schedWakeup(int pid, int targetCpu) {
    detail("schedWakeup " + pid + " " + targetCpu);
  }

  private void detail(String words) {
    if (events == 0) {
      breach("told '" + words + "' without the event before it");
    } else if (++details > 1) {
      breach("told '" + words + "' of an event that was told already");
    }
    told.add(words);
  }

  private String text(byte[] text, int textFrom, int textTo) {
    if (textFrom < from || textTo > to || textFrom > textTo) {
      breach("told a text from " + textFrom + " to " + textTo + "; the line is from " + from + " to " + to);
      return "?";
    }
    return "'" + new String(text, textFrom, textTo - textFrom, StandardCharsets.ISO_8859_1) + "'";
  }

  private void breach(String words) {
    breach = breach.isEmpty() ? words : breach;
  }
}
