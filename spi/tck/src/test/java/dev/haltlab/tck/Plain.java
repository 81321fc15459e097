package dev.haltlab.tck;

import dev.haltlab.spi.Guest;
import dev.haltlab.spi.HaltPoll;
import dev.haltlab.spi.HaltPollProvider;
import dev.haltlab.spi.HostProfile;
import dev.haltlab.spi.HostProfileProvider;
import dev.haltlab.spi.IdlePolicy;
import dev.haltlab.spi.IdlePolicyProvider;
import dev.haltlab.spi.IdleState;
import dev.haltlab.spi.Seat;
import dev.haltlab.spi.TraceReader;
import dev.haltlab.spi.TraceReaderProvider;
import dev.haltlab.spi.WorkloadProvider;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;

/** Providers of each kind around one piece of behaviour, lawful in all else. */
public final class Plain {
  static final List<IdleState> HLT = List.of(new IdleState("HLT", IdleState.Kind.HLT, 0, 0));

  private Plain() {}

  /** Nothing to set. */
  public record Config() {}

  static HaltPollProvider<Config> poll(Function<Seat, HaltPoll> create) {
    return new HaltPollProvider<>() {
      @Override
      public String id() {
        return "planted";
      }

      @Override
      public Config defaults() {
        return new Config();
      }

      @Override
      public HaltPoll create(Config config, Seat seat) {
        return create.apply(seat);
      }
    };
  }

  static IdlePolicyProvider<Config> idle(Function<Seat, IdlePolicy> create) {
    return new IdlePolicyProvider<>() {
      @Override
      public String id() {
        return "planted";
      }

      @Override
      public Config defaults() {
        return new Config();
      }

      @Override
      public IdlePolicy create(Config config, Seat seat) {
        return create.apply(seat);
      }
    };
  }

  static WorkloadProvider<Config> workload(Consumer<Guest> define) {
    return new WorkloadProvider<>() {
      @Override
      public String id() {
        return "planted";
      }

      @Override
      public Config defaults() {
        return new Config();
      }

      @Override
      public void define(Config config, Guest guest) {
        define.accept(guest);
      }
    };
  }

  static TraceReaderProvider<Config> format(Supplier<TraceReader> create) {
    return new TraceReaderProvider<>() {
      @Override
      public String id() {
        return "planted";
      }

      @Override
      public Config defaults() {
        return new Config();
      }

      @Override
      public TraceReader create(Config config) {
        return create.get();
      }
    };
  }

  static HostProfileProvider profile(Supplier<HostProfile> profile) {
    return new HostProfileProvider() {
      @Override
      public String id() {
        return "planted";
      }

      @Override
      public HostProfile defaults() {
        return profile.get();
      }
    };
  }

  /** One state, HLT, whatever happens. */
  static class Halts implements IdlePolicy {
    @Override
    public List<IdleState> states() {
      return HLT;
    }

    @Override
    public int select(long nowNs, long sleepNs, boolean tickStopped) {
      return 0;
    }
  }
}
