package dev.haltlab.engine;

import static dev.haltlab.spi.Step.*;
import static org.assertj.core.api.Assertions.assertThat;

import dev.haltlab.spi.Event;
import dev.haltlab.spi.Guest;
import dev.haltlab.spi.Script;
import dev.haltlab.spi.Socket;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Pins what guest tasks may rely on: messages in order, none lost, events that wake whom they should, fair turns. */
final class GuestTasksTest {
  private static final long RUN_NS = 2_000_000;

  // --- sockets ---

  @Test
  void messagesOfManySocketsAreReceivedInTheOrderTheyWereSent() {
    Lab lab = Lab.linux(1);
    List<String> received = new ArrayList<>();
    lab.workload(
        guest -> {
          Socket[] sockets = {guest.socket("0"), guest.socket("1"), guest.socket("2")};
          Script sender = Script.once();
          for (int i : new int[] {2, 0, 0, 1, 2, 1, 0, 2}) {
            sender.send(sockets[i], 1);
          }
          guest.task("sender", 0, sender);
          guest.task(
              "receiver", 0,
              c -> {
                Socket from = c.received();
                if (from != null) {
                  received.add(from.name());
                }
                c.receiveAny(sockets);
              });
        });
    lab.run(RUN_NS);
    assertThat(received).containsExactly("2", "0", "0", "1", "2", "1", "0", "2");
  }

  @ParameterizedTest
  @CsvSource({"1, 1", "1, 4", "4, 1", "3, 3", "2, 5"})
  void everyMessageWakesAReceiverIfOneWaits(int vcpus, int receivers) {
    Lab lab = Lab.linux(vcpus);
    lab.workload(
        guest -> {
          Socket socket = guest.socket("socket");
          for (int i = 0; i < receivers; i++) {
            guest.task(
                "receiver " + i, i % vcpus,
                Lab.once(c -> c.receive(socket), lab.mark("received", c -> c.compute(100_000)), c -> c.exit()));
          }
          Script sender = Script.once().compute(200_000);
          for (int i = 0; i < receivers; i++) {
            sender.send(socket, 1); // in quick succession: nobody has run before the last is sent
          }
          guest.task("sender", 0, sender);
        });
    lab.run(RUN_NS);
    assertThat(lab.allOf("received")).hasSize(receivers);
  }

  // --- events ---

  @Test
  void aSignalIsKeptOnceUntilSomebodyWaits() {
    Lab lab = Lab.linux(1);
    lab.workload(
        guest -> {
          Event event = guest.event("event", true);
          guest.task("signaller", 0, Script.once().signal(event).signal(event).signal(event));
          guest.task(
              "waiter", 0,
              Lab.forever(c -> c.compute(100_000), c -> c.await(event), lab.mark("woken", c -> c.compute(1))));
        });
    lab.run(RUN_NS);
    assertThat(lab.allOf("woken")).hasSize(1);
  }

  @ParameterizedTest
  @CsvSource({"1, 1, 1", "1, 3, 1", "1, 3, 2", "1, 3, 3", "4, 3, 1", "4, 3, 3", "2, 5, 4"})
  void eachSignalOfAnAutoResetEventWakesOneWaiter(int vcpus, int waiters, int signals) {
    Lab lab = Lab.linux(vcpus);
    lab.workload(
        guest -> {
          Event event = guest.event("event", true);
          waiters(lab, guest, event, waiters);
          Script signaller = Script.once().compute(200_000);
          for (int i = 0; i < signals; i++) {
            signaller.signal(event); // in quick succession: nobody has run before the last one
          }
          guest.task("signaller", 0, signaller);
        });
    lab.run(RUN_NS);
    assertThat(lab.allOf("woken")).hasSize(signals);
  }

