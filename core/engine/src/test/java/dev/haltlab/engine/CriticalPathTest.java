package dev.haltlab.engine;

import static dev.haltlab.spi.Step.*;
import static org.assertj.core.api.Assertions.assertThat;

import dev.haltlab.spi.Event;
import dev.haltlab.spi.Guest;
import dev.haltlab.spi.HaltPoll;
import dev.haltlab.spi.Probe;
import dev.haltlab.spi.Script;
import dev.haltlab.spi.Socket;
import java.util.EnumMap;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Pins the critical path to the nanosecond: which steps a message's token is charged with, in whose hands, written down
 * by hand from the prices. A step charged twice, to the wrong part or to the wrong side's clock shows as itself.
 *
 * <p>Ping-pong is TCP_RR: a client on the first vCPU, a server on the last. Both work long enough for the other side to
 * have come to rest before the next message.
 */
final class CriticalPathTest {
  private static final long SERVER_NS = 60_013;
  private static final long CLIENT_NS = 70_001;
  /** Guest ticks a second: TCP's timers are beyond one, so that it stops in idle, and none falls into a run. */
  private static final int TICKS = 100;

  private static Consumer<Guest> pingPong(long serverNs, long clientNs) {
    return guest -> {
      Socket request = guest.socket("request");
      Socket reply = guest.socket("reply");
      Probe rtt = guest.probe("rtt");
      guest.task(
          "client", 0, Script.forever().start(rtt).send(request, 1).receive(reply).stop(rtt).compute(clientNs));
      guest.task(
          "server", guest.vcpus() - 1, Script.forever().receive(request).compute(serverNs).send(reply, 1));
    };
  }

  private static final class Path {
    private final Map<PathStep, Long> ns = new EnumMap<>(PathStep.class);

    Path add(PathStep step, long addedNs) {
      ns.merge(step, addedNs, Long::sum);
      return this;
    }

    long sum() {
      return ns.values().stream().mapToLong(Long::longValue).sum();
    }
  }

  private static Outcome.ProbeOutcome transaction(Outcome outcome) {
    return outcome.vms().get(0).probes().values().iterator().next();
  }

  /** Every transaction took exactly this path. */
  private static void assertPath(Outcome outcome, Path expected) {
    Outcome.ProbeOutcome probe = transaction(outcome);
    assertThat(probe.count()).isPositive();
    Map<PathStep, Long> perTransaction = new EnumMap<>(PathStep.class);
    probe.path().forEach((step, ns) -> {
      if (ns != 0) {
        assertThat(ns % probe.count()).as("%s in %d transactions", step, probe.count()).isZero();
        perTransaction.put(step, ns / probe.count());
      }
    });
    assertThat(perTransaction).isEqualTo(expected.ns);
    assertThat(probe.minNs()).isEqualTo(expected.sum());
    assertThat(probe.maxNs()).isEqualTo(expected.sum());
    assertThat(probe.sumNs()).isEqualTo(probe.count() * expected.sum());
  }

  private static void assertExitsPerTransaction(Outcome outcome, long hlt, long tmict, long icr) {
    long count = transaction(outcome).count();
    assertThat(Lab.exits(outcome, ExitReason.HLT)).isEqualTo(hlt * count);
    assertThat(Lab.writes(outcome, MsrRegister.TMICT)).isEqualTo(tmict * count);
    assertThat(Lab.writes(outcome, MsrRegister.ICR)).isEqualTo(icr * count);
    assertThat(Lab.exits(outcome, ExitReason.MSR_WRITE)).isEqualTo((tmict + icr) * count);
    assertThat(Lab.exits(outcome, ExitReason.EXTERNAL_INTERRUPT)).isZero();
  }

  /** What a message costs in the guest on any machine, once to send and once to receive it in another task. */
  private static void addGuestSide(Lab lab, Path path) {
    path.add(PathStep.SYSCALL, lab.ns(SEND)) // up to waking the receiver
        .add(PathStep.GUEST_SCHEDULER, lab.ns(GUEST_WAKE_UP))
        .add(PathStep.GUEST_INTERRUPT, lab.ns(RESCHEDULE_ISR)) // the receiver's CPU, out of its halt
        .add(PathStep.GUEST_IDLE, lab.ns(IDLE_EXIT))
        .add(PathStep.GUEST_SCHEDULER, lab.ns(GUEST_SWITCH))
        .add(PathStep.SYSCALL, lab.ns(RECEIVE));
  }

