package dev.haltlab.platform.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.haltlab.engine.Outcome;
import dev.haltlab.engine.PluginFailure;
import dev.haltlab.platform.report.JsonReport;
import dev.haltlab.platform.report.TextReport;
import dev.haltlab.platform.run.Synthetic.Flavour;
import dev.haltlab.platform.scenario.Plan;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Pins: results that depend on the number of threads, lost or wrapped failures, runs that cannot be stopped. */
class RunnerTest {
  private static final Plan PLAN = plan(4);

  private static Plan plan(int replications) {
    Map<String, Flavour> variants = new LinkedHashMap<>();
    variants.put("native", Flavour.NATIVE);
    variants.put("off", Flavour.OFF);
    variants.put("polling", Flavour.POLLING);
    return Synthetic.plan(replications, variants);
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 3, 5, 64})
  void any_number_of_threads_gives_the_same_bytes(int threads) throws Exception {
    Results one = new Runner(Synthetic::outcome).run(PLAN, 1, Progress.NONE);
    Results many = new Runner(Synthetic::outcome).run(PLAN, threads, Progress.NONE);

    assertThat(JsonReport.of(many)).isEqualTo(JsonReport.of(one));
    assertThat(TextReport.of(many, 100, true)).isEqualTo(TextReport.of(one, 100, true));
  }

  @Test
  void outcomes_stand_in_order_though_the_first_finishes_last() throws Exception {
    CountDownLatch others = new CountDownLatch(3);
    Runner runner =
        new Runner(
            (spec, replication) -> {
              if (replication == 0) {
                await(others);
              }
              others.countDown();
              return Synthetic.outcome(spec, replication);
            });

    Results results = runner.run(Synthetic.plan(4, Map.of("off", Flavour.OFF)), 4, Progress.NONE);

    for (int i = 0; i < 4; i++) {
      long expected = Synthetic.outcome(results.plan().variants().get(0).spec(), i).simulatedNs();
      assertThat(results.outcomes().get(0).get(i).simulatedNs()).isEqualTo(expected);
    }
  }

  @Test
  void progress_is_told_once_for_each_replication_by_the_calling_thread() throws Exception {
    List<String> told = new ArrayList<>();
    Thread caller = Thread.currentThread();

    new Runner(Synthetic::outcome)
        .run(
            PLAN,
            3,
            (done, total, variant) -> {
              assertThat(Thread.currentThread()).isSameAs(caller);
              told.add(done + "/" + total);
            });

    assertThat(told).hasSize(12).startsWith("1/12").endsWith("12/12");
  }

  @Test
  void stats_tell_of_every_variant() throws Exception {
    Results.Stats stats = new Runner(Synthetic::outcome).run(PLAN, 2, Progress.NONE).stats();

    assertThat(stats.wallNs()).isPositive();
    assertThat(stats.perVariantNs()).hasSize(3).allMatch(ns -> ns >= 0);
    assertThat(stats.allocatedBytes()).isNotZero();
  }

  @Test
  void a_failure_comes_out_with_its_place_and_later_replications_do_not_begin() {
    PluginFailure failure = new PluginFailure(PluginFailure.Kind.HALT_POLL, "rr", "budget was -1", null);
    Set<Integer> begun = ConcurrentHashMap.newKeySet();
    Runner runner =
        new Runner(
            (spec, replication) -> {
              begun.add(replication);
              throw failure;
            });

    Plan plan = Synthetic.plan(50, Map.of("off", Flavour.OFF));
    assertThatThrownBy(() -> runner.run(plan, 1, Progress.NONE)).isInstanceOf(FailedRun.class).hasCause(failure)
        .hasMessage("the halt-poll strategy off failed in variant 'off', replication 0: budget was -1");
    // Not "only the first": the worker may take a further one before it is told.
    assertThat(begun).contains(0);
  }

  @Test
  void of_several_failures_the_first_in_order_is_told_though_another_came_earlier() {
    CountDownLatch second = new CountDownLatch(1);
    Runner runner =
        new Runner(
            (spec, replication) -> {
              if (replication == 0) {
                await(second);
              } else {
                second.countDown();
              }
              throw new IllegalArgumentException("replication " + replication);
            });

    assertThatThrownBy(() -> runner.run(Synthetic.plan(4, Map.of("off", Flavour.OFF)), 2, Progress.NONE))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("replication 0");
  }

  @Test
  void an_error_of_the_jvm_comes_out_too() {
    StackOverflowError error = new StackOverflowError();
    Runner runner =
        new Runner(
            (spec, replication) -> {
              throw error;
            });

    assertThatThrownBy(() -> runner.run(PLAN, 2, Progress.NONE)).isSameAs(error);
  }

  @Test
  void an_outcome_that_breaks_a_law_is_our_bug_and_says_where() {
    Runner runner =
        new Runner(
            (spec, replication) -> {
              Outcome good = Synthetic.outcome(spec, replication);
              return new Outcome(
                  good.simulatedNs() + 1, good.vms(), good.pcpus(), good.hostTasks(), 0, good.stepsCharged());
            });

    assertThatThrownBy(() -> runner.run(PLAN, 2, Progress.NONE))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("variant 'native', replication 0: vCPU rr/0");
  }

  @Test
  void an_interrupted_caller_returns_and_its_workers_are_interrupted() throws Exception {
    CountDownLatch running = new CountDownLatch(2);
    CountDownLatch interrupted = new CountDownLatch(2);
    CountDownLatch never = new CountDownLatch(1);
    Runner runner =
        new Runner(
            (spec, replication) -> {
              running.countDown();
              try {
                never.await();
              } catch (InterruptedException e) {
                interrupted.countDown();
              }
              return Synthetic.outcome(spec, replication);
            });
    AtomicReference<Throwable> thrown = new AtomicReference<>();
    Thread caller =
        new Thread(
            () -> {
              try {
                runner.run(PLAN, 2, Progress.NONE);
              } catch (InterruptedException e) {
                thrown.set(e);
              }
            });

    caller.start();
    running.await();
    caller.interrupt();
    caller.join();
    interrupted.await();

    assertThat(thrown.get()).isInstanceOf(InterruptedException.class);
  }

  @Test
  void no_threads_are_refused() {
    assertThatThrownBy(() -> new Runner(Synthetic::outcome).run(PLAN, 0, Progress.NONE))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("threads");
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }
}
