package dev.haltlab.platform.timeline;

import dev.haltlab.engine.ExitReason;
import dev.haltlab.engine.MsrRegister;
import dev.haltlab.engine.PathStep;
import dev.haltlab.engine.PcpuState;
import dev.haltlab.engine.Recorder;
import dev.haltlab.engine.SimulationSpec;
import dev.haltlab.engine.VcpuState;
import dev.haltlab.platform.scenario.Plan;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Keeps what a replication tells of a stretch of its time, as a {@link Timeline}. */
final class Log implements Recorder {
  private static final VcpuState[] STATES = VcpuState.values();
  private static final PcpuState[] PLACES = PcpuState.values();
  private static final PathStep[] STEPS = PathStep.values();
  private static final ExitReason[] REASONS = ExitReason.values();
  private static final MsrRegister[] REGISTERS = MsrRegister.values();
  private static final Verb[] VERBS = Verb.values();

  private final Plan.Variant variant;
  private final int replication;
  private final long fromNs;
  private final long toNs;
  private final long most;
  private long kept;
  private long fullNs = -1;

  private final List<List<Timeline.Span>> threads = new ArrayList<>();
  private final List<Timeline.Idle> idle = new ArrayList<>();
  private final List<List<Timeline.Exit>> exits = new ArrayList<>();
  private final List<Timeline.Halt> halts = new ArrayList<>();
  private final List<Timeline.Ipi> ipis = new ArrayList<>();
  private final List<Timeline.Run> runs = new ArrayList<>();
  private final List<Timeline.VerbSpan> verbs = new ArrayList<>();
  private final List<Timeline.Message> messages = new ArrayList<>();
  private final List<Timeline.Transaction> transactions = new ArrayList<>();
  private final Timeline.Names names;

  // What is under way.
  private final int[] vmOf;
  private final @Nullable Timeline.Exit[] exit;
  private final int[] running;
  private final long[] runningSinceNs;
  /** Of each pCPU, its latest entry in {@link #idle}; −1 before the first. */
  private final int[] lastIdle;
  private final List<List<Timeline.Ipi>> coming = new ArrayList<>();
  private final Map<Key, Timeline.VerbSpan> atVerb = new LinkedHashMap<>();
  private final Map<Key, Integer> sent = new LinkedHashMap<>();
  private final Map<Key, Timeline.Transaction> open = new LinkedHashMap<>();

  private record Key(int vm, int index, long number) {}

  /** @param most events to keep; those beyond are not, see {@link #fullNs} */
  Log(Plan.Variant variant, int replication, long fromNs, long toNs, long most) {
    this.variant = variant;
    this.replication = replication;
    this.fromNs = fromNs;
    this.toNs = toNs;
    this.most = most;
    SimulationSpec spec = variant.spec();
    int vcpus = spec.vms().stream().mapToInt(SimulationSpec.Vm::vcpus).sum();
    vmOf = new int[vcpus];
    exit = new Timeline.Exit[vcpus];
    running = new int[vcpus];
    runningSinceNs = new long[vcpus];
    lastIdle = new int[spec.host().pcpus()];
    Arrays.fill(lastIdle, -1);
    List<List<String>> tasks = new ArrayList<>();
    List<List<String>> queues = new ArrayList<>();
    List<List<String>> probes = new ArrayList<>();
    int vcpu = 0;
    for (int vm = 0; vm < spec.vms().size(); vm++) {
      for (int i = 0; i < spec.vms().get(vm).vcpus(); i++) {
        running[vcpu] = NONE;
        vmOf[vcpu++] = vm;
      }
      tasks.add(new ArrayList<>());
      queues.add(new ArrayList<>());
      probes.add(new ArrayList<>());
    }
    names = new Timeline.Names(tasks, queues, probes);
    for (int i = 0; i < vcpus; i++) {
      exits.add(new ArrayList<>());
      coming.add(new ArrayList<>());
    }
    for (int i = 0; i < vcpus + spec.host().tasks().size(); i++) {
      threads.add(new ArrayList<>());
    }
  }

  /** When there was more to keep than may be kept, ns; −1 if there was not. */
  long fullNs() {
    return fullNs;
  }

  /** Whether something that happens at this time, or from then on, is to be kept. */
  private boolean keeps(long atNs, long endNs) {
    if (endNs <= fromNs || atNs >= toNs) {
      return false;
    }
    if (kept >= most) {
      fullNs = fullNs < 0 ? Math.max(atNs, fromNs) : fullNs;
      return false;
    }
    kept++;
    return true;
  }

  private long cutFrom(long ns) {
    return Math.max(ns, fromNs);
  }

