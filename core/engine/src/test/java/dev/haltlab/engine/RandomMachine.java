package dev.haltlab.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.haltlab.spi.Basis;
import dev.haltlab.spi.Body;
import dev.haltlab.spi.CState;
import dev.haltlab.spi.Cost;
import dev.haltlab.spi.Cpu;
import dev.haltlab.spi.Dist;
import dev.haltlab.spi.Event;
import dev.haltlab.spi.Feature;
import dev.haltlab.spi.Guest;
import dev.haltlab.spi.HaltPoll;
import dev.haltlab.spi.Hertz;
import dev.haltlab.spi.HostProfile;
import dev.haltlab.spi.IdlePolicy;
import dev.haltlab.spi.IdleState;
import dev.haltlab.spi.KernelVersion;
import dev.haltlab.spi.Probe;
import dev.haltlab.spi.Seat;
import dev.haltlab.spi.Socket;
import dev.haltlab.spi.Step;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * A small machine drawn at random: pCPUs, VMs pinned or free and often more vCPUs than pCPUs, strategies, idle
 * policies, host tasks, and guests whose tasks do a finite amount of work through sockets, events and sleeps. Its
 * strategies and tasks keep books, which the outcome must agree with.
 */
final class RandomMachine {
  private static final long US = 1_000;
  private static final long MS = 1_000_000;

  /** Whether the run counts from time 0 on, as the books do; else from the primary VM's first transaction. */
  final boolean countsFromStart;
  final List<Books> books = new ArrayList<>();

  private final SplittableRandom random;
  private final SplittableRandom options;
  private final boolean constantPrices;
  private final SimulationSpec.Host host;
  private final List<SimulationSpec.Vm> vms = new ArrayList<>();

  /** What the tasks and strategies of one VM saw. */
  static final class Books {
    final boolean bare;
    final boolean forbidden;
    final List<Strategy> strategies = new ArrayList<>();
    final List<long[]> sentAndReceived = new ArrayList<>();
    int tasks;
    int finished;

    Books(boolean bare, boolean forbidden) {
      this.bare = bare;
      this.forbidden = forbidden;
    }
  }

  RandomMachine(long seed) {
    this.random = new SplittableRandom(seed);
    this.options = new SplittableRandom(~seed);
    this.countsFromStart = seed % 2 == 0;
    this.constantPrices = random.nextBoolean();
    int pcpus = 1 + random.nextInt(4);
    this.host =
        new SimulationSpec.Host(
            profile(), KernelVersion.parse(pick("3.11", "4.9", "5.16", "5.17", "6.1", "6.15")), pick(100, 250, 1_000), pcpus,
            random.nextInt(2), governor(), options.nextBoolean() ? 0 : options.nextLong(500 * US),
            options.nextBoolean() ? 0 : 1 + options.nextLong(3 * US), hostTasks(pcpus));
    int count = 1 + random.nextInt(3);
    for (int i = 0; i < count; i++) {
      vms.add(vm("vm" + i, pcpus, i > 0 || !countsFromStart));
    }
  }

  private HostIdleGovernor governor() {
    return HostIdleGovernor.values()[options.nextInt(HostIdleGovernor.values().length)];
  }

  @SafeVarargs
  private <T> T pick(T... choices) {
    return choices[random.nextInt(choices.length)];
  }

  private boolean oneIn(int n) {
    return random.nextInt(n) == 0;
  }

  SimulationSpec spec(long runSeed, long forNs) {
    return new SimulationSpec(runSeed, false, host, vms, 0, 0, forNs);
  }

  int pcpus() {
    return host.pcpus();
  }

  boolean hasHostTasks() {
    return !host.tasks().isEmpty();
  }

  /** The same guest on bare metal, if it can be. */
  boolean runsNatively() {
    return vms.size() == 1 && vms.get(0).pin().stream().distinct().count() == vms.get(0).vcpus();
  }

