package dev.haltlab.tck;

import dev.haltlab.spi.Body;
import dev.haltlab.spi.Cpu;
import dev.haltlab.spi.Dist;
import dev.haltlab.spi.Event;
import dev.haltlab.spi.Guest;
import dev.haltlab.spi.Probe;
import dev.haltlab.spi.Socket;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * A guest small enough to see whether a workload keeps its contract: every task has a CPU of its own, only computing and
 * sleeping take time, interrupts and halts do not exist. What a workload must not do throws a {@link
 * Breach}.
 */
final class TestGuest implements Guest {
  private static final long VERB_NS = 100; // without it two tasks could keep each other busy and time from passing

  private final long seed;
  private final int vcpus;
  private final Map<String, Object> names = new LinkedHashMap<>();
  private final List<String> declared = new ArrayList<>();
  private final List<Task> tasks = new ArrayList<>();
  private final Map<String, SplittableRandom> streams = new LinkedHashMap<>();
  private final List<String> trace = new ArrayList<>();
  private boolean tracing;
  private boolean defining = true;
  private int timers;
  private int probes;
  private long nowNs;
  private long order;
  private long measured;

  /** Equal seeds make guests with equal random numbers. */
  TestGuest(long seed, int vcpus) {
    this.seed = seed;
    this.vcpus = vcpus;
  }

  // --- what a workload declares

  @Override
  public int vcpus() {
    return vcpus;
  }

  @Override
  public RandomGenerator random(String name) {
    inside("random");
    return streams.computeIfAbsent("random " + name, n -> stream(n));
  }

  @Override
  public Socket socket(String name) {
    return declare("socket " + name, new Sock(this, name));
  }

  @Override
  public Event event(String name, boolean autoReset) {
    return declare("event " + name + (autoReset ? ", auto-reset" : ""), new Signal(this, name, autoReset));
  }

  @Override
  public Probe probe(String name) {
    probes++;
    return declare("probe " + name, new Stopwatch(this, name));
  }

  @Override
  public void task(String name, int vcpu, Body body) {
    if (vcpu != ANY) {
      onVcpu("task " + name, vcpu);
    }
    if (body == null) {
      throw new Breach(WorkloadRules.DECLARATIONS, "task " + name + " has no body");
    }
    for (Task other : tasks) {
      if (other.body == body) {
        throw new Breach(WorkloadRules.SHARED_BODY, "tasks " + other.name + " and " + name + " were given the same body object");
      }
    }
    Task task = declare("task " + name + " on " + (vcpu == ANY ? "any vCPU" : "vCPU " + vcpu), new Task(name, body));
    body.bind(stream("task " + name));
    tasks.add(task);
  }

  @Override
  public void wheelTimers(int vcpu, Dist interval) {
    inside("wheelTimers");
    onVcpu("a wheel timer", vcpu);
    interval.sampler(new SplittableRandom(seed));
    declared.add("wheel timer on vCPU " + vcpu + ": " + interval);
    timers++;
  }

  private SplittableRandom stream(String name) {
    long mixed = seed;
    for (int i = 0; i < name.length(); i++) {
      mixed = 31 * mixed + name.charAt(i);
    }
    return new SplittableRandom(mixed);
  }

  private void onVcpu(String what, int vcpu) {
    if (vcpu < 0 || vcpu >= vcpus) {
      throw new Breach(WorkloadRules.DECLARATIONS, what + " is placed on vCPU " + vcpu + " of a VM that has 0 to " + (vcpus - 1));
    }
  }

  private <T> T declare(String what, T value) {
    inside(what);
    String name = what.replaceFirst("( on .*|, auto-reset)$", "");
    if (names.putIfAbsent(name, value) != null) {
      throw new Breach(WorkloadRules.DECLARATIONS, "there are two of the name: " + name);
    }
    declared.add(what);
    return value;
  }

  private void inside(String what) {
    if (!defining) {
      throw new Breach(WorkloadRules.GUEST_KEPT, "the guest was used after define returned: " + what);
    }
  }

  // --- what a check asks

  /** Ends the time in which the guest may be used. */
  TestGuest defined() {
    defining = false;
    return this;
  }

  /** From now on steps are written down. */
  TestGuest traced() {
    tracing = true;
    return this;
  }