  private long cutTo(long ns) {
    return Math.min(ns, toNs);
  }

  /** What was kept, once the replication is over. */
  Timeline timeline() {
    List<Timeline.Span> first = threads.get(0);
    long endNs = first.isEmpty() ? fromNs : first.get(first.size() - 1).toNs(); // the replication may end before
    for (int i = 0; i < exit.length; i++) {
      entered(i, endNs);
      switched(i, NONE, endNs);
    }
    atVerb.values().forEach(under -> endVerb(
        new Timeline.VerbSpan(under.vm(), under.task(), under.verb(), under.queue(), under.fromNs(), endNs)));
    atVerb.clear();
    open.values().forEach(under -> end(under, -1, false));
    open.clear();
    transactions.sort(
        (a, b) -> a.startNs() != b.startNs() ? Long.compare(a.startNs(), b.startNs())
            : a.vm() != b.vm() ? Integer.compare(a.vm(), b.vm())
            : a.probe() != b.probe() ? Integer.compare(a.probe(), b.probe())
            : Long.compare(a.number(), b.number()));
    return new Timeline(
        variant, replication, fromNs, endNs, threads, idle, exits, halts, ipis, runs, verbs, messages, transactions,
        names);
  }

  // --- what there is ---

  @Override
  public void task(int vm, int task, String name) {
    names.tasks().get(vm).add(name);
  }

  @Override
  public void queue(int vm, int queue, String name) {
    names.queues().get(vm).add(name);
  }

  @Override
  public void probe(int vm, int probe, String name) {
    names.probes().get(vm).add(name);
  }

  // --- what happens ---

  @Override
  public void spent(int thread, int pcpu, int state, int place, int step, long beganNs, long endedNs) {
    if (keeps(beganNs, endedNs)) {
      threads.get(thread).add(new Timeline.Span(
          pcpu, state == NONE ? null : STATES[state], place == NONE ? null : PLACES[place],
          step == NONE ? null : STEPS[step], cutFrom(beganNs), cutTo(endedNs)));
    }
  }

  @Override
  public void idle(int pcpu, int cstate, long beganNs, long endedNs) {
    int last = lastIdle[pcpu];
    if (last >= 0 && idle.get(last).cstate() == cstate && idle.get(last).toNs() == beganNs) {
      // one idle time: the engine settles its accounts when counting begins
      idle.set(last, new Timeline.Idle(pcpu, cstate, idle.get(last).fromNs(), cutTo(endedNs)));
    } else if (keeps(beganNs, endedNs)) {
      lastIdle[pcpu] = idle.size();
      idle.add(new Timeline.Idle(pcpu, cstate, cutFrom(beganNs), cutTo(endedNs)));
    }
  }

  @Override
  public void exited(int vcpu, int reason, int register, long atNs) {
    exit[vcpu] = new Timeline.Exit(REASONS[reason], register == NONE ? null : REGISTERS[register], atNs, toNs);
  }

  @Override
  public void entered(int vcpu, long atNs) {
    Timeline.Exit under = exit[vcpu];
    exit[vcpu] = null;
    if (under != null && atNs > under.fromNs() && keeps(under.fromNs(), atNs)) {
      exits.get(vcpu).add(
          new Timeline.Exit(under.reason(), under.register(), cutFrom(under.fromNs()), cutTo(atNs)));
    }
  }

  @Override
  public void halted(
      int vcpu, long beganNs, long pollEndNs, boolean polled, boolean hit, long windowNs, long endedNs) {
    if (keeps(endedNs, endedNs + 1)) {
      halts.add(new Timeline.Halt(vcpu, beganNs, pollEndNs, polled, hit, windowNs, endedNs));
    }
  }

  @Override
  public void ipiSent(int fromVcpu, int toVcpu, long atNs) {
    coming.get(toVcpu).add(new Timeline.Ipi(fromVcpu, toVcpu, atNs, -1, -1));
  }

  @Override
  public void kicked(int vcpu, int vector, long atNs) {
    if (vector == RESCHEDULE) {
      coming.get(vcpu).replaceAll(
          ipi -> ipi.arrivedNs() >= 0 ? ipi : new Timeline.Ipi(ipi.from(), ipi.to(), ipi.sentNs(), atNs, -1));
    }
  }

  @Override
  public void interrupted(int vcpu, int vector, long atNs) {
    if (vector == RESCHEDULE) {
      for (Timeline.Ipi ipi : coming.get(vcpu)) {
        if (ipi.sentNs() >= fromNs && atNs < toNs && keeps(ipi.sentNs(), toNs)) {
          ipis.add(new Timeline.Ipi(ipi.from(), ipi.to(), ipi.sentNs(), ipi.arrivedNs(), atNs));
        }
      }
      coming.get(vcpu).clear();
    }
  }

