package dev.haltlab.engine.guest;

import dev.haltlab.engine.PathStep;
import dev.haltlab.engine.PluginFailure;
import dev.haltlab.engine.measure.ProbeRecorder;
import dev.haltlab.engine.measure.Token;
import dev.haltlab.spi.Cpu;
import dev.haltlab.spi.Event;
import dev.haltlab.spi.Probe;
import dev.haltlab.spi.Socket;
import org.jspecify.annotations.Nullable;

/** A guest CPU as the body of the running task sees it: notes the verb asked for, which {@link Verbs} carries out. */
final class TaskCpu implements Cpu {
  private static final int QUEUE_WAIT = PathStep.QUEUE_WAIT.ordinal();

  private final GuestCpu guest;

  TaskCpu(GuestCpu guest) {
    this.guest = guest;
  }

  @Override
  public long nowNs() {
    return guest.calendar.nowNs();
  }

  @Override
  public void compute(long ns) {
    issue(Task.Verb.COMPUTE).verbNs = Math.min(notNegative("compute", ns), guest.calendar.longestNs());
  }

  @Override
  public void send(Socket to, int bytes) {
    notNegative("bytes", bytes);
    Task task = issue(Task.Verb.SEND);
    task.verbBytes = bytes;
    task.waitFor(queue(to));
  }

  @Override
  public void receive(Socket from) {
    issue(Task.Verb.RECEIVE).waitFor(queue(from));
  }

  @Override
  public void receiveAny(Socket... from) {
    issue(Task.Verb.RECEIVE).waitForAny(from);
  }

  @Override
  public void signal(Event event) {
    Task task = issue(Task.Verb.SIGNAL);
    task.verbBytes = 0;
    task.waitFor(queue(event));
  }

  @Override
  public void await(Event event) {
    issue(Task.Verb.AWAIT).waitFor(queue(event));
  }

  @Override
  public void awaitAny(Event... events) {
    issue(Task.Verb.AWAIT).waitForAny(events);
  }

  @Override
  public void sleep(long ns) {
    issue(Task.Verb.SLEEP).verbNs = Math.min(notNegative("sleep", ns), guest.calendar.longestNs());
  }

  @Override
  public void sleepUntil(long timeNs) {
    issue(Task.Verb.SLEEP_UNTIL).verbNs = Math.min(timeNs, guest.calendar.maxTimeNs());
  }

  @Override
  public void exit() {
    issue(Task.Verb.EXIT);
  }

  @Override
  public @Nullable Socket received() {
    return guest.task().received;
  }

  @Override
  public void start(Probe probe) {
    Task task = guest.task();
    guest.drop(task);
    Token token = ((ProbeRecorder) probe).begin(guest.calendar.nowNs());
    task.token = token;
    guest.under.hold(token, QUEUE_WAIT);
  }

  @Override
  public void stop(Probe probe) {
    Task task = guest.task();
    Token token = task.token;
    if (token == null || token.probe() != probe) {
      return;
    }
    task.token = null;
    guest.under.release(token);
    ProbeRecorder recorder = (ProbeRecorder) probe;
    long nowNs = guest.calendar.nowNs();
    if (guest.kernel.window().completed(recorder, nowNs)) {
      recorder.end(token, nowNs);
      guest.kernel.window().recorded(recorder, nowNs);
    } else {
      recorder.discard(token);
    }
  }

  private Task issue(Task.Verb verb) {
    Task task = guest.task();
    if (task.verb != Task.Verb.NONE) {
      throw failure("issued two verbs in one call of next", null);
    }
    task.verb = verb;
    return task;
  }

  private long notNegative(String what, long value) {
    if (value < 0) {
      throw failure(what + " must be at least 0, was " + value, null);
    }
    return value;
  }

  private Queue queue(Object madeByGuest) {
    if (madeByGuest instanceof Queue queue) {
      return queue;
    }
    throw failure("used a socket or event that its guest did not make", null);
  }

  /** The workload did what it must not. */
  PluginFailure failure(String what, @Nullable Throwable cause) {
    String vm = guest.kernel.name();
    String who = guest.current == null ? "" : " task '" + guest.current.name + "'";
    return new PluginFailure(
        PluginFailure.Kind.WORKLOAD, vm,
        "the workload of VM '" + vm + "'," + who + " on vCPU " + guest.id() + " at " + nowNs() + " ns, " + what, cause);
  }
}
