package dev.haltlab.engine.sim;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Pins fairness: a thread that waits is not forgotten, and over time all that want the CPU get as much of it. */
final class FairQueueLawsTest {
  private static final long MS = 1_000_000;
  private static final long TICK_NS = MS;
  /** How long one runs while others wait, at most: until the first tick after its slice. */
  private static final long LONGEST_SLICE_NS = 6 * MS + TICK_NS;

  private static final class Thread extends FairQueue.Entity {
    final String name;

    Thread(String name) {
      this.name = name;
    }

    @Override
    public String toString() {
      return name;
    }
  }

  private static List<Thread> threads(int number) {
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < number; i++) {
      threads.add(new Thread("t" + i));
    }
    return threads;
  }

  // --- the rules, one by one ---

  @Test
  void anEmptyQueueHasNobodyToTake() {
    FairQueue<Thread> queue = new FairQueue<>();
    assertThat(queue.take()).isNull();
    assertThat(queue.isEmpty()).isTrue();
    assertThat(queue.size()).isZero();
  }

  @Test
  void whoHasRunAsLongIsTakenInTheOrderOfArrival() {
    FairQueue<Thread> queue = new FairQueue<>();
    List<Thread> threads = threads(9);
    threads.forEach(queue::addWoken);
    List<Thread> taken = new ArrayList<>();
    for (Thread t = queue.take(); t != null; t = queue.take()) {
      taken.add(t);
    }
    assertThat(taken).isEqualTo(threads);
  }

  @Test
  void whoHasRunLessIsTakenFirst() {
    FairQueue<Thread> queue = new FairQueue<>();
    Thread longer = new Thread("longer");
    Thread shorter = new Thread("shorter");
    run(queue, longer, 0, 2 * MS);
    run(queue, shorter, 2 * MS, 3 * MS);
    queue.addPreempted(longer);
    queue.addPreempted(shorter);
    assertThat(queue.take()).isSameAs(shorter);
  }

  @Test
  void aLongSleepEarnsHalfALatencyAndNoMore() {
    FairQueue<Thread> queue = new FairQueue<>();
    Thread hog = new Thread("hog");
    Thread sleeper = new Thread("sleeper");
    run(queue, sleeper, 0, MS);
    run(queue, hog, MS, 1_001 * MS); // runs for a second
    queue.addWoken(sleeper);
    Thread woken = queue.take();
    assertThat(woken).isSameAs(sleeper);
    queue.started(sleeper, 1_001 * MS);
    queue.addPreempted(hog);
    queue.charge(sleeper, 1_001 * MS + 3 * MS - 1);
    queue.addPreempted(sleeper);
    assertThat(queue.take()).as("3 ms less 1 ns later").isSameAs(sleeper);
    queue.started(sleeper, 1_004 * MS - 1);
    queue.charge(sleeper, 1_004 * MS + 1);
    queue.addPreempted(sleeper);
    assertThat(queue.take()).as("3 ms and 1 ns later").isSameAs(hog);
  }

  @ParameterizedTest
  @CsvSource({"999999, false", "1000000, false", "1000001, true"})
  void aWokenOneTakesOverFromOneThatIsMoreThanAMillisecondAhead(long aheadNs, boolean takesOver) {
    FairQueue<Thread> queue = new FairQueue<>();
    Thread running = new Thread("running");
    Thread woken = new Thread("woken");
    queue.started(running, 0);
    queue.addWoken(woken);
    assertThat(queue.preempts(woken, running, aheadNs)).isEqualTo(takesOver);
  }

  @ParameterizedTest
  @CsvSource({"1, 3000000", "2, 2000000", "5, 1000000", "7, 750000", "40, 750000"})
  void aSliceIsAShareOfTheLatencyAndNeverTiny(int others, long sliceNs) {
    FairQueue<Thread> queue = new FairQueue<>();
    Thread running = new Thread("running");
    queue.started(running, 77);
    threads(others).forEach(queue::addWoken);
    assertThat(queue.sliceOver(running, 77 + sliceNs - 1)).isFalse();
    assertThat(queue.sliceOver(running, 77 + sliceNs)).isTrue();
  }

  @Test
  void aSliceLastsWhileNobodyWaits() {
    FairQueue<Thread> queue = new FairQueue<>();
    Thread running = new Thread("running");
    queue.started(running, 0);
    assertThat(queue.sliceOver(running, 1_000 * MS)).isFalse();
  }

  private static void run(FairQueue<Thread> queue, Thread thread, long fromNs, long toNs) {
    queue.started(thread, fromNs);
    queue.charge(thread, toNs);
  }

  // --- laws, on a CPU whose threads run, sleep and are preempted ---

  /** One CPU, ticks and threads with habits: the caller's loop of the run queue, and what each thread got. */
  private static final class OneCpu {
    final FairQueue<Thread> queue = new FairQueue<>();
    final List<Thread> threads;
    final long[] ranNs;
    final long[] waitedSinceNs;
    final long[] wakeNs;
    final long[] wantsNs;
    final SplittableRandom random;
    final int hogs;
    long longestWaitNs;
    @Nullable Thread running;
    long nowNs;

    OneCpu(int hogs, int sleepers, long seed) {
      this.hogs = hogs;
      this.threads = threads(hogs + sleepers);
      this.random = new SplittableRandom(seed);
      int n = hogs + sleepers;
      ranNs = new long[n];
      waitedSinceNs = new long[n];
      wakeNs = new long[n];
      wantsNs = new long[n];
      for (int i = 0; i < n; i++) {
        wantsNs[i] = i < hogs ? Long.MAX_VALUE / 2 : 0;
        wakeNs[i] = i < hogs ? 0 : random.nextLong(20 * MS);
      }
    }

    /** In steps of 50 us: who wakes up, who has had enough, whose slice is over. */
    void run(long untilNs) {
      long stepNs = 50_000;
      for (; nowNs < untilNs; nowNs += stepNs) {
        for (int i = 0; i < threads.size(); i++) {
          if (wakeNs[i] >= 0 && wakeNs[i] <= nowNs) {
            wake(i);
          }
        }
        if (running != null && nowNs % TICK_NS == 0) {
          queue.charge(running, nowNs);
          if (queue.sliceOver(running, nowNs)) {
            giveUp();
          }
        }
        if (running == null) {
          dispatch();
        }
        if (running != null) {
          runFor(stepNs);
        }
      }
    }

    private void wake(int i) {
      wakeNs[i] = -1;
      if (i >= hogs) {
        wantsNs[i] = 50_000 + random.nextLong(6 * MS);
      }
      waitedSinceNs[i] = nowNs;
      queue.addWoken(threads.get(i));
      if (running != null && queue.preempts(threads.get(i), running, nowNs)) {
        giveUp();
      }
    }

    private void giveUp() {
      Thread leaving = running;
      queue.charge(leaving, nowNs);
      waitedSinceNs[threads.indexOf(leaving)] = nowNs;
      queue.addPreempted(leaving);
      running = null;
    }

    private void dispatch() {
      running = queue.take();
      if (running != null) {
        queue.started(running, nowNs);
        longestWaitNs = Math.max(longestWaitNs, nowNs - waitedSinceNs[threads.indexOf(running)]);
      }
    }

    private void runFor(long ns) {
      int i = threads.indexOf(running);
      ranNs[i] += ns;
      wantsNs[i] -= ns;
      if (wantsNs[i] <= 0) {
        queue.charge(running, nowNs + ns);
        running = null;
        wakeNs[i] = nowNs + ns + random.nextLong(10 * MS);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 3, 5, 8, 13})
  void thoseThatAlwaysWantTheCpuGetEqualSharesWithinASlice(int hogs) {
    OneCpu cpu = new OneCpu(hogs, 0, hogs);
    for (long untilNs = 200 * MS; untilNs <= 4_000 * MS; untilNs += 173 * MS) {
      cpu.run(untilNs);
      long most = Long.MIN_VALUE;
      long least = Long.MAX_VALUE;
      long all = 0;
      for (long ran : cpu.ranNs) {
        most = Math.max(most, ran);
        least = Math.min(least, ran);
        all += ran;
      }
      assertThat(most - least).isLessThanOrEqualTo(Math.max(MS, 6 * MS / hogs) + TICK_NS);
      assertThat(all).as("the CPU is never idle while somebody waits").isEqualTo(cpu.nowNs);
    }
  }

  @ParameterizedTest
  @CsvSource({"1, 1, 1", "1, 4, 2", "2, 2, 3", "3, 6, 4", "6, 10, 5", "0, 12, 6"})
  void nobodyStarvesWhateverOthersDo(int hogs, int sleepers, long seed) {
    OneCpu cpu = new OneCpu(hogs, sleepers, seed);
    cpu.run(5_000 * MS);
    // who waits is at most one slice ahead of the hindmost, and a sleeper comes back at most 3 ms behind that one: each
    // other can run for what lies between, and finish the slice it is in
    long each = LONGEST_SLICE_NS + 3 * MS + LONGEST_SLICE_NS;
    assertThat(cpu.longestWaitNs).isLessThanOrEqualTo((hogs + sleepers) * each);
    long hogShare = 0;
    for (int i = 0; i < hogs; i++) {
      hogShare = Math.max(hogShare, cpu.ranNs[i]);
      assertThat(cpu.ranNs[i]).as("a fair share, at least").isGreaterThan(cpu.nowNs / (hogs + sleepers) - 20 * MS);
    }
    for (int i = hogs; i < hogs + sleepers && hogs > 0; i++) {
      assertThat(cpu.ranNs[i]).as("no more than one that never sleeps").isLessThanOrEqualTo(hogShare + 20 * MS);
    }
  }

  // --- against a plain one ---

  /** A thread as a record of what it is owed; the queue a list. */
  private static final class Plain {
    final Thread thread;
    long virtualNs;
    long sinceNs;
    long sliceNs;
    int arrival;

    Plain(Thread thread) {
      this.thread = thread;
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void agreesWithASortedListUnderRandomOperations(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    FairQueue<Thread> queue = new FairQueue<>();
    List<Plain> asleep = new ArrayList<>(threads(2 + (int) seed * 3).stream().map(Plain::new).toList());
    List<Plain> waiting = new ArrayList<>();
    Plain running = null;
    long floorNs = 0; // virtual time never goes back
    int arrivals = 0;
    long nowNs = 0;
    for (int step = 0; step < 30_000; step++) {
      nowNs += random.nextLong(random.nextBoolean() ? 3 : 2 * MS); // equals are common
      switch (random.nextInt(6)) {
        case 0, 1 -> { // somebody wakes up
          if (asleep.isEmpty()) {
            continue;
          }
          Plain woken = asleep.remove(random.nextInt(asleep.size()));
          woken.virtualNs = Math.max(woken.virtualNs, floorNs - 3 * MS);
          woken.arrival = arrivals++;
          waiting.add(woken);
          queue.addWoken(woken.thread);
          if (running != null) {
            floorNs = charge(running, nowNs, waiting, floorNs);
            assertThat(queue.preempts(woken.thread, running.thread, nowNs))
                .isEqualTo(running.virtualNs - woken.virtualNs > MS);
          }
        }
        case 2 -> { // the running one sleeps or is preempted
          if (running == null) {
            continue;
          }
          floorNs = charge(running, nowNs, waiting, floorNs);
          queue.charge(running.thread, nowNs);
          if (random.nextBoolean()) {
            asleep.add(running);
          } else {
            running.arrival = arrivals++;
            waiting.add(running);
            queue.addPreempted(running.thread);
          }
          running = null;
        }
        case 3, 4 -> { // the next one
          if (running != null) {
            continue;
          }
          Plain next =
              waiting.stream()
                  .min(Comparator.<Plain>comparingLong(p -> p.virtualNs).thenComparingInt(p -> p.arrival)).orElse(null);
          Thread taken = queue.take();
          assertThat(taken).as("step %d", step).isSameAs(next == null ? null : next.thread);
          if (next != null) {
            waiting.remove(next);
            running = next;
            running.sinceNs = nowNs;
            running.sliceNs = nowNs;
            floorNs = Math.max(floorNs, running.virtualNs);
            queue.started(taken, nowNs);
          }
        }
        default -> { // a tick
          if (running == null) {
            continue;
          }
          floorNs = charge(running, nowNs, waiting, floorNs);
          queue.charge(running.thread, nowNs);
          boolean over =
              !waiting.isEmpty() && nowNs - running.sliceNs >= Math.max(750_000, 6 * MS / (waiting.size() + 1));
          assertThat(queue.sliceOver(running.thread, nowNs)).isEqualTo(over);
        }
      }
      assertThat(queue.size()).isEqualTo(waiting.size());
      assertThat(queue.isEmpty()).isEqualTo(waiting.isEmpty());
    }
  }

  private static long charge(Plain running, long nowNs, List<Plain> waiting, long floorNs) {
    running.virtualNs += nowNs - running.sinceNs;
    running.sinceNs = nowNs;
    long least = waiting.stream().mapToLong(p -> p.virtualNs).min().orElse(Long.MAX_VALUE);
    return Math.max(floorNs, Math.min(least, running.virtualNs));
  }
}
