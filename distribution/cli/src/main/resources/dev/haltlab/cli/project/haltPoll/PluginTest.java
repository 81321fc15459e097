package {{package}};

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.haltlab.spi.HaltPoll;
import dev.haltlab.tck.junit.HaltPollTck;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** The contract by the kit, and what makes this strategy what it is. */
class {{class}}Test implements HaltPollTck<{{class}}.Config> {
  @Override
  public {{class}} provider() {
    return new {{class}}();
  }

  @Test
  void it_polls_after_a_short_halt_and_not_after_a_long_one() {
    HaltPoll strategy = provider().create(new {{class}}.Config(Duration.ofNanos(50_000)), null);
    strategy.budget(0);
    strategy.woken(10_000, 10_000, 10_000, false, true);
    assertEquals(50_000, strategy.budget(20_000));
    strategy.woken(5_020_000, 5_000_000, 50_000, true, true);
    assertEquals(0, strategy.budget(5_030_000));
  }
}
