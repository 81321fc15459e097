package dev.haltlab.spi;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * A task's program as data: a list of verbs and instants, run once or for ever. One script serves one task.
 *
 * <pre>
 *   Script.forever().start(rtt).send(request, 1).receive(reply).stop(rtt).compute(workNs)
 * </pre>
 */
@Stability(Stability.Level.STABLE)
public final class Script implements Body {
  private enum Op { COMPUTE, COMPUTE_DIST, SEND, RECEIVE, SIGNAL, AWAIT, SLEEP, SLEEP_DIST, EXIT, START, STOP }

  private static final Sampler[] NO_SAMPLERS = {};

  private final boolean forever;
  private final List<Dist> dists = new ArrayList<>();
  private Op[] ops = new Op[8];
  private Object[] targets = new Object[8];
  private long[] numbers = new long[8];
  private int length;
  private boolean hasVerb;

  private Sampler[] samplers = NO_SAMPLERS;
  private int position;

  private Script(boolean forever) {
    this.forever = forever;
  }

  /** A script that starts again after its last step. It must hold at least one verb. */
  public static Script forever() {
    return new Script(true);
  }

  /** A script that ends its task after its last step. */
  public static Script once() {
    return new Script(false);
  }

  /** Runs for {@code ns}. */
  public Script compute(long ns) {
    return add(Op.COMPUTE, null, notNegative("compute", ns));
  }

  /** Runs for a time drawn from {@code time} each time. */
  public Script compute(Dist time) {
    return add(Op.COMPUTE_DIST, null, index(time));
  }

  /** Runs for {@code time}. */
  public Script compute(Duration time) {
    return compute(time.toNanos());
  }

  /** Sends a message. */
  public Script send(Socket to, int bytes) {
    return add(Op.SEND, to, notNegative("bytes", bytes));
  }

  /** Sends a message. */
  public Script send(Socket to, Bytes bytes) {
    return send(to, Math.toIntExact(bytes.count()));
  }

  /** Takes the next message, waiting for one. */
  public Script receive(Socket from) {
    return add(Op.RECEIVE, from, 0);
  }

  /** Sets an event. */
  public Script signal(Event event) {
    return add(Op.SIGNAL, event, 0);
  }

  /** Waits for an event. */
  public Script await(Event event) {
    return add(Op.AWAIT, event, 0);
  }

  /** Sleeps for {@code ns}. */
  public Script sleep(long ns) {
    return add(Op.SLEEP, null, notNegative("sleep", ns));
  }

  /** Sleeps for a time drawn from {@code time} each time. */
  public Script sleep(Dist time) {
    return add(Op.SLEEP_DIST, null, index(time));
  }

  /** Sleeps for {@code time}. */
  public Script sleep(Duration time) {
    return sleep(time.toNanos());
  }

  /** Ends the task. */
  public Script exit() {
    return add(Op.EXIT, null, 0);
  }

  /** Starts a measurement. */
  public Script start(Probe probe) {
    return add(Op.START, probe, 0);
  }

  /** Ends a measurement. */
  public Script stop(Probe probe) {
    return add(Op.STOP, probe, 0);
  }

  @Override
  public void bind(RandomGenerator random) {
    if (forever && !hasVerb) {
      throw new IllegalStateException("a script that runs for ever needs at least one verb that takes time");
    }
    samplers = new Sampler[dists.size()];
    for (int i = 0; i < samplers.length; i++) {
      samplers[i] = dists.get(i).sampler(random);
    }
  }

  @Override
  public void next(Cpu cpu) {
    while (true) {
      if (position == length) {
        if (!forever) {
          cpu.exit();
          return;
        }
        position = 0;
      }
      int i = position++;
      switch (ops[i]) {
        case COMPUTE -> cpu.compute(numbers[i]);
        case COMPUTE_DIST -> cpu.compute(samplers[(int) numbers[i]].nextNs());
        case SEND -> cpu.send((Socket) targets[i], (int) numbers[i]);
        case RECEIVE -> cpu.receive((Socket) targets[i]);
        case SIGNAL -> cpu.signal((Event) targets[i]);
        case AWAIT -> cpu.await((Event) targets[i]);
        case SLEEP -> cpu.sleep(numbers[i]);
        case SLEEP_DIST -> cpu.sleep(samplers[(int) numbers[i]].nextNs());
        case EXIT -> cpu.exit();
        case START -> {
          cpu.start((Probe) targets[i]);
          continue;
        }
        case STOP -> {
          cpu.stop((Probe) targets[i]);
          continue;
        }
      }
      return;
    }
  }

  private Script add(Op op, @org.jspecify.annotations.Nullable Object target, long number) {
    if (length == ops.length) {
      ops = Arrays.copyOf(ops, length * 2);
      targets = Arrays.copyOf(targets, length * 2);
      numbers = Arrays.copyOf(numbers, length * 2);
    }
    ops[length] = op;
    targets[length] = target;
    numbers[length++] = number;
    hasVerb |= op != Op.START && op != Op.STOP;
    return this;
  }

  private int index(Dist dist) {
    dists.add(dist);
    return dists.size() - 1;
  }

  private static long notNegative(String what, long value) {
    if (value < 0) {
      throw new IllegalArgumentException(what + " must be at least 0, was " + value);
    }
    return value;
  }
}
