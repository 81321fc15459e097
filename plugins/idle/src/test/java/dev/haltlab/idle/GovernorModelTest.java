package dev.haltlab.idle;

import static org.assertj.core.api.Assertions.assertThat;

import dev.haltlab.spi.IdlePolicy;
import dev.haltlab.spi.IdleState;
import dev.haltlab.spi.KernelVersion;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Holds menu and teo against a second reading of their sources, written for clearness: lists, sorting, numbers without
 * bounds. Pins a slip in the arithmetic or the order of the rules, over histories of the kinds idle CPUs have.
 */
class GovernorModelTest {
  private static final long TICK = Pretend.TICK_NS;
  private static final long LONG_NS = 1L << 49;

  /** What one pass is decided from, and what came of it. */
  private record Stay(int state, long residencyNs, boolean timedOut, boolean tickCame) {}

  /** A decision. */
  private record Choice(int state, boolean stopsTick) {}

  /** A governor as its source reads. */
  private interface Model {
    Choice decide(Stay last, long sleepNs, long eventNs, boolean tickStopped);
  }

  private static long exit(List<IdleState> states, int i) {
    return states.get(i).exitLatencyNs();
  }

  private static long residency(List<IdleState> states, int i) {
    return states.get(i).residencyNs();
  }

  /** The deepest of the states above {@code below} that pays within {@code ns}; the shallowest if none does. */
  private static int fitting(List<IdleState> states, int below, long ns) {
    return IntStream.range(0, below).filter(i -> residency(states, i) <= ns).max().orElse(0);
  }

  /** drivers/cpuidle/governors/menu.c. */
  private static final class MenuModel implements Model {
    private final List<IdleState> states;
    private final KernelVersion kernel;
    private final List<Long> ring = new ArrayList<>(java.util.Collections.nCopies(8, 0L));
    private final long[] factors = new long[6];
    private int at;
    private int bucket;
    private long timer;

    MenuModel(List<IdleState> states, KernelVersion kernel) {
      this.states = states;
      this.kernel = kernel;
      Arrays.fill(factors, 8192);
    }

    @Override
    public Choice decide(Stay last, long sleepNs, long eventNs, boolean stopped) {
      if (last != null) {
        update(last);
      }
      boolean lazy = kernel.atLeast(6, 6);
      long typical = typical();
      long event = eventNs;
      long predicted;
      if (lazy && typical * 1000 <= 15_000) {
        timer(LONG_NS);
        predicted = typical * 1000;
        event = TICK / 2;
      } else {
        timer(Math.min(sleepNs, LONG_NS));
        BigInteger divisor = BigInteger.valueOf(1024L * 8 * 1000);
        long corrected =
            BigInteger.valueOf(timer).multiply(BigInteger.valueOf(factors[bucket]))
                .add(divisor.shiftRight(1)).divide(divisor).longValueExact();
        boolean useless = !lazy && ring.stream().mapToLong(n -> n).min().orElseThrow() >= corrected;
        predicted = Math.min(corrected, useless ? corrected : typical) * 1000;
      }
      if (timer < residency(states, 1)) {
        return new Choice(0, false);
      }
      long latency = !stopped && !kernel.atLeast(6, 12) ? predicted : Long.MAX_VALUE;
      if (stopped && predicted < TICK) {
        predicted = timer;
      }
      return walk(predicted, latency, event, stopped);
    }

    private Choice walk(long expected, long latency, long event, boolean stopped) {
      long predicted = expected;
      boolean old = !kernel.atLeast(4, 20);
      boolean startsAtOne = old && timer > Math.max(20_000, residency(states, 1));
      int idx = startsAtOne ? 1 : 0;
      for (int i = idx + 1; i < states.size(); i++) {
        if (residency(states, i) > predicted) {
          if (idx == 0 && !old && exit(states, i) <= latency && residency(states, i) <= timer) {
            predicted = residency(states, i);
            idx = i;
            break;
          }
          if (predicted < TICK) {
            break;
          }
          if (!stopped) {
            predicted = residency(states, idx);
            break;
          }
          return new Choice(residency(states, idx) < TICK && residency(states, i) <= event ? i : idx, true);
        }
        if (exit(states, i) > latency) {
          break;
        }
        idx = i;
      }
      if (stopped || (idx != 0 && predicted >= TICK)) {
        return new Choice(idx, true);
      }
      return new Choice(idx > 0 && residency(states, idx) > event ? fitting(states, idx, event) : idx, false);
    }

