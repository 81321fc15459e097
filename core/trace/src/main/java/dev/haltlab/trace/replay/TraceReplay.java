package dev.haltlab.trace.replay;

import dev.haltlab.spi.TraceSink;

/** Gives a recording to the replay of the host's halts and to that of a guest's: the events decide which there are. */
public final class TraceReplay implements TraceSink {
  private final HostReplay host;
  private final GuestReplay guest;

  /** Two replays of the same parameters. */
  public TraceReplay(HostReplay host, GuestReplay guest) {
    this.host = host;
    this.guest = guest;
  }

  @Override
  public void parameter(String key, String value) {
    host.parameter(key, value);
  }

  @Override
  public void event(long timeNs, int cpu, int pid, byte[] text, int commFrom, int commTo) {
    host.event(timeNs, cpu, pid, text, commFrom, commTo);
    guest.event(timeNs, cpu, pid, text, commFrom, commTo);
  }

  @Override
  public void lost(long events) {
    host.lost(events);
    guest.lost(events);
  }

  @Override
  public void changed(String key, String value) {
    host.changed(key, value);
    guest.changed(key, value);
  }

  @Override
  public void kvmVcpuWakeup(long ns, boolean waited, boolean valid) {
    host.kvmVcpuWakeup(ns, waited, valid);
  }

  @Override
  public void kvmHaltPollNs(int vcpu, long newNs, boolean grow, long oldNs) {
    host.kvmHaltPollNs(vcpu, newNs, grow, oldNs);
  }

  @Override
  public void kvmMsr(boolean write, long index, long value) {
    host.kvmMsr(write, index, value);
  }

  @Override
  public void kvmEntry(int vcpu) {
    host.kvmEntry(vcpu);
  }

  @Override
  public void kvmApicAcceptIrq(long apicId, int vector) {
    host.kvmApicAcceptIrq(apicId, vector);
  }

  @Override
  public void schedWaking(int pid, int targetCpu) {
    host.schedWaking(pid, targetCpu);
  }

  @Override
  public void schedWakeup(int pid, int targetCpu) {
    host.schedWakeup(pid, targetCpu);
  }

  @Override
  public void guestHaltPollNs(long newNs, boolean grow, long oldNs) {
    guest.guestHaltPollNs(newNs, grow, oldNs);
  }

  @Override
  public void cpuIdle(int state, int cpu) {
    guest.cpuIdle(state, cpu);
  }
}
