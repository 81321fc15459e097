package {{package}};

import dev.haltlab.spi.IdlePolicy;
import dev.haltlab.spi.IdlePolicyProvider;
import dev.haltlab.spi.IdleState;
import dev.haltlab.spi.Seat;
import java.time.Duration;
import java.util.List;

/** Spins for a while before the CPU halts: something to begin with. */
public final class {{class}} implements IdlePolicyProvider<{{class}}.Config> {

  /**
   * What a scenario may set.
   *
   * @param spin how long to spin before the CPU halts, 0 to 1 s
   */
  public record Config(Duration spin) {
    public Config {
      if (spin.isNegative() || spin.compareTo(Duration.ofSeconds(1)) > 0) {
        throw new IllegalArgumentException("spin must be 0 to 1s");
      }
    }
  }

  @Override
  public String id() {
    return "{{id}}";
  }

  @Override
  public Config defaults() {
    return new Config(Duration.ofNanos(50_000));
  }

  @Override
  public String summary() {
    return "spins for a while before the CPU halts";
  }

  @Override
  public IdlePolicy create(Config config, Seat seat) {
    return new Policy(config.spin().toNanos());
  }

  /** One for each vCPU. */
  private static final class Policy implements IdlePolicy {
    private static final int POLL = 0;
    private static final int HLT = 1;
    private static final List<IdleState> STATES = List.of(
        new IdleState("POLL", IdleState.Kind.POLL, 0, 0), new IdleState("HLT", IdleState.Kind.HLT, 0, 0));

    private final long spinNs;
    private boolean hasSpun;

    Policy(long spinNs) {
      this.spinNs = spinNs;
    }

    @Override
    public List<IdleState> states() {
      return STATES;
    }

    @Override
    public int select(long nowNs, long sleepNs, boolean tickStopped) {
      return hasSpun ? HLT : POLL;
    }

    @Override
    public boolean stopsTick() {
      return hasSpun;
    }

    @Override
    public long pollNs() {
      return spinNs;
    }

    @Override
    public void reflect(int state, long residencyNs, boolean pollTimedOut) {
      hasSpun = pollTimedOut;
    }
  }
}
