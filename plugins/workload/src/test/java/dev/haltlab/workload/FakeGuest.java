package dev.haltlab.workload;

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
 * A guest in which every task has a CPU of its own and only computing and sleeping take time: enough to drive bodies
 * and to see that they keep to the contract. Breaches throw.
 */
final class FakeGuest implements Guest {
  /** What travels from {@code start} to {@code stop}. */
  private record Token(NamedProbe probe, long startedNs) {}

  private record Message(@Nullable Token token, int bytes, long order) {}

  static final class NamedSocket implements Socket {
    private final String name;
    private final ArrayDeque<Message> queue = new ArrayDeque<>();
    int sent;
    int bytes;

    NamedSocket(String name) {
      this.name = name;
    }

    @Override
    public String name() {
      return name;
    }
  }

  static final class NamedEvent implements Event {
    private final String name;
    private final boolean autoReset;
    private boolean set;
    private @Nullable Token token;

    NamedEvent(String name, boolean autoReset) {
      this.name = name;
      this.autoReset = autoReset;
    }

    @Override
    public String name() {
      return name;
    }
  }

  static final class NamedProbe implements Probe {
    private final String name;
    int started;
    int stopped;
    long totalNs;

    NamedProbe(String name) {
      this.name = name;
    }

    @Override
    public String name() {
      return name;
    }
  }

  /** A task of the guest and the CPU it sees. */
  final class FakeTask implements Cpu {
    final String name;
    final int vcpu;
    private final Body body;
    private @Nullable Token token;
    private @Nullable Socket received;
    private Socket[] waitingSockets = {};
    private Event[] waitingEvents = {};
    private long readyNs;
    private int verbs;
    boolean done;
    int steps;

    FakeTask(String name, int vcpu, Body body) {
      this.name = name;
      this.vcpu = vcpu;
      this.body = body;
    }

    /** Whether it can go on: nothing waited for, or that has come. Takes what has come. */
    private boolean proceeds() {
      if (waitingSockets.length > 0) {
        NamedSocket earliest = null;
        for (Socket socket : waitingSockets) {
          NamedSocket candidate = (NamedSocket) socket;
          if (!candidate.queue.isEmpty()
              && (earliest == null || candidate.queue.peek().order() < earliest.queue.peek().order())) {
            earliest = candidate;
          }
        }
        if (earliest == null) {
          return false;
        }
        take(earliest.queue.remove().token());
        received = earliest;
        waitingSockets = new Socket[0];
      }
      if (waitingEvents.length > 0) {
        for (Event event : waitingEvents) {
          NamedEvent candidate = (NamedEvent) event;
          if (candidate.set) {
            candidate.set = !candidate.autoReset;
            take(candidate.token);
            candidate.token = null;
            waitingEvents = new Event[0];
            return true;
          }
        }
        return false;
      }
      return true;
    }

    private void take(@Nullable Token carried) {
      if (carried != null) {
        token = carried;
      }
    }

    private void step() {
      verbs = 0;
      body.next(this);
      steps++;
      if (verbs != 1) {
        throw new IllegalStateException(name + " issued " + verbs + " verbs in one call");
      }
    }

    private void verb() {
      verbs++;
    }

    @Override
    public long nowNs() {
      return now;
    }

    @Override
    public void compute(long ns) {
      verb();
      pass(ns);
    }

    @Override
    public void send(Socket to, int bytes) {
      verb();
      NamedSocket socket = (NamedSocket) to;
      socket.queue.add(new Message(token, bytes, order++));
      socket.sent++;
      socket.bytes = bytes;
      token = null;
    }

    @Override
    public void receive(Socket from) {
      verb();
      waitingSockets = new Socket[] {from};
    }

    @Override
    public void receiveAny(Socket... from) {
      verb();
      waitingSockets = from;
    }

    @Override
    public void signal(Event event) {
      verb();
      NamedEvent signalled = (NamedEvent) event;
      signalled.set = true;
      signalled.token = token;
      token = null;
    }

    @Override
    public void await(Event event) {
      verb();
      waitingEvents = new Event[] {event};
    }

