package dev.haltlab.idle;

import static org.assertj.core.api.Assertions.assertThat;

import dev.haltlab.spi.HaltPoll;
import dev.haltlab.spi.HostView;
import dev.haltlab.spi.IdlePolicy;
import dev.haltlab.spi.IdlePolicyProvider;
import dev.haltlab.spi.IdleState;
import dev.haltlab.spi.Seat;
import java.util.List;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Pins: an idle policy that is not found, halts where it should spin, or stops a tick it should keep. */
class PoliciesTest {

  /** The only vCPU of a guest on a host that shows nothing. */
  private record QuietSeat() implements Seat, HostView {
    @Override
    public String vm() {
      return "guest";
    }

    @Override
    public int vcpu() {
      return 0;
    }

    @Override
    public int vcpus() {
      return 1;
    }

    @Override
    public RandomGenerator random() {
      return new SplittableRandom(1);
    }

    @Override
    public HostView host() {
      return this;
    }

    @Override
    public int otherRunnable() {
      return 0;
    }

    @Override
    public long stealNs() {
      return 0;
    }

    @Override
    public boolean siblingBusy() {
      return false;
    }
  }

  private static <C extends Record> IdlePolicy withDefaults(IdlePolicyProvider<C> provider) {
    return provider.create(provider.defaults(), new QuietSeat());
  }

  private static IdleState.Kind selected(IdlePolicy policy, long sleepNs, boolean tickStopped) {
    return policy.states().get(policy.select(0, sleepNs, tickStopped)).kind();
  }

  @Test
  void theModuleProvidesAllOfThem() {
    var provided =
        PoliciesTest.class.getModule().getDescriptor().provides().stream()
            .filter(p -> p.service().equals(IdlePolicyProvider.class.getName()))
            .flatMap(p -> p.providers().stream());
    assertThat(provided)
        .containsExactlyInAnyOrder(
            Nohz.class.getName(), PeriodicTick.class.getName(), Poll.class.getName(), Haltpoll.class.getName(),
            Halt.class.getName(), Menu.class.getName(), Teo.class.getName());
    assertThat(new Nohz().id()).isEqualTo("nohz");
    assertThat(new PeriodicTick().id()).isEqualTo("periodic-tick");
    assertThat(new Poll().id()).isEqualTo("poll");
    assertThat(new Halt().id()).isEqualTo("halt");
    assertThat(new Menu().id()).isEqualTo("menu");
    assertThat(new Teo().id()).isEqualTo("teo");
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 1, 4_000_000, Long.MAX_VALUE})
  void nohzHaltsAndStopsTheTickHoweverLongTheSleep(long sleepNs) {
    IdlePolicy nohz = withDefaults(new Nohz());
    for (boolean tickStopped : new boolean[] {false, true}) {
      assertThat(selected(nohz, sleepNs, tickStopped)).isEqualTo(IdleState.Kind.HLT);
      assertThat(nohz.stopsTick()).isTrue();
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 1, 4_000_000, Long.MAX_VALUE})
  void periodicTickHaltsAndKeepsTheTick(long sleepNs) {
    IdlePolicy periodic = withDefaults(new PeriodicTick());
    assertThat(selected(periodic, sleepNs, false)).isEqualTo(IdleState.Kind.HLT);
    assertThat(periodic.stopsTick()).isFalse();
    assertThat(periodic.isTickless()).isFalse();
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 1, 4_000_000, Long.MAX_VALUE})
  void pollSpinsWithoutEndAndKeepsTheTick(long sleepNs) {
    IdlePolicy poll = withDefaults(new Poll());
    assertThat(selected(poll, sleepNs, false)).isEqualTo(IdleState.Kind.POLL);
    assertThat(poll.stopsTick()).isFalse();
    assertThat(poll.pollNs()).isEqualTo(HaltPoll.FOREVER);
  }

  @ParameterizedTest
  @ValueSource(strings = {"menu", "teo"})
  void withMwaitTheStatesAreThoseOfTheCpuUnderTheGuest(String id) {
    Pretend guest = new Pretend("6.12", Pretend.SKYLAKE_X);
    StateTable table = new StateTable(List.of(), guest);
    IdlePolicy policy = id.equals("menu") ? new MenuGovernor(table, guest) : new TeoGovernor(table, guest);
    assertThat(policy.states().stream().map(IdleState::name)).containsExactly("POLL", "C1", "C1E", "C6");
    assertThat(policy.states().get(3))
        .isEqualTo(new IdleState("C6", IdleState.Kind.MWAIT, 133_000, 600_000)); // drivers/idle/intel_idle.c
    assertThat(policy.pollNs()).as("the shortest residency of 10 us or more").isEqualTo(20_000);
  }

  @Test
  void before54PollingLastsASixteenthOfTheTick() {
    Pretend guest = new Pretend("4.19", Pretend.SKYLAKE_X);
    assertThat(new StateTable(List.of(), guest).pollNs()).isEqualTo(Pretend.TICK_NS / 16);
  }

  @Test
  void aTickFirstGuestStopsItsTickOnlyWhenTheTickEndedAPassOfThisEpisode() {
    Pretend guest = new Pretend("7.0", List.of());
    IdlePolicy policy = new TickFirst(guest);
    guest.tickCame = true; // during the last pass of the episode before
    policy.select(0, Long.MAX_VALUE, false);
    assertThat(policy.stopsTick()).as("first pass").isFalse();
    guest.pass = 1;
    policy.select(1, Long.MAX_VALUE, false);
    assertThat(policy.stopsTick()).as("after the tick").isTrue();
    guest.tickCame = false;
    policy.select(2, Long.MAX_VALUE, false);
    assertThat(policy.stopsTick()).as("after another interrupt").isFalse();
  }
}
