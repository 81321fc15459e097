package dev.haltlab.idle;

import dev.haltlab.spi.IdlePolicy;
import dev.haltlab.spi.IdlePolicyProvider;
import dev.haltlab.spi.IdleState;
import dev.haltlab.spi.Seat;
import java.util.List;

/**
 * A guest that never halts: its idle loop spins with the polling flag set, so that a wake-up needs neither an interrupt
 * nor an exit. Linux booted with {@code idle=poll}: the lowest latency, a whole vCPU busy, the tick kept.
 *
 * <p>Before Linux 4.17 the tick is stopped all the same, and restarted for each task: no HLT and no interrupt, but the
 * timer writes of any tickless guest.
 *
 * <p>Source: {@code cpu_idle_poll} in kernel/sched/idle.c, Linux 4.9 and 4.19.
 */
public final class Poll implements IdlePolicyProvider<Poll.Config> {
  private static final List<IdleState> STATES = List.of(new IdleState("POLL", IdleState.Kind.POLL, 0, 0));

  /** Nothing to set. */
  public record Config() {}

  @Override
  public String id() {
    return "poll";
  }

  @Override
  public Config defaults() {
    return new Config();
  }

  @Override
  public String summary() {
    return "spins and never halts: a guest with idle=poll";
  }

  @Override
  public IdlePolicy create(Config config, Seat seat) {
    return new Spinning();
  }

  private static final class Spinning implements IdlePolicy {
    @Override
    public List<IdleState> states() {
      return STATES;
    }

    @Override
    public int select(long nowNs, long sleepNs, boolean tickStopped) {
      return 0;
    }

    @Override
    public boolean stopsTick() {
      return false;
    }
  }
}