    @Override
    public void awaitAny(Event... events) {
      verb();
      waitingEvents = events;
    }

    @Override
    public void sleep(long ns) {
      verb();
      pass(ns);
    }

    @Override
    public void sleepUntil(long timeNs) {
      verb();
      pass(Math.max(0, timeNs - now));
    }

    @Override
    public void exit() {
      verb();
      done = true;
    }

    @Override
    public @Nullable Socket received() {
      return received;
    }

    @Override
    public void start(Probe probe) {
      if (token != null) {
        throw new IllegalStateException(name + " starts '" + probe.name() + "' while it holds another measurement");
      }
      NamedProbe started = (NamedProbe) probe;
      started.started++;
      token = new Token(started, now);
    }

    @Override
    public void stop(Probe probe) {
      if (token == null || token.probe() != probe) {
        throw new IllegalStateException(name + " stops '" + probe.name() + "', which it does not hold");
      }
      NamedProbe stopped = token.probe();
      stopped.stopped++;
      stopped.totalNs += now - token.startedNs();
      token = null;
    }

    private void pass(long ns) {
      if (ns < 0) {
        throw new IllegalStateException(name + " asks for " + ns + " ns");
      }
      readyNs = now + ns;
    }
  }

  final int vcpus;
  final Map<String, NamedSocket> sockets = new LinkedHashMap<>();
  final Map<String, NamedEvent> events = new LinkedHashMap<>();
  final Map<String, NamedProbe> probes = new LinkedHashMap<>();
  final Map<String, FakeTask> tasks = new LinkedHashMap<>();
  final Map<Integer, List<Dist>> wheel = new LinkedHashMap<>();
  private long now;
  private long order;

  FakeGuest(int vcpus) {
    this.vcpus = vcpus;
  }

  @Override
  public int vcpus() {
    return vcpus;
  }

  @Override
  public RandomGenerator random(String name) {
    return new SplittableRandom(name.hashCode());
  }

  @Override
  public Socket socket(String name) {
    return unique(sockets, name, new NamedSocket(name));
  }

  @Override
  public Event event(String name, boolean autoReset) {
    return unique(events, name, new NamedEvent(name, autoReset));
  }

  @Override
  public Probe probe(String name) {
    return unique(probes, name, new NamedProbe(name));
  }

  @Override
  public void task(String name, int vcpu, Body body) {
    if (vcpu != ANY && (vcpu < 0 || vcpu >= vcpus)) {
      throw new IllegalStateException(name + " is placed on vCPU " + vcpu + " of " + vcpus);
    }
    unique(tasks, name, new FakeTask(name, vcpu, body));
  }

  @Override
  public void wheelTimers(int vcpu, Dist interval) {
    wheel.computeIfAbsent(vcpu, v -> new ArrayList<>()).add(interval);
  }

  long nowNs() {
    return now;
  }

  NamedProbe only() {
    if (probes.size() != 1) {
      throw new IllegalStateException("there are " + probes.size() + " probes");
    }
    return probes.values().iterator().next();
  }

  /** Binds every task. */
  FakeGuest bind() {
    tasks.forEach((name, task) -> task.body.bind(new SplittableRandom(name.hashCode())));
    return this;
  }

  /** Runs until this many calls of {@code next} have been made, or no task can go on. Returns the number made. */
  int run(int calls) {
    int made = 0;
    while (made < calls) {
      FakeTask next = null;
      for (FakeTask task : tasks.values()) {
        if (!task.done && (task.readyNs > now || task.proceeds()) && (next == null || task.readyNs < next.readyNs)) {
          next = task;
        }
      }
      if (next == null) {
        return made;
      }
      now = Math.max(now, next.readyNs);
      if (next.proceeds()) {
        next.step();
        made++;
      }
    }
    return made;
  }

  private static <T> T unique(Map<String, T> map, String name, T value) {
    if (map.putIfAbsent(name, value) != null) {
      throw new IllegalStateException("there are two named '" + name + "'");
    }
    return value;
  }
}
