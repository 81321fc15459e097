package dev.haltlab.engine;

import static dev.haltlab.spi.Step.*;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.haltlab.spi.Body;
import dev.haltlab.spi.Cpu;
import dev.haltlab.spi.Event;
import dev.haltlab.spi.Guest;
import dev.haltlab.spi.HaltPoll;
import dev.haltlab.spi.IdlePolicy;
import dev.haltlab.spi.IdleState;
import dev.haltlab.spi.Probe;
import dev.haltlab.spi.Script;
import dev.haltlab.spi.Socket;
import java.util.List;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Pins that whatever a plugin does wrong ends the run as one failure of that plugin, in one line that says which, on
 * which vCPU and when, and never as a crash of the engine, a hang, or a result.
 */
final class PluginFailureTest {
  private static final RuntimeException OOPS = new IllegalStateException("oops");

  private static PluginFailure failureOf(Lab lab) {
    PluginFailure failure = catchThrowableOfType(PluginFailure.class, () -> lab.run(1_000_000));
    assertThat(failure).isNotNull();
    assertThat(failure.vm()).isEqualTo("vm");
    assertThat(failure.getMessage()).doesNotContain("\n").contains("VM 'vm'");
    return failure;
  }

  private static void assertFailure(Lab lab, PluginFailure.Kind kind, String message) {
    PluginFailure failure = failureOf(lab);
    assertThat(failure.kind()).isEqualTo(kind);
    assertThat(failure).hasMessage(message);
  }

  // --- strategies ---

  /** Wrong in one way. */
  private static class Strategy implements HaltPoll {
    @Override
    public long budget(long nowNs) {
      return 0;
    }
  }

  /** vCPU 1 halts at once, and is woken 100 us later by vCPU 0. */
  private static Lab oneHalt(HaltPoll strategyOfVcpu1) {
    Lab lab = Lab.bare(2).haltPoll(seat -> seat.vcpu() == 0 ? now -> 0 : strategyOfVcpu1);
    return lab.workload(
        guest -> {
          Event event = guest.event("event", true);
          guest.task("sender", 0, lab.sender(100_003, event));
          guest.task("waiter", 1, Lab.once(c -> c.await(event), c -> c.compute(Lab.FOREVER_NS)));
        });
  }

  private static long halted(Lab lab) {
    return lab.bootNs() + lab.ns(VM_EXIT, HLT_HANDLER);
  }

  private static long woken(Lab lab) {
    return lab.bootNs() + 100_003 + lab.ns(ICR_EXIT_COLD, ICR_HANDLER_COLD, WAKE_THREAD);
  }

  @Test
  void aStrategyThatThrowsInBudget() {
    Lab lab = oneHalt(now -> {
      throw OOPS;
    });
    assertFailure(
        lab, PluginFailure.Kind.HALT_POLL,
        "the halt-poll strategy of VM 'vm' on vCPU 1 at " + halted(lab) + " ns threw in budget: " + OOPS);
    assertThat(failureOf(lab)).hasCause(OOPS);
  }

  @ParameterizedTest
  @ValueSource(longs = {-1, Long.MIN_VALUE})
  void aStrategyThatAnswersANegativeBudget(long budgetNs) {
    Lab lab = oneHalt(now -> budgetNs);
    assertFailure(
        lab, PluginFailure.Kind.HALT_POLL,
        "the halt-poll strategy of VM 'vm' on vCPU 1 at " + halted(lab) + " ns answered a negative budget: "
            + budgetNs);
  }

  @Test
  void aNegativeBudgetIsOneAlsoWherePollingIsForbidden() {
    Lab lab = oneHalt(now -> -1).forbidHostPoll();
    assertThat(failureOf(lab)).hasMessageEndingWith("answered a negative budget: -1");
  }

