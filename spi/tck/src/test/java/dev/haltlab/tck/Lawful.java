package dev.haltlab.tck;

import dev.haltlab.spi.Basis;
import dev.haltlab.spi.Body;
import dev.haltlab.spi.Bytes;
import dev.haltlab.spi.CState;
import dev.haltlab.spi.Cost;
import dev.haltlab.spi.Cpu;
import dev.haltlab.spi.Dist;
import dev.haltlab.spi.Event;
import dev.haltlab.spi.Feature;
import dev.haltlab.spi.Guest;
import dev.haltlab.spi.HaltPoll;
import dev.haltlab.spi.HaltPollProvider;
import dev.haltlab.spi.Hertz;
import dev.haltlab.spi.HostProfile;
import dev.haltlab.spi.IdlePolicy;
import dev.haltlab.spi.IdlePolicyProvider;
import dev.haltlab.spi.IdleState;
import dev.haltlab.spi.KernelVersion;
import dev.haltlab.spi.Probe;
import dev.haltlab.spi.Provider;
import dev.haltlab.spi.Sampler;
import dev.haltlab.spi.Script;
import dev.haltlab.spi.Seat;
import dev.haltlab.spi.Socket;
import dev.haltlab.spi.Step;
import dev.haltlab.spi.WorkloadProvider;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.random.RandomGenerator;

/** Plugins that use all of the contract and break none of it. */
public final class Lawful {
  private Lawful() {}

  static List<Provider<?>> all() {
    return List.of(new Learning(), new Menu(), new Mixed(), Plain.profile(Lawful::host));
  }

  /** Draws, asks the host, learns, shows a window, and polls without end now and then. */
  public static final class Learning implements HaltPollProvider<Learning.Config> {
    /** How to set it. */
    public enum Mode { CALM, EAGER }

    /** A nested record. */
    public record Limits(Duration most, long divisor) {
      public Limits {
        if (divisor < 1) {
          throw new IllegalArgumentException("divisor must be at least 1, was " + divisor);
        }
      }
    }

    /** All that may be set. */
    public record Config(
        boolean on, int count, Mode mode, String title, Duration window, Hertz clock, Bytes size, Dist time, Cost cost,
        KernelVersion kernel, Limits limits, List<Long> steps, Map<String, Limits> perVm, Optional<Integer> cap) {
      public Config {
        if (count < 0) {
          throw new IllegalArgumentException("count must be at least 0, was " + count);
        }
        if (cap.isPresent() && cap.get() < 0) {
          throw new IllegalArgumentException("cap: must be at least 0");
        }
        steps = List.copyOf(steps);
        perVm = new LinkedHashMap<>(perVm);
      }
    }

    @Override
    public String id() {
      return "learning-2";
    }

    @Override
    public Config defaults() {
      return new Config(
          true, 3, Mode.EAGER, "", Duration.ofNanos(50_000), new Hertz(1), new Bytes(1),
          Dist.exponential(Duration.ofNanos(1)), Cost.ofNs(1, Basis.ASSUMED, "x"), new KernelVersion(6, 1, 0),
          new Limits(Duration.ZERO, 1), List.of(1L), Map.of(), Optional.empty());
    }

    @Override
    public String summary() {
      return "learns";
    }

    @Override
    public Config complete(Config c) {
      return c.cap().isPresent() ? c : new Config(
          c.on(), c.count(), c.mode(), c.title(), c.window(), c.clock(), c.size(), c.time(), c.cost(), c.kernel(),
          c.limits(), c.steps(), c.perVm(), Optional.of(c.count()));
    }

    @Override
    public List<String> advice(Config config) {
      return config.window().isZero() ? List.of("window is 0: it will not poll") : List.of();
    }

    @Override
    public HaltPoll create(Config config, Seat seat) {
      RandomGenerator random = seat.random();
      return new HaltPoll() {
        private long windowNs = config.window().toNanos();

        @Override
        public long budget(long nowNs) {
          return seat.host().otherRunnable() > 1 ? 0 : random.nextInt(100) == 0 ? FOREVER : windowNs;
        }

        @Override
        public void woken(long nowNs, long haltNs, long polledNs, boolean slept, boolean valid) {
          windowNs = Math.min(haltNs, 1_000_000) / 2 + seat.host().stealNs() % 7;
        }

        @Override
        public long windowNs() {
          return windowNs;
        }
      };
    }
  }

  /** Two states, chosen by what the last sleeps were like. */
  public static final class Menu implements IdlePolicyProvider<Plain.Config> {
    @Override
    public String id() {
      return "menu";
    }

    @Override
    public Plain.Config defaults() {
      return new Plain.Config();
    }

