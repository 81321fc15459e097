package dev.haltlab.haltpoll;

import dev.haltlab.spi.HaltPoll;
import java.util.function.LongUnaryOperator;

/** A vCPU that halts again and again under a strategy, with a clock of its own. */
final class Vcpu {
  final HaltPoll strategy;
  long nowNs;

  Vcpu(HaltPoll strategy) {
    this.strategy = strategy;
  }

  /** What the strategy would poll if the vCPU halted now; the halt is over at once and nobody is told. */
  long budget() {
    return strategy.budget(nowNs);
  }

  /** One halt of this length, a poll hit if the budget covers it; the window afterwards. */
  long halt(long haltNs) {
    return halt(haltNs, true);
  }

  long halt(long haltNs, boolean valid) {
    return halt(budget -> haltNs, valid);
  }

  /** One halt whose length may depend on the budget. */
  long halt(LongUnaryOperator haltNs, boolean valid) {
    long budgetNs = strategy.budget(nowNs);
    long ns = haltNs.applyAsLong(budgetNs);
    nowNs += ns;
    boolean slept = ns > budgetNs;
    strategy.woken(nowNs, ns, slept ? budgetNs : ns, slept, valid);
    nowNs += 1_000;
    return strategy.windowNs();
  }
}
