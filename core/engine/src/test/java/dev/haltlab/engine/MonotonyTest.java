package dev.haltlab.engine;

import static dev.haltlab.spi.Step.*;
import static org.assertj.core.api.Assertions.assertThat;

import dev.haltlab.spi.Event;
import dev.haltlab.spi.Feature;
import dev.haltlab.spi.Guest;
import dev.haltlab.spi.HaltPoll;
import dev.haltlab.spi.IdleState;
import dev.haltlab.spi.Probe;
import dev.haltlab.spi.Script;
import dev.haltlab.spi.Socket;
import dev.haltlab.spi.Step;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Pins the direction of effects: dearer steps do not make messages faster, longer windows do not miss more. */
final class MonotonyTest {
  private static final long SERVER_NS = 60_013;
  private static final long CLIENT_NS = 70_001;

  /** A client and a server, both at rest when the next message comes: what a step costs cannot change what follows. */
  private static void pingPong(Guest guest) {
    Socket request = guest.socket("request");
    Socket reply = guest.socket("reply");
    Probe rtt = guest.probe("rtt");
    guest.task(
        "client", 0, Script.forever().start(rtt).send(request, 1).receive(reply).stop(rtt).compute(CLIENT_NS));
    guest.task(
        "server", guest.vcpus() - 1, Script.forever().receive(request).compute(SERVER_NS).send(reply, 1));
  }

  private static Outcome.ProbeOutcome transactions(Lab lab) {
    return lab.workload(MonotonyTest::pingPong).run(400_000, 600_000).vms().get(0).probes().get("rtt");
  }

  static Stream<Arguments> machines() {
    return Stream.of(
        machine("off", () -> Lab.linux(2).guestHz(100)),
        machine("polling", () -> Lab.linux(2).guestHz(100).poll(HaltPoll.FOREVER)),
        machine("short polls", () -> Lab.linux(2).guestHz(100).poll(10_007)),
        machine("bare metal", () -> Lab.linux(2).guestHz(100).onBareMetal()),
        machine("one vCPU", () -> Lab.linux(1).guestHz(100)),
        machine("ring 0", () -> Lab.bare(2)),
        machine("idle=poll", () -> Lab.linux(2).guestHz(100)
            .idle(seat -> new Lab.Staying(IdleState.Kind.POLL, HaltPoll.FOREVER))),
        machine("fast path", () -> Lab.linux(2).guestHz(100).price(Step.ICR_FAST_PATH, 301)),
        machine("IPI virtualisation", () -> Lab.linux(2).guestHz(100).with(Feature.IPI_VIRTUALIZATION)),
        machine("IPI virtualisation, polling", () -> Lab.linux(2).guestHz(100).with(Feature.IPI_VIRTUALIZATION)
            .poll(HaltPoll.FOREVER)),
        machine("AVIC", () -> Lab.linux(2).guestHz(100).with(Feature.AVIC)),
        machine("deadlines", () -> Lab.linux(2).guestHz(100).with(Feature.PREEMPTION_TIMER).tscDeadline()
            .price(Step.TIMER_FAST_PATH, 401)),
        machine("an old host", () -> Lab.linux(2).guestHz(100).features().hostKernel("3.11")));
  }

  private static Arguments machine(String name, Supplier<Lab> lab) {
    return Arguments.of(name, lab);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("machines")
  void aDearerStepNeverMakesMessagesFasterAndCostsAsOftenAsItIsTaken(String name, Supplier<Lab> lab) {
    long before = transactions(lab.get()).maxNs();
    long dearer = 1_009;
    int onPath = 0;
    for (Step step : lab.get().profile().steps().keySet()) {
      Lab changed = lab.get();
      Outcome.ProbeOutcome after = transactions(changed.price(step, changed.ns(step) + dearer));
      assertThat(after.minNs()).as("%s", step).isEqualTo(after.maxNs()).isGreaterThanOrEqualTo(before);
      assertThat((after.maxNs() - before) % dearer).as("%s", step).isZero();
      assertThat((after.maxNs() - before) / dearer).as("%s", step).isLessThanOrEqualTo(8);
      onPath += after.maxNs() > before ? 1 : 0;
    }
    assertThat(onPath).as("steps on the path").isGreaterThanOrEqualTo(5);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("machines")
  void noMessageIsFasterThanItsSystemCallsAndWork(String name, Supplier<Lab> lab) {
    for (int seed = 0; seed < 20; seed++) {
      Lab busy = lab.get().seed(seed).hostHz(1_000).guestHz(250);
      Outcome.ProbeOutcome probe =
          busy.workload(MonotonyTest::pingPong).run(1_000_000, 20_000_000).vms().get(0).probes().get("rtt");
      long calls = name.equals("ring 0") ? 0 : 2 * busy.ns(SEND, RECEIVE);
      assertThat(probe.count()).isPositive();
      assertThat(probe.minNs()).isGreaterThanOrEqualTo(SERVER_NS + calls);
    }
  }

  @Test
  void pollingIsFasterThanSleepingAndBareMetalFasterThanBoth() {
    long off = transactions(Lab.linux(2).guestHz(100)).maxNs();
    long polling = transactions(Lab.linux(2).guestHz(100).poll(HaltPoll.FOREVER)).maxNs();
    long bareMetal = transactions(Lab.linux(2).guestHz(100).onBareMetal()).maxNs();
    assertThat(bareMetal).isLessThan(polling);
    assertThat(polling).isLessThan(off);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6})
  void aLongerWindowNeverHitsLess(long seed) {
    List<Long> hits = new ArrayList<>();
    List<Long> misses = new ArrayList<>();
    for (long windowNs = 0; windowNs <= 400_000; windowNs += 20_000) { // more apart than a sleep delays the next halt
      Outcome.Halts halts = arrivals(seed, windowNs);
      hits.add(halts.successfulPoll());
      misses.add(halts.attemptedPoll() - halts.successfulPoll());
    }
    assertThat(hits).isSorted();
    assertThat(hits.get(0)).isZero();
    assertThat(hits.get(hits.size() - 1)).isEqualTo(200);
    assertThat(misses.get(misses.size() - 1)).isZero();
    assertThat(misses.get(1)).isPositive();
  }

  /** 200 wake-ups at times that do not depend on how the woken vCPU waits for them. */
  private static Outcome.Halts arrivals(long seed, long windowNs) {
    Lab lab = Lab.bare(2).poll(windowNs);
    lab.price(ICR_EXIT_COLD, lab.ns(ICR_EXIT_WARM)).price(ICR_HANDLER_COLD, lab.ns(ICR_HANDLER_WARM));
    lab.price(TRY_TO_WAKE_UP, 0);
    lab.workload(
        guest -> {
          Event event = guest.event("event", true);
          SplittableRandom random = new SplittableRandom(seed);
          Script sender = Script.once();
          for (int i = 0; i < 200; i++) {
            sender.compute(20_000 + random.nextInt(350_000)).signal(event);
          }
          guest.task("sender", 0, sender.compute(Lab.FOREVER_NS));
          guest.task("waiter", 1, Script.forever().await(event));
        });
    return Lab.halts(lab.run(90_000_000));
  }
}
