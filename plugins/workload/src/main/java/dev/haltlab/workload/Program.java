package dev.haltlab.workload;

import dev.haltlab.spi.Bytes;
import dev.haltlab.spi.Dist;
import dev.haltlab.spi.Event;
import dev.haltlab.spi.Guest;
import dev.haltlab.spi.Probe;
import dev.haltlab.spi.Script;
import dev.haltlab.spi.Socket;
import dev.haltlab.spi.WorkloadProvider;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;

/**
 * A workload written in the scenario itself: tasks, and what each does step by step.
 *
 * <pre>
 *   use: program
 *   tasks:
 *     client:
 *       vcpu: 0
 *       forever:
 *         - start: job
 *         - send: { to: jobs, bytes: 128 }
 *         - receive: replies
 *         - stop: job
 *         - sleep: { exponential: 100us }
 *     server:
 *       vcpu: 1
 *       forever:
 *         - receive: jobs
 *         - compute: 10us
 *         - send: { to: replies, bytes: 16 }
 * </pre>
 *
 * <p>Sockets, events and probes are made as they are named; events reset themselves when they wake a task. The first
 * probe named is the VM's transaction. Names that cannot be meant are refused: a receive from a socket to which no task
 * sends, a wait for an event no task signals, a probe that is started and never stopped.
 */
public final class Program implements WorkloadProvider<Program.Config> {

  /**
   * Settings.
   *
   * @param tasks the tasks by name, started in this order; at least one
   * @param wheelTimersPerSecond timer-wheel expiries per second on each vCPU, the kernel's own housekeeping, 0 to
   *     1,000,000; 0 for none
   */
  public record Config(Map<String, Task> tasks, int wheelTimersPerSecond) {
    public Config {
      tasks = Collections.unmodifiableMap(new LinkedHashMap<>(tasks));
      Checks.perSecond("wheelTimersPerSecond", wheelTimersPerSecond);
      new Names(tasks).check();
    }
  }

  /**
   * One task.
   *
   * @param vcpu where it runs, from 0; absent: the guest's scheduler chooses
   * @param forever its steps, repeated without end; either this or {@code once}
   * @param once its steps, after which it ends
   */
  public record Task(Optional<Integer> vcpu, Optional<List<Verb>> forever, Optional<List<Verb>> once) {
    public Task {
      if (vcpu.isPresent() && vcpu.get() < 0) {
        throw new IllegalArgumentException("vcpu must be at least 0, was " + vcpu.get());
      }
      if (forever.isPresent() == once.isPresent()) {
        throw new IllegalArgumentException(
            forever.isPresent()
                ? "forever and once exclude each other: a task has one list of steps"
                : "forever is missing: a task needs a list of steps under 'forever:' or 'once:'");
      }
      forever = forever.map(List::copyOf);
      once = once.map(List::copyOf);
      if (forever.isPresent() && forever.get().stream().noneMatch(Verb::takesTime)) {
        throw new IllegalArgumentException(
            "forever needs a step that lets time pass: compute, sleep, receive or await");
      }
    }

    private List<Verb> steps() {
      return forever.or(() -> once).orElse(List.of());
    }
  }

  /**
   * One step: exactly one of these.
   *
   * @param start starts a probe
   * @param stop ends a probe
   * @param send sends a message
   * @param receive takes the next message of a socket, waiting for one
   * @param signal sets an event
   * @param await waits for an event
   * @param compute runs for this CPU time
   * @param sleep sleeps on a high-resolution timer
   */
  public record Verb(
      Optional<String> start,
      Optional<String> stop,
      Optional<Send> send,
      Optional<String> receive,
      Optional<String> signal,
      Optional<String> await,
      Optional<Dist> compute,
      Optional<Dist> sleep) {
    public Verb {
      List<String> given = new ArrayList<>();
      note(given, "start", start);
      note(given, "stop", stop);
      note(given, "send", send);
      note(given, "receive", receive);
      note(given, "signal", signal);
      note(given, "await", await);
      note(given, "compute", compute);
      note(given, "sleep", sleep);
      if (given.isEmpty()) {
        throw new IllegalArgumentException(
            "a step needs one verb: start, stop, send, receive, signal, await, compute or sleep");
      }
      if (given.size() > 1) {
        throw new IllegalArgumentException(
            given.get(1) + " must be a step of its own: a list element holds one verb, this one holds "
                + String.join(", ", given));
      }
    }

    private static void note(List<String> given, String name, Optional<?> value) {
      if (value.isPresent()) {
        given.add(name);
      }
    }

    private boolean takesTime() {
      return receive.isPresent()
          || await.isPresent()
          || compute.filter(time -> time.meanNs() > 0).isPresent()
          || sleep.filter(time -> time.meanNs() > 0).isPresent();
    }
  }