  @Test
  void aSignalThatHasWokenAWaiterIsNotForOneThatComesLater() {
    Lab lab = Lab.linux(1);
    lab.workload(
        guest -> {
          Event event = guest.event("event", true);
          guest.task("waiter", 0, Lab.once(c -> c.await(event), lab.mark("waiter", c -> c.exit())));
          guest.task(
              "signaller", 0,
              Lab.once(
                  c -> c.compute(200_000), c -> c.signal(event), c -> c.await(event),
                  lab.mark("thief", c -> c.exit())));
        });
    lab.run(RUN_NS);
    assertThat(lab.allOf("waiter")).hasSize(1);
    assertThat(lab.allOf("thief")).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({"1, 1", "1, 4", "4, 1", "4, 4", "3, 7"})
  void aManualEventWakesAllWhoWaitAndHoldsUpNobodyAfter(int vcpus, int waiters) {
    Lab lab = Lab.linux(vcpus);
    lab.workload(
        guest -> {
          Event event = guest.event("event", false);
          waiters(lab, guest, event, waiters);
          guest.task("signaller", 0, Script.once().compute(200_000).signal(event));
          guest.task(
              "late", vcpus - 1,
              Lab.once(
                  c -> c.compute(700_000), c -> c.await(event), c -> c.await(event),
                  lab.mark("late", c -> c.exit())));
        });
    lab.run(2 * RUN_NS);
    assertThat(lab.allOf("woken")).hasSize(waiters);
    assertThat(lab.allOf("late")).hasSize(1);
  }

  private static void waiters(Lab lab, Guest guest, Event event, int number) {
    for (int i = 0; i < number; i++) {
      guest.task(
          "waiter " + i, i % guest.vcpus(),
          Lab.once(c -> c.await(event), lab.mark("woken", c -> c.compute(100_000)), c -> c.exit()));
    }
  }

  @Test
  void wakingAllWaitersOfAManualEventIsPaidForEach() {
    Lab lab = Lab.linux(4);
    long signalled = 500_009;
    lab.workload(
        guest -> {
          Event event = guest.event("event", false);
          for (int i = 1; i < 4; i++) {
            guest.task("waiter " + i, i, Lab.once(c -> c.await(event), c -> c.compute(Lab.FOREVER_NS)));
          }
          guest.task("sender", 0, lab.sender(signalled - lab.bootNs(), event));
        });
    Outcome outcome = lab.run(RUN_NS);
    assertThat(Lab.writes(outcome, MsrRegister.ICR)).isEqualTo(3);
    long each = lab.ns(GUEST_WAKE_UP, ICR_EXIT_COLD, ICR_HANDLER_COLD, TRY_TO_WAKE_UP, VM_ENTRY);
    assertThat(lab.at("sender is free")).isEqualTo(signalled + lab.ns(SIGNAL) + 3 * each + lab.ns(SIGNAL_RETURN));
  }

  @Test
  void ofSeveralEventsThatAreSetTheFirstNamedIsTaken() {
    Lab lab = Lab.linux(1);
    List<String> taken = new ArrayList<>();
    lab.workload(
        guest -> {
          Event a = guest.event("a", true);
          Event b = guest.event("b", true);
          guest.task("signaller", 0, Script.once().signal(b).signal(a));
          guest.task(
              "waiter", 0,
              Lab.once(
                  c -> c.compute(100_000), c -> c.awaitAny(a, b), c -> {
                    taken.add("first");
                    c.await(b); // still set
                  }, c -> {
                    taken.add("second");
                    c.await(a); // not any more
                  }, c -> {
                    taken.add("third");
                    c.exit();
                  }));
        });
    lab.run(RUN_NS);
    assertThat(taken).containsExactly("first", "second");
  }

  @Test
  void whoWaitsForAnyOfSeveralIsWokenOnce() {
    Lab lab = Lab.linux(2);
    lab.workload(
        guest -> {
          Event a = guest.event("a", true);
          Event b = guest.event("b", true);
          guest.task(
              "waiter", 1, Lab.forever(c -> c.awaitAny(a, b), lab.mark("woken", c -> c.compute(10_000))));
          guest.task("signaller", 0, Script.once().compute(200_000).signal(a).signal(b));
        });
    lab.run(RUN_NS);
    assertThat(lab.allOf("woken")).as("a's at once, b's when it waits again").hasSize(2);
  }

  // --- sleeping ---

  @Test
  void aSleepUntilATimeThatHasPassedReturnsAtOnce() {
    Lab lab = Lab.linux(1);
    lab.workload(
        guest ->
            guest.task(
                "task", 0,
                Lab.once(
                    lab.mark("before", c -> c.sleepUntil(c.nowNs())), lab.mark("after", c -> c.sleepUntil(-1)),
                    lab.markAndStay("again"))));
    Outcome outcome = lab.run(RUN_NS);
    assertThat(lab.at("after") - lab.at("before")).isEqualTo(lab.ns(SLEEP, SLEEP_RETURN));
    assertThat(lab.at("again") - lab.at("after")).isEqualTo(lab.ns(SLEEP, SLEEP_RETURN));
    assertThat(Lab.writes(outcome, MsrRegister.TMICT)).as("at boot").isEqualTo(1);
  }

  @Test
  void manySleepersWakeInTheOrderOfTheirTimes() {
    Lab lab = Lab.linux(1);
    List<Integer> woken = new ArrayList<>();
    int[] times = {700, 200, 900, 600, 500, 1_100, 300};
    lab.workload(
        guest -> {
          for (int i = 0; i < times.length; i++) {
            int index = i;
            guest.task("sleeper " + i, 0, Lab.once(c -> c.sleepUntil(1_000L * times[index]), c -> {
              woken.add(index);
              assertThat(c.nowNs()).isBetween(1_000L * times[index], 1_000L * times[index] + 20_000);
              c.exit();
            }));
          }
        });
    lab.run(RUN_NS);
    assertThat(woken).containsExactly(1, 6, 4, 3, 0, 2, 5);
  }

  // --- turns ---

  @ParameterizedTest
  @ValueSource(ints = {2, 3, 7})
  void tasksThatAlwaysComputeGetEqualShares(int tasks) {
    long[] ranNs = new long[tasks];
    Lab lab = Lab.linux(1).guestHz(1_000);
    lab.workload(
        guest -> {
          for (int i = 0; i < tasks; i++) {
            int index = i;
            guest.task("task " + i, 0, c -> {
              ranNs[index] += 10_000;
              c.compute(10_000);
            });
          }
        });
    lab.run(400_000_000);
    for (long ran : ranNs) {
      assertThat(ran).isBetween(350_000_000L / tasks, 400_000_000L / tasks + 4_000_000);
    }
  }

  @Test
  void aTaskThatMayRunAnywhereIsWokenWhereAVcpuIsIdle() {
    Lab lab = Lab.linux(3);
    lab.workload(
        guest -> {
          Event event = guest.event("event", true);
          // it starts on vCPU 0, which is kept busy; vCPU 1 is busy, too
          guest.task("anywhere", Guest.ANY, Lab.once(c -> c.await(event), lab.markAndStay("woken")));
          guest.task("hog 1", 1, Script.once().compute(Lab.FOREVER_NS));
          guest.task("signaller", 0, Script.once().compute(500_000).signal(event).compute(Lab.FOREVER_NS));
        });
    Outcome outcome = lab.run(RUN_NS);
    assertThat(lab.allOf("woken")).hasSize(1);
    assertThat(Lab.writes(outcome, MsrRegister.ICR)).isEqualTo(1);
    assertThat(Lab.spent(outcome, 2, VcpuState.GUEST)).isGreaterThan(RUN_NS - 600_000);
  }
}
