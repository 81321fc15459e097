package dev.haltlab.platform.catalog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Pins: honest plugins given up because they are slow, and lost ones waited for without end. */
class PatienceTest {
  private static final int LIMIT = 10;

  @Test
  void ten_looks_without_progress_exhaust_it_and_no_fewer() {
    Patience.Count count = new Patience.Count();
    for (int look = 0; look < LIMIT; look++) {
      assertThat(count.isExhausted(7, true)).as("look %d", look).isFalse();
    }
    assertThat(count.isExhausted(7, true)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 5, 9})
  void progress_or_a_step_outside_the_plugin_renews_it(int after) {
    Patience.Count moved = new Patience.Count();
    Patience.Count left = new Patience.Count();
    for (int look = 0; look <= after; look++) {
      moved.isExhausted(7, true);
      left.isExhausted(7, true);
    }
    assertThat(moved.isExhausted(8, true)).isFalse();
    assertThat(left.isExhausted(7, false)).isFalse();
    for (int look = 1; look < LIMIT; look++) {
      assertThat(moved.isExhausted(8, true)).as("look %d", look).isFalse();
      assertThat(left.isExhausted(7, true)).as("look %d", look).isFalse();
    }
    assertThat(moved.isExhausted(8, true)).isTrue();
    assertThat(left.isExhausted(7, true)).isTrue();
  }

  @Test
  void work_on_another_thread_answers_and_throws_as_on_this_one() throws Exception {
    assertThat(Patience.DEFAULT.call(() -> 42, stack -> true)).isEqualTo(42);
    assertThatThrownBy(() -> Patience.DEFAULT.call(() -> {
      throw new IOException("disk");
    }, stack -> true)).isInstanceOf(IOException.class).hasMessage("disk");
    assertThatThrownBy(() -> Patience.DEFAULT.call(() -> {
      throw new StackOverflowError();
    }, stack -> true)).isInstanceOf(StackOverflowError.class);
  }

  @Test
  void endless_patience_needs_no_thread() throws Exception {
    assertThat(Patience.ENDLESS.call(Thread::currentThread, stack -> true)).isSameAs(Thread.currentThread());
  }

  @Test
  void work_that_is_slow_outside_plugins_is_waited_for() throws Exception {
    CountDownLatch looked = new CountDownLatch(3 * LIMIT);
    assertThat(Patience.of(Duration.ofMillis(10)).call(() -> {
      looked.await();
      return "done";
    }, stack -> {
      looked.countDown();
      return false;
    })).isEqualTo("done");
  }

  @Test
  void work_that_is_given_up_is_interrupted_and_tells_where_it_was() throws Exception {
    CountDownLatch never = new CountDownLatch(1);
    CountDownLatch interrupted = new CountDownLatch(1);
    assertThatThrownBy(() -> Patience.of(Duration.ofMillis(10)).call(() -> {
      try {
        never.await();
      } catch (InterruptedException e) {
        interrupted.countDown();
      }
      return null;
    }, stack -> true)).isInstanceOfSatisfying(Patience.Exhausted.class, exhausted ->
        assertThat(exhausted.stack()).anyMatch(frame -> frame.getMethodName().equals("await")));
    interrupted.await();
  }

  @Test
  void a_caller_that_is_interrupted_does_not_wait() throws Exception {
    CountDownLatch never = new CountDownLatch(1);
    AtomicReference<Throwable> thrown = new AtomicReference<>();
    Thread caller = new Thread(() -> {
      try {
        Patience.DEFAULT.call(() -> {
          never.await();
          return null;
        }, stack -> true);
      } catch (Exception e) {
        thrown.set(e);
      }
    });
    caller.start();
    caller.interrupt();
    caller.join();
    assertThat(thrown.get()).isInstanceOf(InterruptedException.class);
  }

  @ParameterizedTest
  @ValueSource(longs = {0, -1})
  void no_patience_at_all_is_refused(long ms) {
    assertThatThrownBy(() -> Patience.of(Duration.ofMillis(ms))).isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("limit");
  }
}