  @Test
  void aStrategyThatThrowsInWoken() {
    Lab lab = oneHalt(new Strategy() {
      @Override
      public void woken(long nowNs, long haltNs, long polledNs, boolean slept, boolean valid) {
        throw OOPS;
      }
    });
    assertFailure(
        lab, PluginFailure.Kind.HALT_POLL,
        "the halt-poll strategy of VM 'vm' on vCPU 1 at " + woken(lab) + " ns threw in woken: " + OOPS);
  }

  @Test
  void aStrategyThatThrowsInWindowNs() {
    Lab lab = oneHalt(new Strategy() {
      @Override
      public long windowNs() {
        throw OOPS;
      }
    });
    assertThat(failureOf(lab).kind()).isEqualTo(PluginFailure.Kind.HALT_POLL);
    assertThat(failureOf(lab))
        .hasMessageContaining("vCPU 1 at " + woken(lab) + " ns threw").hasMessageEndingWith("" + OOPS);
  }

  @Test
  void aStrategyThatThrowsInYields() {
    PluginFailure failure = failureOf(oneHalt(new Strategy() {
      @Override
      public boolean yields() {
        throw OOPS;
      }
    }));
    assertThat(failure.kind()).isEqualTo(PluginFailure.Kind.HALT_POLL);
    assertThat(failure).hasMessageContaining("vCPU 1").hasMessageEndingWith("" + OOPS);
  }

  @Test
  void aStrategyThatCannotBeMade() {
    PluginFailure failure = failureOf(Lab.bare(2).haltPoll(seat -> {
      if (seat.vcpu() == 1) {
        throw OOPS;
      }
      return now -> 0;
    }));
    assertThat(failure.kind()).isEqualTo(PluginFailure.Kind.HALT_POLL);
    assertThat(failure).hasMessageContaining("vCPU 1").hasMessageEndingWith("" + OOPS).hasCause(OOPS);
  }

  @Test
  void aStrategyThatRunsOutOfStackOrLacksAClass() {
    assertThat(failureOf(oneHalt(new Strategy() {
      @Override
      public long budget(long nowNs) {
        return budget(nowNs);
      }
    })).kind()).isEqualTo(PluginFailure.Kind.HALT_POLL);
    assertThat(failureOf(oneHalt(now -> {
      throw new NoClassDefFoundError("org/example/Helper");
    }))).hasMessageEndingWith("threw in budget: java.lang.NoClassDefFoundError: org/example/Helper");
  }

  @Test
  void aMessageOfManyLinesBecomesOne() {
    assertThat(failureOf(oneHalt(now -> {
      throw new IllegalStateException("one\ntwo\r\nthree");
    }))).hasMessageEndingWith("java.lang.IllegalStateException: one two three");
  }

  @Test
  void anEndlessBudgetIsNoFailure() {
    assertThat(oneHalt(now -> Long.MAX_VALUE).run(1_000_000).vms()).hasSize(1);
    assertThat(oneHalt(now -> Long.MAX_VALUE - 1).run(1_000_000).vms()).hasSize(1);
  }

  // --- idle policies ---

  private static class Policy implements IdlePolicy {
    @Override
    public List<IdleState> states() {
      return List.of(
          new IdleState("POLL", IdleState.Kind.POLL, 0, 0), new IdleState("HLT", IdleState.Kind.HLT, 0, 0));
    }

    @Override
    public int select(long nowNs, long sleepNs, boolean tickStopped) {
      return 0;
    }
  }

  /** vCPU 1 is idle at once, and gets something to do 100 us later from vCPU 0. */
  private static Lab oneIdle(IdlePolicy policyOfVcpu1) {
    Lab lab = Lab.bare(2).idle(seat -> seat.vcpu() == 0 ? new Lab.Halting(true) : policyOfVcpu1);
    return lab.workload(
        guest -> {
          Event event = guest.event("event", true);
          guest.task("sender", 0, lab.sender(100_003, event));
          guest.task("waiter", 1, Lab.once(c -> c.await(event), c -> c.compute(Lab.FOREVER_NS)));
        });
  }

