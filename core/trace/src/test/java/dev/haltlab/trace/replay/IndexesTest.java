package dev.haltlab.trace.replay;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Pins: a thread or vCPU taken for another once there are many. */
class IndexesTest {

  private static int number(Threads threads, int pid, String comm) {
    byte[] text = ("xx" + comm + "yy").getBytes(StandardCharsets.UTF_8);
    return threads.number(pid, text, 2, text.length - 2);
  }

  @Test
  void threadsAreNumberedByNameAndPidAsTheyAppear() {
    Threads threads = new Threads();
    Map<String, Integer> expected = new HashMap<>();
    SplittableRandom random = new SplittableRandom(1);
    for (int i = 0; i < 20_000; i++) {
      int pid = random.nextInt(2_000);
      String comm = "CPU " + random.nextInt(3) + "/KVM";
      int number = number(threads, pid, comm);
      assertThat(number).isEqualTo(expected.computeIfAbsent(comm + "-" + pid, name -> expected.size()));
      assertThat(threads.name(number)).isEqualTo(comm + "-" + pid);
    }
    assertThat(number(threads, -1, "")).isEqualTo(expected.size());
    assertThat(threads.name(expected.size())).isEqualTo("the only thread");
  }

  @Test
  void thereIsAnEndToThreads() {
    Threads threads = new Threads();
    for (int pid = 0; pid < Threads.MOST; pid++) {
      assertThat(number(threads, pid, "x")).isEqualTo(pid);
    }
    assertThat(number(threads, Threads.MOST, "x")).isEqualTo(-1);
    assertThat(number(threads, 17, "x")).as("known ones stay known").isEqualTo(17);
  }

  @Test
  void anIndexIsAMap() {
    IntIndex<String> index = new IntIndex<>();
    Map<Integer, String> expected = new HashMap<>();
    SplittableRandom random = new SplittableRandom(2);
    for (int i = 0; i < 5_000; i++) {
      int key = random.nextInt(4) == 0 ? random.nextInt() : random.nextInt(500);
      index.put(key, "v" + i);
      expected.put(key, "v" + i);
    }
    expected.forEach((key, value) -> assertThat(index.get(key)).isEqualTo(value));
    assertThat(index.get(-123_456_789)).isEqualTo(expected.get(-123_456_789));
  }
}
