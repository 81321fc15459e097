package dev.haltlab.workload;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.haltlab.spi.Bytes;
import dev.haltlab.spi.Dist;
import dev.haltlab.spi.Guest;
import dev.haltlab.workload.Program.Send;
import dev.haltlab.workload.Program.Task;
import dev.haltlab.workload.Program.Verb;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/**
 * Pins: a program that does something else than what is written, and a slip of the pen that is taken for a program (a
 * socket nobody sends to hangs its task for ever).
 */
class ProgramTest {
  private static Verb start(String probe) {
    return verb(Optional.of(probe), Optional.empty(), Optional.empty(), Optional.empty());
  }

  private static Verb stop(String probe) {
    return verb(Optional.empty(), Optional.of(probe), Optional.empty(), Optional.empty());
  }

  private static Verb send(String to, long bytes) {
    return verb(Optional.empty(), Optional.empty(), Optional.of(new Send(to, new Bytes(bytes))), Optional.empty());
  }

  private static Verb receive(String from) {
    return verb(Optional.empty(), Optional.empty(), Optional.empty(), Optional.of(from));
  }

  private static Verb verb(
      Optional<String> start, Optional<String> stop, Optional<Send> send, Optional<String> receive) {
    return new Verb(
        start, stop, send, receive, Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());
  }

  private static Verb signal(String event) {
    return timed(Optional.of(event), Optional.empty(), Optional.empty(), Optional.empty());
  }

  private static Verb await(String event) {
    return timed(Optional.empty(), Optional.of(event), Optional.empty(), Optional.empty());
  }

  private static Verb compute(long ns) {
    return timed(
        Optional.empty(), Optional.empty(), Optional.of(Dist.fixed(Duration.ofNanos(ns))), Optional.empty());
  }

  private static Verb sleep(long ns) {
    return timed(
        Optional.empty(), Optional.empty(), Optional.empty(), Optional.of(Dist.fixed(Duration.ofNanos(ns))));
  }

  private static Verb timed(
      Optional<String> signal, Optional<String> await, Optional<Dist> compute, Optional<Dist> sleep) {
    return new Verb(
        Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(), signal, await, compute, sleep);
  }

  private static Task forever(int vcpu, Verb... verbs) {
    return new Task(Optional.of(vcpu), Optional.of(List.of(verbs)), Optional.empty());
  }

  private static Task once(Verb... verbs) {
    return new Task(Optional.empty(), Optional.empty(), Optional.of(List.of(verbs)));
  }

  private static Program.Config program(Object... namesAndTasks) {
    Map<String, Task> tasks = new LinkedHashMap<>();
    for (int i = 0; i < namesAndTasks.length; i += 2) {
      tasks.put((String) namesAndTasks[i], (Task) namesAndTasks[i + 1]);
    }
    return new Program.Config(tasks, 0);
  }

  static Program.Config clientAndServer() {
    return program(
        "client", forever(0, start("job"), send("jobs", 128), receive("replies"), stop("job"), sleep(100_000)),
        "server", forever(1, receive("jobs"), compute(10_000), send("replies", 16)));
  }

  private static FakeGuest run(Program.Config config, int vcpus, int calls) {
    FakeGuest guest = new FakeGuest(vcpus);
    new Program().define(config, guest);
    guest.bind().run(calls);
    return guest;
  }

  @Test
  void clientAndServerDoAsWritten() {
    FakeGuest guest = run(clientAndServer(), 2, 6_000);
    assertThat(guest.only().name()).isEqualTo("job");
    assertThat(guest.only().stopped).isGreaterThan(900);
    assertThat(guest.only().totalNs).isEqualTo(guest.only().stopped * 10_000L);
    assertThat(guest.sockets.get("jobs").bytes).isEqualTo(128);
    assertThat(guest.sockets.get("replies").bytes).isEqualTo(16);
    assertThat(guest.tasks.get("client").vcpu).isZero();
    assertThat(guest.tasks.get("server").vcpu).isEqualTo(1);
    assertThat(guest.nowNs() / guest.only().stopped).isBetween(109_900L, 110_200L);
  }