  @Override
  public void switched(int vcpu, int task, long atNs) {
    if (running[vcpu] != NONE && atNs > runningSinceNs[vcpu] && keeps(runningSinceNs[vcpu], atNs)) {
      runs.add(new Timeline.Run(vmOf[vcpu], running[vcpu], vcpu, cutFrom(runningSinceNs[vcpu]), cutTo(atNs)));
    }
    running[vcpu] = task;
    runningSinceNs[vcpu] = atNs;
  }

  @Override
  public void verb(int vcpu, int task, int verb, int queue, long atNs) {
    int vm = vmOf[vcpu];
    Timeline.VerbSpan next = new Timeline.VerbSpan(vm, task, VERBS[verb], queue, atNs, toNs);
    Timeline.VerbSpan under = atVerb.put(new Key(vm, task, 0), next);
    if (under != null) {
      endVerb(new Timeline.VerbSpan(vm, task, under.verb(), under.queue(), under.fromNs(), atNs));
    }
  }

  private void endVerb(Timeline.VerbSpan span) {
    if (span.verb() != Verb.EXIT && span.toNs() > span.fromNs() && keeps(span.fromNs(), span.toNs())) {
      verbs.add(new Timeline.VerbSpan(
          span.vm(), span.task(), span.verb(), span.queue(), cutFrom(span.fromNs()), cutTo(span.toNs())));
    }
  }

  @Override
  public void sent(int vcpu, int task, int queue, long message, long atNs) {
    if (atNs >= fromNs && keeps(atNs, atNs + 1)) {
      sent.put(new Key(vmOf[vcpu], 0, message), messages.size());
      messages.add(new Timeline.Message(vmOf[vcpu], queue, task, atNs, NONE, -1));
    }
  }

  @Override
  public void taken(int vcpu, int task, int queue, long message, long atNs) {
    Integer index = sent.get(new Key(vmOf[vcpu], 0, message));
    if (index != null && atNs < toNs) {
      Timeline.Message was = messages.get(index);
      Timeline.Message taken =
          new Timeline.Message(was.vm(), was.queue(), was.sender(), was.sentNs(), task, atNs);
      if (was.receiver() == NONE) {
        messages.set(index, taken);
      } else if (keeps(atNs, atNs + 1)) { // of a manual event, by another one
        messages.add(taken);
      }
    }
  }

  // --- transactions ---

  @Override
  public void started(int vm, int probe, long transaction, long atNs) {
    open.put(
        new Key(vm, probe, transaction),
        new Timeline.Transaction(vm, probe, transaction, atNs, -1, false, new ArrayList<>()));
  }

  @Override
  public void charged(int vm, int probe, long transaction, int vcpu, int step, long beganNs, long endedNs) {
    if (endedNs <= fromNs || beganNs >= toNs) {
      return;
    }
    Timeline.Transaction under = open.get(new Key(vm, probe, transaction));
    if (under == null) {
      return;
    }
    List<Timeline.Part> parts = under.parts();
    Timeline.Part last = parts.isEmpty() ? null : parts.get(parts.size() - 1);
    if (last != null && last.vcpu() == vcpu && last.step().ordinal() == step) {
      parts.set(parts.size() - 1, new Timeline.Part(vcpu, STEPS[step], last.fromNs(), cutTo(endedNs)));
    } else if (keeps(beganNs, endedNs)) {
      parts.add(new Timeline.Part(vcpu, STEPS[step], cutFrom(beganNs), cutTo(endedNs)));
    }
  }

  @Override
  public void stopped(int vm, int probe, long transaction, long atNs) {
    Timeline.Transaction under = open.remove(new Key(vm, probe, transaction));
    if (under != null) {
      end(under, atNs, true);
    }
  }

  @Override
  public void dropped(int vm, int probe, long transaction) {
    Timeline.Transaction under = open.remove(new Key(vm, probe, transaction));
    if (under != null && !under.parts().isEmpty()) {
      long endedNs = under.parts().get(under.parts().size() - 1).toNs();
      end(under, endedNs < toNs ? endedNs : -1, false);
    }
  }

  private void end(Timeline.Transaction under, long stopNs, boolean counted) {
    if (!under.parts().isEmpty() && keeps(fromNs, toNs)) {
      transactions.add(new Timeline.Transaction(
          under.vm(), under.probe(), under.number(), under.startNs(), stopNs, counted, under.parts()));
    }
  }
}