    @Override
    public IdlePolicy create(Plain.Config config, Seat seat) {
      List<IdleState> states = List.of(
          new IdleState("POLL", IdleState.Kind.POLL, 0, 0), new IdleState("HLT", IdleState.Kind.HLT, 1_000, 2_000));
      return new IdlePolicy() {
        private long lastNs;
        private boolean deep;

        @Override
        public List<IdleState> states() {
          return states;
        }

        @Override
        public int select(long nowNs, long sleepNs, boolean tickStopped) {
          deep = Math.min(sleepNs, lastNs) > 20_000 || seat.random().nextInt(4) == 0;
          return deep ? 1 : 0;
        }

        @Override
        public boolean stopsTick() {
          return deep;
        }

        @Override
        public long pollNs() {
          return 30_000;
        }

        @Override
        public void reflect(int state, long residencyNs, boolean pollTimedOut) {
          lastNs = pollTimedOut ? Long.MAX_VALUE : residencyNs;
        }
      };
    }
  }

  /** Every verb, in scripts and in a body of its own; refuses a single vCPU. */
  public static final class Mixed implements WorkloadProvider<Plain.Config> {
    @Override
    public String id() {
      return "mixed";
    }

    @Override
    public Plain.Config defaults() {
      return new Plain.Config();
    }

    @Override
    public void define(Plain.Config config, Guest guest) {
      if (guest.vcpus() < 2) {
        throw new IllegalArgumentException("vcpus must be at least 2");
      }
      Socket job = guest.socket("job");
      Socket urgent = guest.socket("urgent");
      Socket reply = guest.socket("reply");
      Event tick = guest.event("tick", true);
      Event tock = guest.event("tock", true);
      Probe trip = guest.probe("trip");
      Probe beat = guest.probe("beat");
      long shift = guest.random("shift").nextInt(1_000);
      guest.task("client", 0, Script.forever().start(trip).send(job, 1).receive(reply).stop(trip)
          .compute(Dist.exponential(Duration.ofNanos(3_000 + shift))));
      guest.task("hasty", Guest.ANY, Script.forever().sleep(Dist.uniform(Duration.ZERO, Duration.ofNanos(90_000)))
          .send(urgent, new Bytes(9)));
      guest.task("server", 1, new Server(job, urgent, reply));
      guest.task("beat", 1, Script.forever().sleep(50_000).start(beat).signal(tick));
      guest.task("heart", Guest.ANY, new Heart(tick, tock, beat));
      guest.task("once", 0, Script.once().compute(5_000).exit());
      guest.wheelTimers(0, Dist.exponential(Duration.ofNanos(20_000_000)));
    }

    private static final class Heart implements Body {
      private final Event[] any;
      private final Probe beat;
      private long until;
      private boolean waited;

      Heart(Event tick, Event tock, Probe beat) {
        any = new Event[] {tick, tock};
        this.beat = beat;
      }

      @Override
      public void next(Cpu cpu) {
        waited = !waited;
        if (waited) {
          cpu.awaitAny(any);
        } else {
          cpu.stop(beat);
          until = cpu.nowNs() + 10_000;
          cpu.sleepUntil(until);
        }
      }
    }

    private static final class Server implements Body {
      private final Socket[] from;
      private final Socket urgent;
      private final Socket reply;
      private @org.jspecify.annotations.Nullable Sampler work;
      private int phase;

      Server(Socket job, Socket urgent, Socket reply) {
        from = new Socket[] {urgent, job};
        this.urgent = urgent;
        this.reply = reply;
      }

      @Override
      public void bind(RandomGenerator random) {
        work = Dist.exponential(Duration.ofNanos(2_000)).sampler(random);
      }

      @Override
      public void next(Cpu cpu) {
        if (phase == 0) {
          phase = 1;
          cpu.receiveAny(from);
        } else if (phase == 1 && cpu.received() != urgent) {
          phase = 2;
          cpu.compute(work == null ? 0 : work.nextNs());
        } else if (phase == 1) {
          phase = 0;
          cpu.compute(100);
        } else {
          phase = 0;
          cpu.send(reply, 1);
        }
      }
    }
  }

  private static HostProfile host() {
    Map<Step, Cost> steps = new LinkedHashMap<>();
    steps.put(Step.VM_EXIT, new Cost(1, 2, 3, 4, 5_000, new Cost.Rare(1, 1), Basis.FITTED, "Target used up: none"));
    steps.put(Step.VM_ENTRY, Cost.ofNs(0, Basis.ASSUMED, "free"));
    return new HostProfile(
        "Lawful, host 6.1", new Hertz(2_600_000_000L), steps,
        List.of(
            new CState("C1", Duration.ofNanos(1_000), Duration.ofNanos(1_000), 900),
            new CState("C6", Duration.ofNanos(80_000), Duration.ofNanos(300_000), -1)),
        new LinkedHashSet<>(List.of(Feature.POSTED_INTERRUPTS)));
  }
}
