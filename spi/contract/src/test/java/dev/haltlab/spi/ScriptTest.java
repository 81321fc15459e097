package dev.haltlab.spi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Pins: a script that does other things than were written, in another order, or more than one verb at a time. */
class ScriptTest {
  private record Named(String name) implements Socket, Event, Probe {}

  /** Writes down what it is told. */
  private static final class Notes implements Cpu {
    final List<String> lines = new ArrayList<>();

    @Override
    public long nowNs() {
      return 0;
    }

    @Override
    public void compute(long ns) {
      lines.add("compute " + ns);
    }

    @Override
    public void send(Socket to, int bytes) {
      lines.add("send " + to.name() + " " + bytes);
    }

    @Override
    public void receive(Socket from) {
      lines.add("receive " + from.name());
    }

    @Override
    public void receiveAny(Socket... from) {
      lines.add("receiveAny");
    }

    @Override
    public void signal(Event event) {
      lines.add("signal " + event.name());
    }

    @Override
    public void await(Event event) {
      lines.add("await " + event.name());
    }

    @Override
    public void awaitAny(Event... events) {
      lines.add("awaitAny");
    }

    @Override
    public void sleep(long ns) {
      lines.add("sleep " + ns);
    }

    @Override
    public void sleepUntil(long timeNs) {
      lines.add("sleepUntil " + timeNs);
    }

    @Override
    public void exit() {
      lines.add("exit");
    }

    @Override
    public @Nullable Socket received() {
      return null;
    }

    @Override
    public void start(Probe probe) {
      lines.add("start " + probe.name());
    }

    @Override
    public void stop(Probe probe) {
      lines.add("stop " + probe.name());
    }
  }

  private static final Named JOB = new Named("job");
  private static final Named QUEUE = new Named("queue");
  private static final Named GO = new Named("go");

  private static List<String> run(Script script, int calls) {
    script.bind(new SplittableRandom(1));
    Notes notes = new Notes();
    for (int i = 0; i < calls; i++) {
      script.next(notes);
    }
    return notes.lines;
  }

  @Test
  void everyStepIsDoneInTheOrderWrittenAndInstantsGoWithTheNextVerb() {
    Script script =
        Script.once()
            .start(JOB)
            .send(QUEUE, 128)
            .receive(QUEUE)
            .stop(JOB)
            .compute(Duration.ofNanos(5))
            .compute(Dist.fixed(Duration.ofNanos(6)))
            .signal(GO)
            .await(GO)
            .sleep(7)
            .sleep(Dist.fixed(Duration.ofNanos(8)))
            .send(QUEUE, new Bytes(9));
    assertThat(run(script, 10))
        .containsExactly(
            "start job", "send queue 128", "receive queue", "stop job", "compute 5", "compute 6", "signal go",
            "await go", "sleep 7", "sleep 8", "send queue 9", "exit");
  }

  @Test
  void oneVerbIsIssuedPerCall() {
    Script script = Script.forever().start(JOB).stop(JOB).start(JOB).compute(1).stop(JOB);
    assertThat(run(script, 1)).containsExactly("start job", "stop job", "start job", "compute 1");
  }

  @Test
  void foreverStartsAgainAndCarriesTrailingInstantsAlong() {
    Script script = Script.forever().start(JOB).compute(1).stop(JOB);
    assertThat(run(script, 3))
        .containsExactly(
            "start job", "compute 1", "stop job", "start job", "compute 1", "stop job", "start job", "compute 1");
  }

  @Test
  void onceEndsItsTaskAndStaysAtTheEnd() {
    assertThat(run(Script.once(), 2)).containsExactly("exit", "exit");
  }

  @Test
  void foreverWithoutAVerbIsRefusedBeforeItRuns() {
    Script script = Script.forever().start(JOB).stop(JOB);
    assertThatThrownBy(() -> script.bind(new SplittableRandom(1))).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void distributionsDrawFromTheTasksOwnNumbers() {
    List<String> once = run(Script.forever().compute(Dist.exponential(Duration.ofNanos(1_000))), 100);
    assertThat(run(Script.forever().compute(Dist.exponential(Duration.ofNanos(1_000))), 100)).isEqualTo(once);
    assertThat(once.stream().distinct().count()).isGreaterThan(50);
  }

  @Test
  void negativeTimesAndSizesAreRefused() {
    assertThatThrownBy(() -> Script.once().compute(-1)).hasMessageStartingWith("compute ");
    assertThatThrownBy(() -> Script.once().sleep(-1)).hasMessageStartingWith("sleep ");
    assertThatThrownBy(() -> Script.once().send(QUEUE, -1)).hasMessageStartingWith("bytes ");
  }
}