    private void timer(long ns) {
      timer = ns;
      bucket = (int) LongStream.of(10_000, 100_000, 1_000_000, 10_000_000, 100_000_000).filter(b -> ns >= b).count();
    }

    private long typical() {
      List<Long> kept = new ArrayList<>(ring);
      kept.sort(Comparator.naturalOrder());
      while (!kept.isEmpty() && (kept.get(kept.size() - 1) > 0 || !kernel.atLeast(6, 6))) {
        long sum = kept.stream().mapToLong(n -> n).sum();
        long avg = sum / kept.size();
        long variance =
            kernel.atLeast(6, 15)
                ? kept.stream().mapToLong(n -> n * n).sum() / kept.size() - avg * avg
                : kept.stream().mapToLong(n -> (n - avg) * (n - avg)).sum() / kept.size();
        if (variance <= 400 || (avg * avg > 36 * variance && kept.size() >= 6)) {
          return avg;
        }
        if (kept.size() <= 6) {
          break;
        }
        long min = kept.get(0);
        long max = kept.get(kept.size() - 1);
        long gone = kernel.atLeast(6, 15) && avg - min > max - avg ? min : max;
        kept.removeIf(n -> n == gone);
      }
      return 0xFFFF_FFFFL;
    }

    private void update(Stay last) {
      long measured;
      if (last.tickCame() && timer > TICK) {
        measured = 45_000_000;
      } else if (last.state() == 0 && last.timedOut()) {
        measured = timer;
      } else {
        long latency = exit(states, last.state());
        measured = last.residencyNs() > 2 * latency ? last.residencyNs() - latency : last.residencyNs() / 2;
      }
      measured = Math.min(measured, timer);
      long add = timer > 0 && measured < 50_000_000 ? 1024 * measured / timer : 1024;
      factors[bucket] += add - factors[bucket] / 8;
      ring.set(at, Math.min(measured / 1000, 1 << 28)); // four minutes are as good as for ever
      at = (at + 1) % 8;
    }
  }

  /** drivers/cpuidle/governors/teo.c. */
  private static final class TeoModel implements Model {
    private final List<IdleState> states;
    private final int[][] bins; // hits and intercepts of each state
    private int total;
    private int early;
    private int ticks;
    private int brief;
    private long timer;

    TeoModel(List<IdleState> states) {
      this.states = states;
      this.bins = new int[states.size()][2];
    }

    @Override
    public Choice decide(Stay last, long sleepNs, long eventNs, boolean stopped) {
      if (last != null) {
        update(last);
      }
      timer = Long.MAX_VALUE;
      int deepest = states.size() - 1;
      int above = IntStream.range(0, deepest).map(i -> bins[i][1]).sum();
      int rest = total - IntStream.range(0, deepest).map(i -> bins[i][0]).sum();
      int idx = deepest;
      if (2 * above > rest) {
        int least = 0;
        while (stopped && least < deepest && residency(states, least) < TICK) {
          least++;
        }
        for (int i = deepest - 1; i >= least; i--) {
          idx = i;
          if (2 * IntStream.range(i, deepest).map(b -> bins[b][1]).sum() > above) {
            break;
          }
        }
      }
      if (residency(states, idx) < 15_000 && 2 * brief >= total) {
        return new Choice(idx, false);
      }
      timer = sleepNs;
      if (idx == 0) {
        return new Choice(0, false);
      }
      long duration = sleepNs;
      if (residency(states, idx) > duration) {
        idx = fitting(states, idx, duration);
      }
      if (residency(states, idx) < TICK && early > total / 2 + total / 8) {
        duration = TICK / 2;
      }
      if ((idx != 0 && duration >= TICK) || stopped) {
        return new Choice(idx, true);
      }
      return new Choice(idx > 0 && residency(states, idx) > eventNs ? fitting(states, idx, eventNs) : idx, false);
    }

    private static int decay(int metric) {
      return metric < 8 ? 0 : metric - metric / 8;
    }

    private int bin(long ns) {
      return IntStream.range(0, states.size()).filter(i -> residency(states, i) <= ns).max().orElse(0);
    }