  List<String> declared() {
    return declared;
  }

  List<Body> bodies() {
    return tasks.stream().map(task -> task.body).toList();
  }

  int taskCount() {
    return tasks.size();
  }

  int timerCount() {
    return timers;
  }

  int probeCount() {
    return probes;
  }

  /** Measurements completed. */
  long measured() {
    return measured;
  }

  List<String> trace() {
    return trace;
  }

  /** Which tasks wait, and for what. */
  String standstill() {
    List<String> waiting = new ArrayList<>();
    for (Task task : tasks) {
      if (!task.exited) {
        waiting.add(task.name + " waits for " + task.awaited());
      }
    }
    return waiting.isEmpty() ? "all tasks have ended" : String.join(", ", waiting);
  }

  /** Makes one call of {@link Body#next}; false if no task can go on. */
  boolean step() {
    Task next = null;
    for (Task task : tasks) {
      if (!task.exited && task.mayGoOn() && (next == null || task.readyNs < next.readyNs)) {
        next = task;
      }
    }
    if (next == null) {
      return false;
    }
    nowNs = Math.max(nowNs, next.readyNs);
    next.goOn();
    return true;
  }

  /** Makes so many calls, fewer if the tasks come to a standstill. Returns how many. */
  int run(int calls) {
    for (int i = 0; i < calls; i++) {
      if (!step()) {
        return i;
      }
    }
    return calls;
  }

  // --- the guest itself

  /** A measurement on its way. */
  private record Token(Stopwatch probe) {}

  private record Message(@Nullable Token token, long order) {}

  private static final class Sock implements Socket {
    private final TestGuest guest;
    private final String name;
    private final ArrayDeque<Message> queue = new ArrayDeque<>();

    Sock(TestGuest guest, String name) {
      this.guest = guest;
      this.name = name;
    }

    @Override
    public String name() {
      return name;
    }
  }

  private static final class Signal implements Event {
    private final TestGuest guest;
    private final String name;
    private final boolean autoReset;
    private boolean set;
    private @Nullable Token token;

    Signal(TestGuest guest, String name, boolean autoReset) {
      this.guest = guest;
      this.name = name;
      this.autoReset = autoReset;
    }

    @Override
    public String name() {
      return name;
    }
  }

  private static final class Stopwatch implements Probe {
    private final TestGuest guest;
    private final String name;

    Stopwatch(TestGuest guest, String name) {
      this.guest = guest;
      this.name = name;
    }

    @Override
    public String name() {
      return name;
    }
  }

  /** A task, and the CPU it sees. */
  private final class Task implements Cpu {
    private final String name;
    private final Body body;
    private @Nullable Token token;
    private @Nullable Socket received;
    private Socket[] sockets = {};
    private Event[] events = {};
    private long readyNs;
    private int verbs;
    private boolean exited;

    Task(String name, Body body) {
      this.name = name;
      this.body = body;
    }

    boolean mayGoOn() {
      for (Socket socket : sockets) {
        if (!((Sock) socket).queue.isEmpty()) {
          return true;
        }
      }
      for (Event event : events) {
        if (((Signal) event).set) {
          return true;
        }
      }
      return sockets.length == 0 && events.length == 0;
    }

    void goOn() {
      takeMessage();
      takeSignal();
      verbs = 0;
      try {
        body.next(this);
      } catch (Breach e) {
        throw e;
      } catch (RuntimeException | LinkageError | StackOverflowError e) {
        throw new Breach(WorkloadRules.VERBS, "next of task " + name + " " + Thrown.by(e));
      }
      if (verbs != 1) {
        throw new Breach(WorkloadRules.VERBS, "task " + name + " issued " + verbs + " verbs in one call of next");
      }
    }

    private void takeMessage() {
      Sock earliest = null;
      for (Socket socket : sockets) {
        Sock candidate = (Sock) socket;
        Message first = candidate.queue.peek();
        if (first != null && (earliest == null || first.order() < earliest.queue.element().order())) {
          earliest = candidate;
        }
      }
      if (earliest != null) {
        hold(earliest.queue.remove().token());
        received = earliest;
      }
      sockets = new Socket[0];
    }