  SimulationSpec nativeSpec(long runSeed, long forNs) {
    return new SimulationSpec(runSeed, true, host, vms, 0, 0, forNs);
  }

  // --- the host ---

  private HostProfile profile() {
    Map<Step, Cost> steps = new EnumMap<>(Step.class);
    for (Step step : Step.values()) {
      steps.put(step, cost());
    }
    Set<Feature> features = EnumSet.noneOf(Feature.class);
    for (Feature feature : Feature.values()) {
      if (random.nextBoolean()) {
        features.add(feature);
      }
    }
    List<CState> cstates =
        List.of(
            new CState("C1", Duration.ofNanos(random.nextInt(3_000)), Duration.ZERO, -1),
            new CState("C6", Duration.ofNanos(3_000 + random.nextInt(90_000)), Duration.ofNanos(200_000), -1));
    return new HostProfile("drawn", Hertz.parse("1GHz"), steps, cstates, features);
  }

  private Cost cost() {
    long ns = oneIn(10) ? 0 : 1 + random.nextInt(oneIn(8) ? 12_000 : 1_200);
    Cost constant = Cost.ofNs(ns, Basis.ASSUMED, "drawn");
    if (constantPrices) {
      return constant;
    }
    long ps = ns * 1_000;
    return new Cost(
        ps / 2, ps, ps + ps / 5, 2 * ps, 4 * ps, new Cost.Rare(oneIn(3) ? 10_000 : 0, 20 * ps), Basis.ASSUMED, "drawn");
  }

  private List<SimulationSpec.HostTask> hostTasks(int pcpus) {
    List<SimulationSpec.HostTask> tasks = new ArrayList<>();
    for (int i = random.nextInt(5) - 2; i > 0; i--) {
      long periodNs = 100 * US + random.nextLong(5 * MS);
      long burstNs = oneIn(4) ? periodNs : 1 + random.nextLong(periodNs / 2);
      tasks.add(new SimulationSpec.HostTask("task" + i, random.nextInt(pcpus + 1) - 1, periodNs, burstNs));
    }
    return tasks;
  }

  // --- VMs ---

  private SimulationSpec.Vm vm(String name, int pcpus, boolean measures) {
    boolean bare = oneIn(4);
    boolean forbidden = oneIn(8);
    Books mine = new Books(bare, forbidden);
    books.add(mine);
    int vcpus = 1 + random.nextInt(3);
    List<Integer> pin = new ArrayList<>();
    if (random.nextBoolean()) {
      for (int i = 0; i < vcpus; i++) {
        pin.add(random.nextInt(pcpus));
      }
    }
    int kind = random.nextInt(6);
    Function<Seat, HaltPoll> haltPoll =
        seat -> {
          Strategy strategy = kind == 5 ? new Bound(seat, forbidden) : new Strategy(kind, seat, forbidden);
          mine.strategies.add(strategy);
          return strategy;
        };
    int idleKind = random.nextInt(5);
    Function<Seat, IdlePolicy> idle = seat -> new Idle(idleKind, seat);
    long plan = random.nextLong();
    KernelVersion kernel = KernelVersion.parse(pick("3.16", "5.15", "7.1"));
    Set<PassThrough> passThrough = EnumSet.noneOf(PassThrough.class);
    for (PassThrough each : PassThrough.values()) {
      if (oneIn(3)) {
        passThrough.add(each);
      }
    }
    return new SimulationSpec.Vm(
        name, bare ? null : kernel, pick(100, 250, 1_000), random.nextBoolean(), vcpus, pin, forbidden,
        pick(ApicTimer.values()), passThrough, haltPoll, idle,
        guest -> new Workload(guest, mine, new SplittableRandom(plan), measures).define());
  }

  /** Some strategy, which checks that it is spoken to as the contract says, and keeps count. */
  static class Strategy implements HaltPoll {
    private final int kind;
    private final Seat seat;
    private final boolean forbidden;
    private long lastNs;
    private long blockedNs;
    private long budgetNs = -1;
    private boolean asked;
    private long windowNs = 5 * US;

