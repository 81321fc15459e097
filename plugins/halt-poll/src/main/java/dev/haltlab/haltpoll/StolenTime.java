package dev.haltlab.haltpoll;

import dev.haltlab.spi.HostView;

/**
 * Forbids polling while the CPU is short of time: an average of the time stolen per tick, halved from tick to tick, has
 * reached a share of the tick. Polling would burn what others wait for.
 *
 * <p>Source: kvm_arch_no_poll() of arch/s390/kvm/kvm-s390.c and the average kept by arch/s390/kernel/vtime.c. There it
 * is the time the hypervisor below took from the host's CPU; here, where nothing is below the host, the time this
 * vCPU's thread waited for its pCPU. Looked at when a halt starts, not at every tick: what was stolen between two looks
 * counts as spread evenly over the ticks between.
 */
final class StolenTime implements AdaptiveRule.Veto {
  private final HostView host;
  private final long percent;
  private final long tickNs;
  private long tick;
  private long seenNs;
  private long averageNs;

  /**
   * @param percent of a tick from which on polling is forbidden, 0 to 100; 0 forbids it always
   * @param tickNs the host's tick, ns
   */
  StolenTime(HostView host, long percent, long tickNs) {
    this.host = host;
    this.percent = percent;
    this.tickNs = tickNs;
  }

  @Override
  public boolean forbids(long nowNs) {
    long ticks = nowNs / tickNs - tick;
    if (ticks > 0) {
      long stolenNs = host.stealNs();
      long perTickNs = (stolenNs - seenNs) / ticks;
      averageNs = perTickNs + (averageNs - perTickNs >> Math.min(ticks, Long.SIZE - 1));
      seenNs = stolenNs;
      tick += ticks;
    }
    return averageNs * 100 / tickNs >= percent;
  }
}