    private void update(Stay last) {
      long latency = exit(states, last.state());
      long stayed = last.residencyNs();
      long measured = last.timedOut() ? Long.MAX_VALUE : stayed >= latency ? stayed - latency / 2 : stayed / 2;
      brief = decay(brief) + (!last.timedOut() && (stayed < latency || measured < 15_000) ? 1024 : 0);
      for (int[] bin : bins) {
        bin[0] = decay(bin[0]);
        bin[1] = decay(bin[1]);
      }
      total = 1024 + Arrays.stream(bins).mapToInt(b -> b[0] + b[1]).sum();
      early = decay(early);
      ticks = decay(ticks) + (last.tickCame() ? 1024 : 0);
      int expected = bin(timer);
      int actual = bin(Math.min(timer, measured));
      if (last.tickCame() && 3 * ticks > 2 * total) {
        bins[states.size() - 1][0] += 1024;
      } else if (expected == actual) {
        bins[expected][0] += 1024;
      } else {
        bins[actual][1] += 1024;
        early += measured <= TICK ? 1024 : 0;
      }
    }
  }

  /** Idle CPUs of several habits, one after the other. */
  private static void compare(IdlePolicy policy, Model model, Pretend guest) {
    SplittableRandom random = new SplittableRandom(20_261_124);
    List<IdleState> states = policy.states();
    int[] seen = new int[states.size()];
    Stay last = null;
    boolean stopped = false;
    for (int i = 0; i < 60_000; i++) {
      int habit = i / 3_000 % 5;
      long sleep = random.nextInt(8) == 0 ? Long.MAX_VALUE : random.nextLong(1L << (habit < 2 ? 12 : random.nextInt(8, 34)));
      guest.nextEventNs = Math.min(sleep, stopped ? Long.MAX_VALUE : random.nextLong(TICK));
      guest.pass = i % 3;
      guest.tickCame = last != null && last.tickCame();
      Choice expected = model.decide(last, sleep, guest.nextEventNs, stopped);
      int state = policy.select(i, sleep, stopped);
      assertThat(new Choice(state, policy.stopsTick())).as("pass %d after %s", i, last).isEqualTo(expected);
      seen[state]++;
      stopped |= expected.stopsTick();
      if (random.nextInt(10) == 0) {
        last = null; // a task came before the state was entered
        guest.tickCame = false;
        stopped = false;
        continue;
      }
      long stay = switch (habit) {
        case 0 -> 9_000 + random.nextLong(500);
        case 1 -> random.nextLong(4_000);
        case 2 -> 300_000 + random.nextLong(20_000);
        case 3 -> random.nextInt(4) == 0 ? 40_000_000 : 60_000 + random.nextLong(1_000);
        default -> random.nextLong(1L << random.nextInt(8, 36));
      };
      boolean polledOut = state == 0 && stay > policy.pollNs();
      last = new Stay(state, Math.min(stay, polledOut ? policy.pollNs() : sleep), polledOut, random.nextInt(12) == 0);
      policy.reflect(state, last.residencyNs(), polledOut);
      stopped &= random.nextBoolean();
    }
    assertThat(seen).as("each state is met").doesNotContain(0);
  }

  @ParameterizedTest
  @CsvSource({
    "4.19, true", "4.20, true", "5.15, true", "6.6, true", "6.12, true", "6.15, true", "7.1, true", "4.19, false",
    "6.12, false", "7.1, false"
  })
  void menuDecidesAsItsSourceReads(String kernel, boolean mwait) {
    Pretend guest = new Pretend(kernel, mwait ? Pretend.SKYLAKE_X : List.of());
    IdlePolicy menu = new MenuGovernor(new StateTable(List.of(), guest), guest);
    compare(menu, new MenuModel(menu.states(), guest.kernel().orElseThrow()), guest);
  }

  @ParameterizedTest
  @CsvSource({"true", "false"})
  void teoDecidesAsItsSourceReads(boolean mwait) {
    Pretend guest = new Pretend("7.1", mwait ? Pretend.SKYLAKE_X : List.of());
    IdlePolicy teo = new TeoGovernor(new StateTable(List.of(), guest), guest);
    compare(teo, new TeoModel(teo.states()), guest);
  }
}
