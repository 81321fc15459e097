package {{package}};

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.haltlab.spi.IdlePolicy;
import dev.haltlab.tck.junit.IdlePolicyTck;
import org.junit.jupiter.api.Test;

/** The contract by the kit, and what makes this policy what it is. */
class {{class}}Test implements IdlePolicyTck<{{class}}.Config> {
  @Override
  public {{class}} provider() {
    return new {{class}}();
  }

  @Test
  void it_spins_until_that_took_too_long_and_then_halts() {
    IdlePolicy policy = provider().create(provider().defaults(), null);
    assertEquals("POLL", state(policy));
    policy.reflect(0, 20_000, false);
    assertEquals("POLL", state(policy));
    policy.reflect(0, 50_000, true);
    assertEquals("HLT", state(policy));
    policy.reflect(1, 1_000_000, false);
    assertEquals("POLL", state(policy));
  }

  private static String state(IdlePolicy policy) {
    return policy.states().get(policy.select(0, Long.MAX_VALUE, false)).name();
  }
}