    long budgets;
    long wokens;
    long attempts;
    long sleeps;
    long polledNs;
    long waitedNs;

    Strategy(int kind, Seat seat, boolean forbidden) {
      this.kind = kind;
      this.seat = seat;
      this.forbidden = forbidden;
    }

    boolean isBound() {
      return false;
    }

    @Override
    public long budget(long nowNs) {
      assertThat(nowNs).isGreaterThanOrEqualTo(lastNs);
      assertThat(asked && !forbidden).as("asked twice without being told").isFalse();
      assertThat(seat.host().otherRunnable()).isNotNegative();
      lastNs = nowNs;
      blockedNs = nowNs;
      asked = true;
      budgets++;
      budgetNs =
          switch (kind) {
            case 0 -> 0;
            case 1 -> 50 * US;
            case 2, 3 -> HaltPoll.FOREVER;
            default -> windowNs;
          };
      return budgetNs;
    }

    @Override
    public void woken(long nowNs, long haltNs, long polled, boolean slept, boolean valid) {
      assertThat(forbidden).isFalse();
      assertThat(asked).as("told without being asked").isTrue();
      assertThat(valid).isTrue();
      assertThat(nowNs).isGreaterThanOrEqualTo(lastNs);
      assertThat(polled).isBetween(0L, haltNs);
      assertThat(haltNs).isBetween(0L, nowNs - blockedNs);
      if (budgetNs == 0) {
        assertThat(polled).isZero();
      }
      lastNs = nowNs;
      asked = false;
      wokens++;
      polledNs += polled;
      if (slept) {
        sleeps++;
        waitedNs += haltNs - polled;
      }
      if (isBound() ? !slept : budgetNs > 0) {
        attempts++;
      }
      if (haltNs > windowNs) {
        windowNs = haltNs > 200 * US ? windowNs / 2 : 10 * US + seat.random().nextInt(100_000);
      }
    }

    @Override
    public long windowNs() {
      return kind == 4 ? windowNs : -1;
    }

    @Override
    public boolean yields() {
      return kind != 3;
    }

    boolean inFlight() {
      return asked && !forbidden;
    }
  }

  private static final class Bound extends Strategy implements HaltPoll.Hindsight {
    Bound(Seat seat, boolean forbidden) {
      super(1, seat, forbidden);
    }

    @Override
    boolean isBound() {
      return true;
    }
  }

  /** Halts with or without the tick, spins, waits on the flag, or takes one state or another by chance. */
  private static final class Idle implements IdlePolicy {
    private final int kind;
    private final RandomGenerator random;
    private final List<IdleState> states = new ArrayList<>();
    private int entered = -1;
    private long lastNs;

    Idle(int kind, Seat seat) {
      this.kind = kind;
      this.random = seat.random();
      states.add(new IdleState("HLT", IdleState.Kind.HLT, 1_000, 1_000));
      states.add(new IdleState("POLL", IdleState.Kind.POLL, 0, 0));
      for (CState reached : seat.guest().mwaitStates()) {
        states.add(new IdleState(reached.name(), IdleState.Kind.MWAIT, reached.exitLatency().toNanos(), 0));
      }
    }

    @Override
    public List<IdleState> states() {
      return states;
    }

    @Override
    public int select(long nowNs, long sleepNs, boolean tickStopped) {
      assertThat(nowNs).isGreaterThanOrEqualTo(lastNs);
      assertThat(sleepNs).isNotNegative();
      lastNs = nowNs;
      entered =
          switch (kind) {
            case 0, 1 -> 0;
            case 2 -> 1;
            case 3 -> states.size() - 1;
            default -> random.nextInt(states.size());
          };
      return entered;
    }

    @Override
    public boolean stopsTick() {
      return kind == 0 || (kind == 4 && entered == 0);
    }