  // --- the four machines ---

  @ParameterizedTest
  @CsvSource({"3.16, 2, 8", "5.14, 2, 8", "5.15, 2, 6", "7.0, 2, 6", "7.1, 1, 4"})
  void betweenSleepingVcpus(String guestKernel, int writesOnLeaving, int writesPerTransaction) {
    Lab lab = Lab.linux(2).guestHz(TICKS).guestKernel(guestKernel);
    Outcome outcome = lab.workload(pingPong(SERVER_NS, CLIENT_NS)).run(400_000, 600_000);

    Path path = new Path().add(PathStep.GUEST_WORK, SERVER_NS);
    for (int message = 0; message < 2; message++) {
      addGuestSide(lab, path);
      // the sender's side up to the kick; its try_to_wake_up and re-entry come after and are off the path
      path.add(PathStep.ICR_EXIT, lab.ns(ICR_EXIT_COLD)).add(PathStep.ICR_HANDLER, lab.ns(ICR_HANDLER_COLD));
      // the receiver's thread: woken, back in the block function, entered with the interrupt, caches cold
      path.add(PathStep.WAKE_THREAD, lab.ns(WAKE_THREAD))
          .add(PathStep.SCHED_IN, lab.ns(SCHED_IN))
          .add(PathStep.INJECT, lab.ns(INJECT_COLD))
          .add(PathStep.COLD_WAKE, lab.ns(COLD_WAKE));
      // leaving idle: the tick is cancelled and started anew, each one write; those of entering idle came before
      path.add(PathStep.TIMER_WRITE, writesOnLeaving * lab.ns(VM_EXIT, TIMER_HANDLER, VM_ENTRY));
    }
    assertPath(outcome, path);
    assertExitsPerTransaction(outcome, 2, writesPerTransaction, 2);
    assertThat(Lab.halts(outcome).wakeup()).isEqualTo(2 * transaction(outcome).count());
  }

  @Test
  void betweenPollingVcpus() {
    Lab lab = Lab.linux(2).guestHz(TICKS).poll(HaltPoll.FOREVER);
    Outcome outcome = lab.workload(pingPong(SERVER_NS, CLIENT_NS)).run(400_000, 600_000);

    Path path = new Path().add(PathStep.GUEST_WORK, SERVER_NS);
    for (int message = 0; message < 2; message++) {
      addGuestSide(lab, path);
      path.add(PathStep.ICR_EXIT, lab.ns(ICR_EXIT_WARM)).add(PathStep.ICR_HANDLER, lab.ns(ICR_HANDLER_WARM));
      // the poll loop notices; nothing is cold
      path.add(PathStep.POLL_NOTICE, lab.ns(POLL_NOTICE))
          .add(PathStep.SCHED_IN, lab.ns(POLL_RETURN))
          .add(PathStep.INJECT, lab.ns(INJECT_WARM));
      path.add(PathStep.TIMER_WRITE, 2 * lab.ns(VM_EXIT, TIMER_HANDLER, VM_ENTRY));
    }
    assertPath(outcome, path);
    assertExitsPerTransaction(outcome, 2, 8, 2);
    assertThat(Lab.halts(outcome).wakeup()).isZero();
  }