  @ParameterizedTest
  @ValueSource(ints = {-1, 2, Integer.MAX_VALUE, Integer.MIN_VALUE})
  void aPolicyThatSelectsAStateItDoesNotHave(int state) {
    Lab lab = oneIdle(new Policy() {
      @Override
      public int select(long nowNs, long sleepNs, boolean tickStopped) {
        return state;
      }
    });
    assertFailure(
        lab, PluginFailure.Kind.IDLE,
        "the idle policy of VM 'vm' on vCPU 1 at " + lab.bootNs() + " ns selected state " + state + " of 2");
  }

  static Stream<Arguments> throwingPolicies() {
    return Stream.of(
        Arguments.of("select", new Policy() {
          @Override
          public int select(long nowNs, long sleepNs, boolean tickStopped) {
            throw OOPS;
          }
        }),
        Arguments.of("stopsTick", new Policy() {
          @Override
          public boolean stopsTick() {
            throw OOPS;
          }
        }),
        Arguments.of("pollNs", new Policy() {
          @Override
          public long pollNs() {
            throw OOPS;
          }
        }),
        Arguments.of("reflect", new Policy() {
          @Override
          public int select(long nowNs, long sleepNs, boolean tickStopped) {
            return 1;
          }

          @Override
          public void reflect(int state, long residencyNs, boolean pollTimedOut) {
            throw OOPS;
          }
        }),
        Arguments.of("states", new Policy() {
          @Override
          public List<IdleState> states() {
            throw OOPS;
          }
        }));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("throwingPolicies")
  void aPolicyThatThrows(String method, IdlePolicy policy) {
    PluginFailure failure = failureOf(oneIdle(policy));
    assertThat(failure.kind()).isEqualTo(PluginFailure.Kind.IDLE);
    assertThat(failure)
        .hasMessageStartingWith("the idle policy of VM 'vm' on vCPU 1 at ").hasMessageEndingWith("threw: " + OOPS)
        .hasCause(OOPS);
  }

  @Test
  void aPolicyThatPollsForANegativeTime() {
    Lab lab = oneIdle(new Policy() {
      @Override
      public long pollNs() {
        return -5;
      }
    });
    assertFailure(
        lab, PluginFailure.Kind.IDLE,
        "the idle policy of VM 'vm' on vCPU 1 at " + lab.bootNs() + " ns asked to poll for -5 ns");
  }

  @Test
  void aPolicyThatPollsBeyondAllTimeJustDoes() {
    for (long pollNs = HaltPoll.FOREVER; pollNs > 1_000_000_000; pollNs /= 2) {
      Lab lab = oneIdle(new Lab.Staying(IdleState.Kind.POLL, pollNs));
      assertThat(Lab.exits(lab.run(1_000_000), ExitReason.HLT)).isZero();
    }
  }

  @Test
  void aPolicyThatCannotBeMade() {
    PluginFailure failure = failureOf(Lab.bare(2).idle(seat -> {
      if (seat.vcpu() == 1) {
        throw OOPS;
      }
      return new Lab.Halting(true);
    }));
    assertThat(failure.kind()).isEqualTo(PluginFailure.Kind.IDLE);
    assertThat(failure).hasMessageContaining("vCPU 1").hasMessageEndingWith("" + OOPS);
  }

  @Test
  void aPolicyThatPollsForNoTimeForEverMakesNoProgress() {
    PluginFailure failure = failureOf(oneIdle(new Policy() {
      @Override
      public long pollNs() {
        return 0;
      }
    }));
    assertThat(failure).hasMessageContaining("no progress").hasMessageContaining("vCPU 1");
    assertThat(failure.kind()).isEqualTo(PluginFailure.Kind.IDLE);
  }

  // --- workloads ---

  private static Lab oneTask(Body body) {
    return Lab.bare(2).workload(guest -> guest.task("task", 1, body));
  }

  private static void assertTaskFailure(Body body, String message) {
    Lab lab = oneTask(body);
    assertFailure(
        lab, PluginFailure.Kind.WORKLOAD,
        "the workload of VM 'vm', task 'task' on vCPU 1 at " + lab.bootNs() + " ns, " + message);
  }

  @Test
  void aBodyThatThrows() {
    assertTaskFailure(c -> {
      throw OOPS;
    }, "threw: " + OOPS);
  }

  @Test
  void aBodyThatIssuesNoVerb() {
    assertTaskFailure(c -> {}, "issued no verb");
    assertTaskFailure(Cpu::nowNs, "issued no verb");
  }

  @Test
  void aBodyThatIssuesTwoVerbs() {
    assertTaskFailure(c -> {
      c.compute(1);
      c.compute(1);
    }, "issued two verbs in one call of next");
    assertTaskFailure(c -> {
      c.exit();
      c.sleep(1);
    }, "issued two verbs in one call of next");
  }

  @Test
  void aBodyThatFailsLaterSaysWhen() {
    Lab lab = oneTask(Lab.once(c -> c.compute(12_345), c -> {
      throw OOPS;
    }));
    assertThat(failureOf(lab)).hasMessageContaining("at " + (lab.bootNs() + 12_345) + " ns");
  }

  @Test
  void aBodyThatAsksForNegativeTimeOrBytes() {
    assertTaskFailure(c -> c.compute(-1), "compute must be at least 0, was -1");
    assertTaskFailure(c -> c.sleep(-2), "sleep must be at least 0, was -2");
    Lab lab = Lab.bare(2);
    lab.workload(g -> {
      Socket socket = g.socket("s");
      g.task("task", 1, c -> c.send(socket, -3));
    });
    assertFailure(
        lab, PluginFailure.Kind.WORKLOAD,
        "the workload of VM 'vm', task 'task' on vCPU 1 at " + lab.bootNs() + " ns, bytes must be at least 0, was -3");
  }

  @Test
  void aBodyThatWaitsForNothing() {
    assertThat(failureOf(oneTask(c -> c.receiveAny())).kind()).isEqualTo(PluginFailure.Kind.WORKLOAD);
    assertThat(failureOf(oneTask(c -> c.awaitAny()))).hasMessageContaining("waits for nothing");
  }

  @Test
  void aBodyThatUsesASocketOfItsOwnMaking() {
    assertTaskFailure(c -> c.send(() -> "mine", 1), "used a socket or event that its guest did not make");
    assertThat(failureOf(oneTask(c -> c.receiveAny(() -> "mine"))).kind()).isEqualTo(PluginFailure.Kind.WORKLOAD);
    assertThat(failureOf(oneTask(c -> c.start(() -> "mine"))).kind()).isEqualTo(PluginFailure.Kind.WORKLOAD);
    assertThat(failureOf(oneTask(c -> c.signal(null))).kind()).isEqualTo(PluginFailure.Kind.WORKLOAD);
  }

  @Test
  void aBodyThatNeverTakesTime() {
    PluginFailure failure = failureOf(oneTask(c -> c.compute(0)));
    assertThat(failure.kind()).isEqualTo(PluginFailure.Kind.WORKLOAD);
    assertThat(failure).hasMessageContaining("task 'task' on vCPU 1").hasMessageContaining("no progress");
  }

  @Test
  void aBodyThatComputesBeyondAllTimeJustDoes() {
    Lab lab = oneTask(c -> c.compute(Long.MAX_VALUE));
    assertThat(Lab.spent(lab.run(1_000_000), 1, VcpuState.GUEST)).isEqualTo(1_000_000 - lab.bootNs());
  }

  @Test
  void aBodyThatSleepsBeyondAllTimeJustDoes() {
    Lab lab = oneTask(c -> c.sleep(Long.MAX_VALUE));
    assertThat(Lab.spent(lab.run(1_000_000), 1, VcpuState.BLOCKED)).isPositive();
    lab = oneTask(c -> c.sleepUntil(Long.MAX_VALUE));
    assertThat(Lab.spent(lab.run(1_000_000), 1, VcpuState.BLOCKED)).isPositive();
  }

  @Test
  void aWorkloadThatThrowsWhileItDefinesItsTasks() {
    assertFailure(
        Lab.bare(1).workload(guest -> {
          throw OOPS;
        }),
        PluginFailure.Kind.WORKLOAD, "the workload of VM 'vm' threw in define: " + OOPS);
    assertThat(failureOf(Lab.bare(1).workload(guest -> guest.task("t", 0, new Body() {
      @Override
      public void next(Cpu cpu) {
        cpu.exit();
      }

      @Override
      public void bind(RandomGenerator random) {
        throw OOPS;
      }
    })))).hasMessageEndingWith("threw in define: " + OOPS);
  }

  static Stream<Arguments> impossibleWorkloads() {
    return Stream.of(
        wrong("task 't' wants vCPU 2, VM 'vm' has 0 to 1", g -> g.task("t", 2, Script.once())),
        wrong("task 't' wants vCPU -2, VM 'vm' has 0 to 1", g -> g.task("t", -2, Script.once())),
        wrong("two of a kind in VM 'vm': socket 's'", g -> {
          g.socket("s");
          g.socket("s");
        }),
        wrong("two of a kind in VM 'vm': task 't'", g -> {
          g.task("t", 0, Script.once());
          g.task("t", 1, Script.once());
        }));
  }

  private static Arguments wrong(String message, Consumer<Guest> workload) {
    return Arguments.of(message, workload);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("impossibleWorkloads")
  void aWorkloadThatCannotRunInItsGuest(String message, Consumer<Guest> workload) {
    assertThatThrownBy(() -> Lab.bare(2).workload(workload).run(1_000))
        .isInstanceOf(IllegalArgumentException.class).hasMessage(message);
  }

  @Test
  void aGuestIsPopulatedInDefineOnly() {
    Guest[] kept = new Guest[1];
    Lab lab = Lab.bare(1);
    lab.workload(guest -> {
      kept[0] = guest;
      guest.task("t", 0, c -> {
        kept[0].socket("late");
        c.exit();
      });
    });
    assertThat(failureOf(lab)).hasMessageContaining("a guest is populated inside define only");
  }

  // --- measuring ---

  @Test
  void stoppingAProbeThatWasNotStartedRecordsNothing() {
    Lab lab = Lab.bare(1);
    lab.workload(guest -> {
      Probe started = guest.probe("started");
      Probe other = guest.probe("other");
      guest.task("t", 0, Lab.forever(c -> {
        c.stop(started); // not started the first time
        c.start(started);
        c.stop(other); // another one
        c.compute(1_009);
      }));
    });
    Outcome outcome = lab.run(100_000);
    assertThat(outcome.vms().get(0).probes().get("other").count()).isZero();
    Outcome.ProbeOutcome probe = outcome.vms().get(0).probes().get("started");
    assertThat(probe.count()).isGreaterThan(90);
    assertThat(probe.minNs()).isEqualTo(1_009);
    assertThat(probe.maxNs()).isEqualTo(1_009);
  }

  @Test
  void startingAProbeAgainReplacesTheMeasurement() {
    Lab lab = Lab.bare(1);
    lab.workload(guest -> {
      Probe probe = guest.probe("probe");
      guest.task("t", 0, Lab.forever(c -> {
        c.start(probe);
        c.compute(500);
      }, c -> {
        c.start(probe);
        c.compute(1_009);
      }, c -> {
        c.stop(probe);
        c.compute(1);
      }));
    });
    Outcome.ProbeOutcome probe = lab.run(100_000).vms().get(0).probes().get("probe");
    assertThat(probe.minNs()).isEqualTo(1_009);
    assertThat(probe.maxNs()).isEqualTo(1_009);
  }
}