    @Override
    public long pollNs() {
      return kind == 2 ? HaltPoll.FOREVER : 20 * US;
    }

    @Override
    public void reflect(int state, long residencyNs, boolean pollTimedOut) {
      assertThat(state).isEqualTo(entered);
      assertThat(residencyNs).isNotNegative();
      assertThat(pollTimedOut && state != 1).isFalse();
    }
  }

  // --- what the guests do ---

  /** Tasks that end, and tasks that serve them: when all is done, nothing may be left in a socket or asleep. */
  private static final class Workload {
    private final Guest guest;
    private final Books books;
    private final SplittableRandom random;
    private final boolean measures;

    Workload(Guest guest, Books books, SplittableRandom random, boolean measures) {
      this.guest = guest;
      this.books = books;
      this.random = random;
      this.measures = measures;
    }

    private @Nullable Probe probe(String name) {
      return measures ? guest.probe(name) : null;
    }

    private static void start(Cpu cpu, @Nullable Probe probe) {
      if (probe != null) {
        cpu.start(probe);
      }
    }

    private static void stop(Cpu cpu, @Nullable Probe probe) {
      if (probe != null) {
        cpu.stop(probe);
      }
    }

    void define() {
      books.tasks = 0;
      books.finished = 0;
      books.sentAndReceived.clear();
      int parts = 1 + random.nextInt(4);
      for (int i = 0; i < parts; i++) {
        switch (random.nextInt(5)) {
          case 0 -> pingPong("ping-pong" + i);
          case 1 -> pipeline("pipeline" + i);
          case 2 -> signals("signals" + i);
          case 3 -> fanIn("fan-in" + i);
          default -> barrier("barrier" + i);
        }
      }
      if (random.nextInt(3) == 0) {
        guest.wheelTimers(anyVcpu(), Dist.exponential(Duration.ofMillis(1 + random.nextInt(100))));
      }
    }

    private int anyVcpu() {
      return random.nextInt(guest.vcpus());
    }

    private int anyPlace() {
      return random.nextInt(3) == 0 ? Guest.ANY : anyVcpu();
    }

    private int some() {
      return 1 + random.nextInt(12);
    }

    /** A task that takes {@code turns} turns of its own verbs, with work or sleep between them, and then ends. */
    private void finite(String name, int turns, Turn... verbs) {
      books.tasks++;
      guest.task(name, anyPlace(), new Body() {
        private final SplittableRandom chance = random.split();
        private int next;
        private int done;
        private boolean rested = true;
        private long lastNs;
        private long sleepingUntilNs;

        @Override
        public void next(Cpu cpu) {
          assertThat(cpu.nowNs()).isGreaterThanOrEqualTo(Math.max(lastNs, sleepingUntilNs));
          lastNs = cpu.nowNs();
          if (!rested) {
            rested = true;
            rest(cpu);
            return;
          }
          if (done == turns) {
            books.finished++;
            cpu.exit();
            return;
          }
          verbs[next].issue(cpu);
          next = (next + 1) % verbs.length;
          if (next == 0) {
            done++;
            rested = false;
          }
        }

        private void rest(Cpu cpu) {
          switch (chance.nextInt(4)) {
            case 0 -> cpu.compute(0);
            case 1 -> cpu.compute(chance.nextInt(200_000));
            case 2 -> {
              long ns = chance.nextInt(400_000);
              sleepingUntilNs = cpu.nowNs() + ns;
              cpu.sleep(ns);
            }
            default -> {
              sleepingUntilNs = cpu.nowNs() - 5_000 + chance.nextInt(100_000);
              cpu.sleepUntil(sleepingUntilNs);
            }
          }
        }
      });
    }

    private void endless(String name, Turn... verbs) {
      int[] next = {0};
      guest.task(name, anyPlace(), cpu -> verbs[next[0]++ % verbs.length].issue(cpu));
    }

    @FunctionalInterface
    private interface Turn {
      void issue(Cpu cpu);
    }

