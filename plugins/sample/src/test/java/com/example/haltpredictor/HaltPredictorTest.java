package com.example.haltpredictor;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.haltlab.spi.HaltPoll;
import dev.haltlab.tck.junit.HaltPollTck;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** The contract by the kit, and what makes this strategy what it is. */
class HaltPredictorTest implements HaltPollTck<HaltPredictor.Config> {
  private static final long SHORT = 10_000;
  private static final long LONG = 5_000_000;

  @Override
  public HaltPredictor provider() {
    return new HaltPredictor();
  }

  private static long budgetAfter(long... haltsNs) {
    HaltPoll strategy = new HaltPredictor().create(new HaltPredictor.Config(Duration.ofNanos(50_000), 2), null);
    for (long haltNs : haltsNs) {
      strategy.budget(0);
      strategy.woken(0, haltNs, 0, true, true);
    }
    return strategy.budget(0);
  }

  @Test
  void one_long_halt_among_short_ones_does_not_end_polling() {
    assertEquals(50_000, budgetAfter(SHORT, SHORT, SHORT, LONG));
  }

  @Test
  void two_of_them_do() {
    assertEquals(0, budgetAfter(SHORT, SHORT, SHORT, LONG, LONG));
  }

  @Test
  void however_many_long_halts_there_were_two_short_ones_begin_it_again() {
    assertEquals(50_000, budgetAfter(LONG, LONG, LONG, LONG, LONG, LONG, SHORT, SHORT));
  }
}