    private void takeSignal() {
      for (Event event : events) {
        Signal signal = (Signal) event;
        if (signal.set) {
          signal.set = !signal.autoReset;
          hold(signal.token);
          signal.token = null;
          break;
        }
      }
      events = new Event[0];
    }

    private void hold(@Nullable Token carried) {
      if (carried != null) {
        token = carried;
      }
    }

    String awaited() {
      List<String> all = new ArrayList<>();
      for (Socket socket : sockets) {
        all.add("a message on " + socket.name());
      }
      for (Event event : events) {
        all.add("event " + event.name());
      }
      return String.join(" or ", all);
    }

    private void verb(String what) {
      verbs++;
      note(what);
    }

    private void note(String what) {
      if (tracing) {
        trace.add(name + " at " + nowNs + " ns: " + what);
      }
    }

    private void pass(String verb, long ns) {
      if (ns < 0) {
        throw new Breach(WorkloadRules.ARGUMENTS, "task " + name + " asked to " + verb + " for " + ns + " ns");
      }
      readyNs = ns > Long.MAX_VALUE - nowNs ? Long.MAX_VALUE : nowNs + ns;
    }

    private Sock own(Socket socket) {
      if (!(socket instanceof Sock ours) || ours.guest != TestGuest.this) {
        throw new Breach(WorkloadRules.ARGUMENTS, "task " + name + " used a socket that this guest did not make");
      }
      return ours;
    }

    private Signal own(Event event) {
      if (!(event instanceof Signal ours) || ours.guest != TestGuest.this) {
        throw new Breach(WorkloadRules.ARGUMENTS, "task " + name + " used an event that this guest did not make");
      }
      return ours;
    }

    private Stopwatch own(Probe probe) {
      if (!(probe instanceof Stopwatch ours) || ours.guest != TestGuest.this) {
        throw new Breach(WorkloadRules.ARGUMENTS, "task " + name + " used a probe that this guest did not make");
      }
      return ours;
    }

    @Override
    public long nowNs() {
      return nowNs;
    }

    @Override
    public void compute(long ns) {
      verb("compute " + ns);
      pass("compute", ns);
    }

    @Override
    public void send(Socket to, int bytes) {
      verb("send " + bytes + " to " + own(to).name);
      if (bytes < 0) {
        throw new Breach(WorkloadRules.ARGUMENTS, "task " + name + " sent " + bytes + " bytes");
      }
      own(to).queue.add(new Message(token, order++));
      token = null;
      pass("send", VERB_NS);
    }

    @Override
    public void receive(Socket from) {
      verb("receive from " + own(from).name);
      sockets = new Socket[] {from};
    }

    @Override
    public void receiveAny(Socket... from) {
      for (Socket each : from) {
        own(each);
      }
      some("receiveAny", from.length);
      verb("receive from any of " + from.length);
      sockets = from;
    }

    @Override
    public void signal(Event event) {
      Signal signal = own(event);
      verb("signal " + signal.name);
      signal.set = true;
      signal.token = token;
      token = null;
      pass("signal", VERB_NS);
    }

    @Override
    public void await(Event event) {
      verb("await " + own(event).name);
      events = new Event[] {event};
    }

    @Override
    public void awaitAny(Event... any) {
      for (Event each : any) {
        own(each);
      }
      some("awaitAny", any.length);
      verb("await any of " + any.length);
      events = any;
    }

    private void some(String verb, int count) {
      if (count == 0) {
        throw new Breach(WorkloadRules.ARGUMENTS, "task " + name + " called " + verb + " with nothing to wait for");
      }
    }

    @Override
    public void sleep(long ns) {
      verb("sleep " + ns);
      pass("sleep", ns);
    }

    @Override
    public void sleepUntil(long timeNs) {
      verb("sleep until " + timeNs);
      pass("sleep", Math.max(0, timeNs - nowNs));
    }

    @Override
    public void exit() {
      verb("exit");
      exited = true;
    }

    @Override
    public @Nullable Socket received() {
      return received;
    }

    @Override
    public void start(Probe probe) {
      note("start " + own(probe).name);
      token = new Token(own(probe));
    }

    @Override
    public void stop(Probe probe) {
      note("stop " + own(probe).name);
      if (token != null && token.probe() == probe) {
        measured++;
        token = null;
      }
    }
  }
}