  @Test
  void eventsCarryMeasurementsToo() {
    FakeGuest guest =
        run(
            program(
                "waker", forever(0, compute(5_000), start("wake"), signal("go")),
                "sleeper", forever(1, await("go"), stop("wake"))),
            2,
            3_000);
    assertThat(guest.only().stopped).isGreaterThan(500);
    assertThat(guest.events).containsOnlyKeys("go");
  }

  @Test
  void aTaskThatRunsOnceEnds() {
    FakeGuest guest = run(program("setup", once(compute(7_000), sleep(1_000))), 2, 100);
    assertThat(guest.tasks.get("setup").done).isTrue();
    assertThat(guest.nowNs()).isEqualTo(8_000);
    assertThat(guest.tasks.get("setup").vcpu).as("the guest chooses").isEqualTo(Guest.ANY);
  }

  @Test
  void theFirstProbeNamedIsTheFirstMade() {
    FakeGuest guest =
        run(
            program(
                "outer",
                forever(0, start("whole"), compute(1_000), stop("whole"), start("part"), compute(1), stop("part"))),
            1,
            10);
    assertThat(guest.probes.keySet()).containsExactly("whole", "part");
  }

  @Test
  void aStepWithoutAVerbIsRefused() {
    assertThatThrownBy(() -> timed(Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("a step needs one verb: start, stop, send, receive, signal, await, compute or sleep");
  }

  @Test
  void aStepWithTwoVerbsIsRefusedByTheSecond() {
    assertThatThrownBy(() -> verb(Optional.of("job"), Optional.empty(), Optional.empty(), Optional.of("replies")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("receive must be a step of its own: a list element holds one verb, this one holds start, receive");
  }

  @Test
  void aTaskHasStepsForeverOrOnce() {
    Optional<List<Verb>> steps = Optional.of(List.of(compute(1)));
    assertThatThrownBy(() -> new Task(Optional.empty(), Optional.empty(), Optional.empty()))
        .hasMessageStartingWith("forever is missing");
    assertThatThrownBy(() -> new Task(Optional.empty(), steps, steps)).hasMessageStartingWith("forever and once ");
    assertThatThrownBy(() -> new Task(Optional.of(-1), steps, Optional.empty())).hasMessageStartingWith("vcpu ");
  }

  @Test
  void aLoopInWhichNoTimePassesIsRefused() {
    assertThatThrownBy(() -> forever(0, start("a"), stop("a"))).hasMessageStartingWith("forever ");
    assertThatThrownBy(() -> forever(0, compute(0), sleep(0))).hasMessageStartingWith("forever ");
    assertThatThrownBy(() -> forever(0)).hasMessageStartingWith("forever ");
  }

  @Test
  void aNameWithoutCounterpartIsRefusedWithTaskAndPosition() {
    assertThatThrownBy(
            () ->
                program(
                    "client", forever(0, send("jobs", 1), receive("replis")),
                    "server", forever(0, receive("jobs"), send("replies", 1))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "tasks: 'client', step 2, receives from 'replis', to which no task sends (there are: jobs, replies)");
    assertThatThrownBy(() -> program("a", once(send("x", 1))))
        .hasMessage("tasks: 'a', step 1, sends to 'x', from which no task receives");
    assertThatThrownBy(() -> program("a", once(await("x"))))
        .hasMessage("tasks: 'a', step 1, waits for 'x', which no task signals");
    assertThatThrownBy(() -> program("a", once(start("x"), compute(1))))
        .hasMessage("tasks: 'a', step 1, starts 'x', which no task stops");
    assertThatThrownBy(() -> program("a", once(compute(1), stop("x"))))
        .hasMessage("tasks: 'a', step 2, stops 'x', which no task starts");
  }

  @Test
  void aProgramWithoutTasksIsRefused() {
    assertThatThrownBy(() -> new Program().define(new Program().defaults(), new FakeGuest(1)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("tasks must name at least one task");
  }

  @Test
  void aTaskOnAVcpuThatIsNotThereIsRefused() {
    assertThatThrownBy(() -> run(program("a", forever(2, compute(1))), 2, 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("tasks: 'a' is placed on vCPU 2, the VM has 0 to 1");
  }
}