    private long[] book() {
      long[] sentAndReceived = new long[2];
      books.sentAndReceived.add(sentAndReceived);
      return sentAndReceived;
    }

    private static void sent(long[] book) {
      book[0]++;
    }

    private static void received(long[] book) {
      book[1]++;
      assertThat(book[1]).as("messages received, of those sent").isLessThanOrEqualTo(book[0]);
    }

    private void pingPong(String name) {
      Socket request = guest.socket(name + " request");
      Socket reply = guest.socket(name + " reply");
      Probe probe = probe(name);
      long[] there = book();
      long[] back = book();
      long workNs = random.nextInt(30_000);
      finite(name + " client", some(), cpu -> {
        start(cpu, probe);
        sent(there);
        cpu.send(request, 1);
      }, cpu -> cpu.receive(reply), cpu -> {
        received(back);
        stop(cpu, probe);
        cpu.compute(workNs);
      });
      endless(name + " server", cpu -> cpu.receive(request), cpu -> {
        received(there);
        cpu.compute(workNs);
      }, cpu -> {
        sent(back);
        cpu.send(reply, 1);
      });
    }

    private void pipeline(String name) {
      Socket first = guest.socket(name + " 1");
      Socket second = guest.socket(name + " 2");
      Probe probe = probe(name);
      long[] one = book();
      long[] two = book();
      int producers = 1 + random.nextInt(3);
      for (int i = 0; i < producers; i++) {
        finite(name + " producer " + i, some(), cpu -> {
          start(cpu, probe);
          sent(one);
          cpu.send(first, 1);
        });
      }
      int relays = 1 + random.nextInt(3);
      long workNs = random.nextInt(50_000);
      for (int i = 0; i < relays; i++) {
        endless(name + " relay " + i, cpu -> cpu.receive(first), cpu -> {
          received(one);
          cpu.compute(workNs);
        }, cpu -> {
          sent(two);
          cpu.send(second, 1);
        });
      }
      endless(name + " sink", cpu -> cpu.receive(second), cpu -> {
        received(two);
        stop(cpu, probe);
        cpu.compute(1);
      });
    }

    private void fanIn(String name) {
      Socket[] sockets = new Socket[1 + random.nextInt(4)];
      long[][] booked = new long[sockets.length][];
      for (int i = 0; i < sockets.length; i++) {
        sockets[i] = guest.socket(name + " " + i);
        booked[i] = book();
        Socket mine = sockets[i];
        long[] myBook = booked[i];
        finite(name + " producer " + i, some(), cpu -> {
          sent(myBook);
          cpu.send(mine, 1);
        });
      }
      endless(name + " server", cpu -> cpu.receiveAny(sockets), cpu -> {
        Socket from = cpu.received();
        for (int i = 0; i < sockets.length; i++) {
          if (sockets[i] == from) {
            received(booked[i]);
          }
        }
        cpu.compute(1_000);
      });
    }

    private void signals(String name) {
      Event ping = guest.event(name + " ping", true);
      Event pong = guest.event(name + " pong", true);
      Probe probe = probe(name);
      int turns = some();
      finite(name + " a", turns, cpu -> {
        start(cpu, probe);
        cpu.signal(ping);
      }, cpu -> cpu.await(pong), cpu -> {
        stop(cpu, probe);
        cpu.compute(1);
      });
      finite(name + " b", turns, cpu -> cpu.await(ping), cpu -> cpu.signal(pong));
    }

    /** All wait for one manual event. */
    private void barrier(String name) {
      Event open = guest.event(name, false);
      int waiters = 1 + random.nextInt(4);
      for (int i = 0; i < waiters; i++) {
        finite(name + " waiter " + i, 1 + random.nextInt(2), cpu -> cpu.await(open));
      }
      finite(name + " opener", 1, cpu -> cpu.sleep(random.nextInt(2_000_000)), cpu -> cpu.signal(open));
    }
  }
}