  /**
   * A message.
   *
   * @param to name of the socket
   * @param bytes its size, 1 B to 1 GiB
   */
  public record Send(String to, Bytes bytes) {
    public Send {
      Checks.messageBytes("bytes", bytes);
    }
  }

  @Override
  public String id() {
    return "program";
  }

  @Override
  public Config defaults() {
    return new Config(Map.of(), 7);
  }

  @Override
  public String summary() {
    return "tasks and their steps, written in the scenario";
  }

  @Override
  public void define(Config config, Guest guest) {
    if (config.tasks().isEmpty()) {
      throw new IllegalArgumentException("tasks must name at least one task");
    }
    Parts parts = new Parts(guest);
    config
        .tasks()
        .forEach(
            (name, task) -> {
              int vcpu = task.vcpu().orElse(Guest.ANY);
              if (vcpu >= guest.vcpus()) {
                throw new IllegalArgumentException(
                    "tasks: '" + name + "' is placed on vCPU " + vcpu + ", the VM has 0 to " + (guest.vcpus() - 1));
              }
              guest.task(name, vcpu, parts.script(task));
            });
    Housekeeping.wheelTimers(guest, config.wheelTimersPerSecond());
  }

  /** Sockets, events and probes, made when first named. */
  private static final class Parts {
    private final Guest guest;
    private final Map<String, Socket> sockets = new LinkedHashMap<>();
    private final Map<String, Event> events = new LinkedHashMap<>();
    private final Map<String, Probe> probes = new LinkedHashMap<>();

    Parts(Guest guest) {
      this.guest = guest;
    }

    Script script(Task task) {
      Script script = task.forever().isPresent() ? Script.forever() : Script.once();
      for (Verb verb : task.steps()) {
        verb.start().ifPresent(name -> script.start(probe(name)));
        verb.stop().ifPresent(name -> script.stop(probe(name)));
        verb.send().ifPresent(send -> script.send(socket(send.to()), send.bytes()));
        verb.receive().ifPresent(name -> script.receive(socket(name)));
        verb.signal().ifPresent(name -> script.signal(event(name)));
        verb.await().ifPresent(name -> script.await(event(name)));
        verb.compute().ifPresent(script::compute);
        verb.sleep().ifPresent(script::sleep);
      }
      return script;
    }

    private Socket socket(String name) {
      return sockets.computeIfAbsent(name, guest::socket);
    }

    private Event event(String name) {
      return events.computeIfAbsent(name, made -> guest.event(made, true));
    }

    private Probe probe(String name) {
      return probes.computeIfAbsent(name, guest::probe);
    }
  }

  /** Who names what, to refuse a name that has no counterpart: most often a slip of the pen. */
  private static final class Names {
    private final Map<String, Task> tasks;
    private final TreeSet<String> sentTo = new TreeSet<>();
    private final TreeSet<String> receivedFrom = new TreeSet<>();
    private final TreeSet<String> signalled = new TreeSet<>();
    private final TreeSet<String> started = new TreeSet<>();
    private final TreeSet<String> stopped = new TreeSet<>();

    Names(Map<String, Task> tasks) {
      this.tasks = tasks;
      tasks.values().stream().flatMap(task -> task.steps().stream()).forEach(this::collect);
    }

    private void collect(Verb verb) {
      verb.send().ifPresent(send -> sentTo.add(send.to()));
      verb.receive().ifPresent(receivedFrom::add);
      verb.signal().ifPresent(signalled::add);
      verb.start().ifPresent(started::add);
      verb.stop().ifPresent(stopped::add);
    }

    void check() {
      tasks.forEach(
          (task, body) -> {
            List<Verb> steps = body.steps();
            for (int i = 0; i < steps.size(); i++) {
              check("tasks: '" + task + "', step " + (i + 1), steps.get(i));
            }
          });
    }

    private void check(String where, Verb verb) {
      verb.receive().ifPresent(name -> require(where + ", receives from", name, sentTo, "to which no task sends"));
      verb.send()
          .ifPresent(
              send -> require(where + ", sends to", send.to(), receivedFrom, "from which no task receives"));
      verb.await().ifPresent(name -> require(where + ", waits for", name, signalled, "which no task signals"));
      verb.start().ifPresent(name -> require(where + ", starts", name, stopped, "which no task stops"));
      verb.stop().ifPresent(name -> require(where + ", stops", name, started, "which no task starts"));
    }

    private static void require(String what, String name, TreeSet<String> counterparts, String why) {
      if (!counterparts.contains(name)) {
        throw new IllegalArgumentException(
            what + " '" + name + "', " + why
                + (counterparts.isEmpty() ? "" : " (there are: " + String.join(", ", counterparts) + ")"));
      }
    }
  }
}