  @Test
  void onBareMetal() {
    Lab lab = Lab.linux(2).guestHz(TICKS).onBareMetal();
    Outcome outcome = lab.workload(pingPong(SERVER_NS, CLIENT_NS)).run(400_000, 600_000);

    Path path = new Path().add(PathStep.GUEST_WORK, SERVER_NS);
    for (int message = 0; message < 2; message++) {
      addGuestSide(lab, path);
      path.add(PathStep.HARDWARE_IPI, lab.ns(HARDWARE_IPI)) // from the write on; the sender goes on by itself
          .add(PathStep.TIMER_WRITE, 2 * lab.ns(HARDWARE_TIMER_WRITE));
    }
    assertPath(outcome, path);
    assertExitsPerTransaction(outcome, 0, 0, 0);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void onOneVcpu(boolean bareMetal) {
    Lab lab = Lab.linux(1).guestHz(TICKS);
    if (bareMetal) {
      lab.onBareMetal();
    }
    Outcome outcome = lab.workload(pingPong(SERVER_NS, CLIENT_NS)).run(400_000, 600_000);

    Path path = new Path().add(PathStep.GUEST_WORK, SERVER_NS);
    for (int message = 0; message < 2; message++) {
      path.add(PathStep.SYSCALL, lab.ns(SEND)).add(PathStep.GUEST_SCHEDULER, lab.ns(GUEST_WAKE_UP));
      // the message waits until its sender has gone to wait for the answer and the receiver is switched to
      path.add(PathStep.QUEUE_WAIT, lab.ns(SEND_RETURN, RECEIVE_WAIT, GUEST_SWITCH));
      path.add(PathStep.SYSCALL, lab.ns(RECEIVE));
    }
    assertPath(outcome, path);
    assertExitsPerTransaction(outcome, 0, 0, 0); // no idle, no exit
  }

  @Test
  void ofASignalBetweenPollingVcpus() {
    Lab lab = Lab.linux(2).guestHz(TICKS).poll(HaltPoll.FOREVER);
    lab.workload(
        guest -> {
          Event ping = guest.event("ping", true);
          Event pong = guest.event("pong", true);
          Probe rtt = guest.probe("rtt");
          guest.task(
              "a", 0, Script.forever().start(rtt).signal(ping).await(pong).stop(rtt).compute(CLIENT_NS));
          guest.task("b", 1, Script.forever().await(ping).compute(SERVER_NS).signal(pong));
        });
    Outcome outcome = lab.run(400_000, 600_000);

    Path path = new Path().add(PathStep.GUEST_WORK, SERVER_NS);
    for (int signal = 0; signal < 2; signal++) {
      path.add(PathStep.SYSCALL, lab.ns(SIGNAL, AWAIT))
          .add(PathStep.GUEST_SCHEDULER, lab.ns(GUEST_WAKE_UP, GUEST_SWITCH))
          .add(PathStep.ICR_EXIT, lab.ns(ICR_EXIT_WARM))
          .add(PathStep.ICR_HANDLER, lab.ns(ICR_HANDLER_WARM))
          .add(PathStep.POLL_NOTICE, lab.ns(POLL_NOTICE))
          .add(PathStep.SCHED_IN, lab.ns(POLL_RETURN))
          .add(PathStep.INJECT, lab.ns(INJECT_WARM))
          .add(PathStep.GUEST_INTERRUPT, lab.ns(RESCHEDULE_ISR))
          .add(PathStep.GUEST_IDLE, lab.ns(IDLE_EXIT));
      // no wheel timer is pending without TCP: the stopped tick is cancelled, not moved, and only started on leaving
      path.add(PathStep.TIMER_WRITE, lab.ns(VM_EXIT, TIMER_HANDLER, VM_ENTRY));
    }
    assertPath(outcome, path);
    assertExitsPerTransaction(outcome, 2, 4, 2);
  }

  @Test
  void ofAMessageAmongManySocketsHasOneEpollMore() {
    Lab lab = Lab.linux(1).guestHz(TICKS);
    lab.workload(
        guest -> {
          Socket[] requests = {guest.socket("a"), guest.socket("b"), guest.socket("c")};
          Socket reply = guest.socket("reply");
          Probe rtt = guest.probe("rtt");
          guest.task(
              "client", 0,
              Lab.forever(
                  c -> {
                    c.start(rtt);
                    c.send(requests[2], 1);
                  },
                  c -> c.receive(reply),
                  c -> {
                    c.stop(rtt);
                    c.compute(CLIENT_NS);
                  }));
          guest.task("server", 0, Lab.forever(c -> c.receiveAny(requests), c -> c.send(reply, 1)));
        });
    Outcome outcome = lab.run(400_000, 600_000);

    Path path = new Path();
    path.add(PathStep.SYSCALL, 2 * lab.ns(SEND, RECEIVE) + lab.ns(POLL_SOCKETS))
        .add(PathStep.GUEST_SCHEDULER, 2 * lab.ns(GUEST_WAKE_UP))
        .add(PathStep.QUEUE_WAIT, 2 * lab.ns(SEND_RETURN, RECEIVE_WAIT, GUEST_SWITCH));
    assertPath(outcome, path);
  }

  // --- one message, and what it finds at its target ---

  /**
   * Two messages from vCPU 0 to vCPU 1, {@code gapNs} of work between them. The first opens the counting window; the
   * second, which is recorded, finds the receiver as far as it has come since.
   */
  private static Outcome oneWay(Lab lab, long gapNs) {
    lab.workload(
        guest -> {
          Socket socket = guest.socket("socket");
          Probe oneWay = guest.probe("one-way");
          guest.task(
              "sender", 0,
              Lab.once(
                  c -> c.compute(50_000),
                  c -> {
                    c.start(oneWay);
                    c.send(socket, 1);
                  },
                  c -> c.compute(gapNs),
                  c -> {
                    lab.note("started", c.nowNs());
                    c.start(oneWay);
                    c.send(socket, 1);
                  },
                  c -> c.compute(Lab.FOREVER_NS)));
          guest.task(
              "receiver", 1,
              Lab.once(
                  c -> c.receive(socket),
                  c -> {
                    lab.note("first", c.nowNs());
                    c.stop(oneWay);
                    c.receive(socket);
                  },
                  c -> {
                    lab.note("stopped", c.nowNs());
                    c.stop(oneWay);
                    c.compute(Lab.FOREVER_NS);
                  }));
        });
    return lab.run(2_000_000);
  }

  private static Lab twoVcpus() {
    return Lab.linux(2).guestHz(TICKS);
  }

  /** When the receiver is put to wait for the second message, counted from when the sender may start it. */
  private static long firstReceived(Lab lab) {
    oneWay(lab, 1_000_000);
    return lab.at("first") - (lab.at("started") - 1_000_000);
  }

  @Test
  void aWakeUpInIdleEntryMovesThePathToTheTargetAtOnce() {
    Lab lab = twoVcpus();
    // the receiver: finds nothing, switches to idle, enters it, and has just begun the second of two timer writes
    long idleEntry = firstReceived(twoVcpus()) + lab.ns(RECEIVE_WAIT, GUEST_SWITCH, IDLE_ENTER);
    long enqueued = idleEntry + lab.timerWrite() + 11;
    Outcome outcome = oneWay(lab, enqueued - lab.ns(SEND, GUEST_WAKE_UP));

    Path path = new Path();
    path.add(PathStep.SYSCALL, lab.ns(SEND)).add(PathStep.GUEST_SCHEDULER, lab.ns(GUEST_WAKE_UP));
    path.add(PathStep.TIMER_WRITE, lab.timerWrite() - 11); // what is left of entering idle: no HLT follows
    path.add(PathStep.GUEST_IDLE, lab.ns(IDLE_EXIT))
        .add(PathStep.TIMER_WRITE, 2 * lab.timerWrite())
        .add(PathStep.GUEST_SCHEDULER, lab.ns(GUEST_SWITCH))
        .add(PathStep.SYSCALL, lab.ns(RECEIVE));
    assertPath(outcome, path);
  }

  @Test
  void aMessageToABusyVcpuWaitsInTheQueue() {
    Lab lab = twoVcpus();
    // the receiver is still on its way to look into the socket
    long looking = firstReceived(twoVcpus());
    long enqueued = looking + 11;
    Outcome outcome = oneWay(lab, enqueued - lab.ns(SEND)); // nobody waits yet: no wake-up

    Path path = new Path();
    path.add(PathStep.SYSCALL, lab.ns(SEND, RECEIVE)).add(PathStep.QUEUE_WAIT, lab.ns(RECEIVE_WAIT) - 11);
    assertPath(outcome, path);
  }

  @Test
  void aTargetThatNoticesByItselfTakesThePathFromASenderStillOnItsWay() {
    // while the ICR handler works, a timer wakes the target, and on its way out of idle it meets the message
    Lab lab = twoVcpus().price(ICR_HANDLER_COLD, 300_007);
    long timerNs = 900_001;
    Outcome outcome = wokenByTimer(lab, timerNs);

    long sent = lab.at("started") + lab.ns(SEND, GUEST_WAKE_UP);
    Path path = new Path();
    // the sender's, up to the timer; the rest of its handler, and its kick, are off the path
    path.add(PathStep.SYSCALL, lab.ns(SEND))
        .add(PathStep.GUEST_SCHEDULER, lab.ns(GUEST_WAKE_UP))
        .add(PathStep.ICR_EXIT, lab.ns(ICR_EXIT_COLD))
        .add(PathStep.ICR_HANDLER, timerNs - sent - lab.ns(ICR_EXIT_COLD));
    // the target's wake-up by its timer, whose handler arms the next one, and its way out of idle
    path.add(PathStep.WAKE_THREAD, lab.ns(HOST_TIMER, WAKE_THREAD))
        .add(PathStep.SCHED_IN, lab.ns(SCHED_IN))
        .add(PathStep.INJECT, lab.ns(INJECT_COLD))
        .add(PathStep.COLD_WAKE, lab.ns(COLD_WAKE))
        .add(PathStep.GUEST_INTERRUPT, lab.ns(TIMER_ISR))
        .add(PathStep.TIMER_WRITE, lab.timerWrite())
        .add(PathStep.GUEST_IDLE, lab.ns(IDLE_EXIT))
        .add(PathStep.TIMER_WRITE, 2 * lab.timerWrite());
    // of the two tasks woken there, the one that has run less goes first, to its end
    path.add(PathStep.GUEST_SCHEDULER, 2 * lab.ns(GUEST_SWITCH))
        .add(PathStep.SYSCALL, lab.ns(SLEEP_RETURN, RECEIVE));
    assertPath(outcome, path);
  }

  private static Outcome wokenByTimer(Lab lab, long timerNs) {
    lab.workload(
        guest -> {
          Socket socket = guest.socket("socket");
          Probe oneWay = guest.probe("one-way");
          guest.task(
              "sender", 0,
              Lab.once(
                  c -> c.compute(50_000),
                  c -> {
                    c.start(oneWay);
                    c.send(socket, 1);
                  },
                  c -> c.compute(timerNs - 100_000 - c.nowNs()),
                  c -> {
                    lab.note("started", c.nowNs());
                    c.start(oneWay);
                    c.send(socket, 1);
                  },
                  c -> c.compute(Lab.FOREVER_NS)));
          guest.task("sleeper", 1, Lab.once(c -> c.sleepUntil(timerNs)));
          guest.task(
              "receiver", 1,
              Lab.once(
                  c -> c.receive(socket),
                  c -> {
                    c.stop(oneWay);
                    c.receive(socket);
                  },
                  c -> {
                    lab.note("stopped", c.nowNs());
                    c.stop(oneWay);
                    c.compute(Lab.FOREVER_NS);
                  }));
        });
    return lab.run(2_000_000);
  }

  @Test
  void whereverAMessageLandsItsPathAddsUp() {
    long first = firstReceived(twoVcpus());
    long entered = first + 12_000;
    for (long gapNs = 1; gapNs < entered; gapNs += 37) {
      Lab lab = twoVcpus();
      Outcome.ProbeOutcome probe = transaction(oneWay(lab, gapNs));
      assertThat(probe.count()).isEqualTo(1);
      assertThat(probe.sumNs()).isEqualTo(lab.at("stopped") - lab.at("started"));
      assertThat(probe.path().values().stream().mapToLong(Long::longValue).sum()).isEqualTo(probe.sumNs());
      assertThat(probe.path().values()).allMatch(ns -> ns >= 0);
    }
  }

  // --- the host in the way ---

  /** A task that holds a token in every nanosecond. */
  private static Consumer<Guest> measuringAlways() {
    return guest -> {
      Probe probe = guest.probe("work");
      guest.task("worker", 0, Script.forever().start(probe).compute(10_007).stop(probe));
    };
  }

  @Test
  void hostTicksThatHitTheHolderAreStepsOfTheirOwn() {
    Lab lab = Lab.linux(1).hostHz(1_000);
    Outcome outcome = lab.workload(measuringAlways()).run(1_000_000, 50_000_000);

    Outcome.ProbeOutcome probe = transaction(outcome);
    long ticks = Lab.exits(outcome, ExitReason.EXTERNAL_INTERRUPT);
    assertThat(ticks).isBetween(50L, 51L);
    assertThat(probe.sumNs()).isEqualTo(outcome.simulatedNs());
    assertThat(probe.path().get(PathStep.HOST_IRQ)).isEqualTo(ticks * lab.ns(INTERRUPT_EXIT_HANDLER, HOST_TICK));
    assertThat(probe.path().get(PathStep.INTERRUPT_EXIT)).isEqualTo(ticks * lab.ns(VM_EXIT, VM_ENTRY));
  }

  @Test
  void waitingForThePcpuIsAStepOfItsOwn() {
    Lab lab = Lab.linux(1).hostHz(1_000).hostHog(0);
    Outcome outcome = lab.workload(measuringAlways()).run(10_000_000, 100_000_000);

    Outcome.ProbeOutcome probe = transaction(outcome);
    assertThat(probe.sumNs()).isEqualTo(outcome.simulatedNs());
    assertThat(probe.path().get(PathStep.PREEMPTED))
        .isEqualTo(Lab.spent(outcome, 0, VcpuState.RUNNABLE))
        .isGreaterThan(40_000_000);
  }
}
