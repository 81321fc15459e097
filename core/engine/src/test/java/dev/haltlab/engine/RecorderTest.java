package dev.haltlab.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.Test;

/**
 * Pins what a recorder is told on any machine: the spans of a thread tile its time, those on a pCPU that pCPU's, the
 * parts of a transaction its latency, and all of it is what the outcome counts. A step that the engine runs ahead of, or
 * in two halves, or settles after the fact, and forgets to tell in time shows here.
 */
final class RecorderTest {
  private static final int MACHINES = 200;
  private static final long RUN_NS = 300_000_000;

  private static Outcome run(SimulationSpec spec, Recorder recorder) {
    try {
      return Simulation.run(spec, 0, recorder, nowNs -> {});
    } catch (InterruptedException e) {
      throw new AssertionError("nobody interrupts a test", e);
    }
  }

  @Test
  void whatIsToldIsWhatIsCountedOnAnyMachine() {
    SoftAssertions all = new SoftAssertions();
    for (int number = 0; number < MACHINES; number++) {
      int which = number;
      all.assertThatCode(() -> {
        RandomMachine machine = new RandomMachine(which);
        SimulationSpec spec = machine.spec(which, RUN_NS);
        Book book = new Book(spec);
        new Check(spec, book, run(spec, book)).all();
      }).as("machine %d", number).doesNotThrowAnyException();
    }
    all.assertAll();
  }

  @Test
  void aRecorderChangesNothing() {
    for (int number = 0; number < 40; number++) {
      SimulationSpec watched = new RandomMachine(number).spec(number, RUN_NS);
      SimulationSpec alone = new RandomMachine(number).spec(number, RUN_NS);
      assertThat(run(watched, new Book(watched))).as("machine %d", number).isEqualTo(run(alone, null));
    }
  }

  private record Span(int thread, int pcpu, int state, int place, int step, long fromNs, long toNs) {
    long within(long openedNs, long closedNs) {
      return Math.max(0, Math.min(toNs, closedNs) - Math.max(fromNs, openedNs));
    }
  }

  private record Transaction(int vm, int probe, long number) {}

  private static final class Parts {
    final Map<PathStep, Long> ns = new EnumMap<>(PathStep.class);
    long startNs;
    long endNs;
    boolean stopped;
  }

  private static final class Exit {
    int reason;
    int register;
    long fromNs;
    long toNs = Long.MAX_VALUE;
  }

  /** Notes everything, and what must hold of each call by itself. */
  private static final class Book implements Recorder {
    final List<List<Span>> threads = new ArrayList<>();
    final List<List<Span>> idle = new ArrayList<>();
    final List<List<Exit>> exits = new ArrayList<>();
    final Map<Transaction, Parts> transactions = new LinkedHashMap<>();
    final Map<Integer, Integer> ipisUnderWay = new HashMap<>();
    final List<Set<Long>> sent = new ArrayList<>();
    final int[] running;
    final int[] vmOf;
    final List<Set<Integer>> tasks = new ArrayList<>();
    final Map<Integer, Long> halts = new HashMap<>();
    /** What vCPUs have charged to tokens. */
    final List<Span> charges = new ArrayList<>();

    Book(SimulationSpec spec) {
      int vcpus = spec.vms().stream().mapToInt(SimulationSpec.Vm::vcpus).sum();
      for (int i = 0; i < vcpus + spec.host().tasks().size(); i++) {
        threads.add(new ArrayList<>());
        exits.add(new ArrayList<>());
      }
      for (int i = 0; i < spec.host().pcpus(); i++) {
        idle.add(new ArrayList<>());
      }
      running = new int[vcpus];
      Arrays.fill(running, NONE);
      vmOf = new int[vcpus];
      int vcpu = 0;
      for (int vm = 0; vm < spec.vms().size(); vm++) {
        sent.add(new HashSet<>());
        tasks.add(new HashSet<>());
        for (int i = 0; i < spec.vms().get(vm).vcpus(); i++) {
          vmOf[vcpu++] = vm;
        }
      }
    }

    @Override
    public void task(int vm, int task, String name) {
      assertThat(tasks.get(vm).add(task)).isTrue();
    }

    @Override
    public void spent(int thread, int pcpu, int state, int place, int step, long fromNs, long toNs) {
      assertThat(toNs).isGreaterThan(fromNs);
      List<Span> spans = threads.get(thread);
      assertThat(fromNs).isEqualTo(spans.isEmpty() ? 0 : spans.get(spans.size() - 1).toNs);
      spans.add(new Span(thread, pcpu, state, place, step, fromNs, toNs));
    }

    @Override
    public void idle(int pcpu, int cstate, long fromNs, long toNs) {
      assertThat(toNs).isGreaterThan(fromNs);
      idle.get(pcpu).add(new Span(NONE, pcpu, NONE, PcpuState.IDLE.ordinal(), NONE, fromNs, toNs));
    }

    @Override
    public void exited(int vcpu, int reason, int register, long atNs) {
      List<Exit> all = exits.get(vcpu);
      assertThat(all.isEmpty() || all.get(all.size() - 1).toNs <= atNs).as("exits follow each other").isTrue();
      Exit exit = new Exit();
      exit.reason = reason;
      exit.register = register;
      exit.fromNs = atNs;
      all.add(exit);
    }

    @Override
    public void entered(int vcpu, long atNs) {
      Exit last = exits.get(vcpu).get(exits.get(vcpu).size() - 1);
      assertThat(last.toNs).as("entered once").isEqualTo(Long.MAX_VALUE);
      last.toNs = atNs;
    }

    @Override
    public void halted(
        int vcpu, long fromNs, long pollEndNs, boolean polled, boolean hit, long windowNs, long toNs) {
      assertThat(fromNs).isLessThanOrEqualTo(pollEndNs);
      assertThat(pollEndNs).isLessThanOrEqualTo(toNs);
      assertThat(fromNs).isGreaterThanOrEqualTo(halts.getOrDefault(vcpu, 0L));
      halts.put(vcpu, toNs);
    }

    @Override
    public void ipiSent(int fromVcpu, int toVcpu, long atNs) {
      assertThat(vmOf[fromVcpu]).isEqualTo(vmOf[toVcpu]);
      ipisUnderWay.merge(toVcpu, 1, Integer::sum);
    }

    @Override
    public void interrupted(int vcpu, int vector, long atNs) {
      if (vector == RESCHEDULE) {
        assertThat(ipisUnderWay.remove(vcpu)).as("IPIs that reach vCPU %d", vcpu).isNotNull();
      }
    }

    @Override
    public void switched(int vcpu, int task, long atNs) {
      assertThat(task == NONE || running[vcpu] == NONE).as("a task leaves before the next one comes").isTrue();
      assertThat(task == NONE || tasks.get(vmOf[vcpu]).contains(task)).isTrue();
      running[vcpu] = task;
    }

    @Override
    public void verb(int vcpu, int task, int verb, int queue, long atNs) {
      assertThat(running[vcpu]).isEqualTo(task);
      assertThat(queue != NONE).isEqualTo(switch (Verb.values()[verb]) {
        case SEND, RECEIVE, SIGNAL, AWAIT -> true;
        default -> false;
      });
    }

    @Override
    public void sent(int vcpu, int task, int queue, long message, long atNs) {
      assertThat(running[vcpu]).isEqualTo(task);
      assertThat(sent.get(vmOf[vcpu]).add(message)).as("a message is sent once").isTrue();
    }

    @Override
    public void taken(int vcpu, int task, int queue, long message, long atNs) {
      assertThat(running[vcpu]).isEqualTo(task);
      assertThat(sent.get(vmOf[vcpu])).as("what is taken was sent").contains(message);
    }

    @Override
    public void started(int vm, int probe, long transaction, long atNs) {
      Parts parts = new Parts();
      parts.startNs = atNs;
      parts.endNs = atNs;
      assertThat(transactions.put(new Transaction(vm, probe, transaction), parts)).isNull();
    }

    @Override
    public void charged(int vm, int probe, long transaction, int vcpu, int step, long fromNs, long toNs) {
      assertThat(toNs).isGreaterThan(fromNs);
      Parts parts = transactions.get(new Transaction(vm, probe, transaction));
      assertThat(fromNs).as("parts follow each other").isEqualTo(parts.endNs);
      if (vcpu != NONE) {
        charges.add(new Span(vcpu, NONE, NONE, NONE, step, fromNs, toNs));
      }
      parts.endNs = toNs;
      parts.ns.merge(PathStep.values()[step], toNs - fromNs, Long::sum);
    }

    @Override
    public void stopped(int vm, int probe, long transaction, long atNs) {
      Parts parts = transactions.get(new Transaction(vm, probe, transaction));
      assertThat(parts.endNs).as("parts add up to the latency").isEqualTo(atNs);
      parts.stopped = true;
    }
  }

  private record Check(SimulationSpec spec, Book book, Outcome outcome) {
    void all() {
      long closedNs = book.threads.get(0).get(book.threads.get(0).size() - 1).toNs;
      long openedNs = closedNs - outcome.simulatedNs();
      threads(openedNs, closedNs);
      pcpus(closedNs);
      charges();
      int vcpu = 0;
      for (int vm = 0; vm < outcome.vms().size(); vm++) {
        exits(vcpu, outcome.vms().get(vm), openedNs);
        probes(vm, openedNs);
        vcpu += outcome.vms().get(vm).vcpus().size();
      }
    }

    private void threads(long openedNs, long closedNs) {
      int thread = 0;
      for (Outcome.Vm vm : outcome.vms()) {
        for (Outcome.Vcpu vcpu : vm.vcpus()) {
          Map<VcpuState, Long> told = new EnumMap<>(VcpuState.class);
          for (VcpuState state : VcpuState.values()) {
            told.put(state, 0L);
          }
          List<Span> spans = book.threads.get(thread++);
          assertThat(spans.get(spans.size() - 1).toNs).isEqualTo(closedNs);
          spans.forEach(
              span -> told.merge(VcpuState.values()[span.state], span.within(openedNs, closedNs), Long::sum));
          assertThat(told).as("vCPU %d of %s", vcpu.id(), vm.name()).isEqualTo(vcpu.byState());
        }
      }
    }

    /** What a transaction is charged with is what its holder was at, to the ns: a step in two halves changes in time. */
    private void charges() {
      List<NavigableMap<Long, Span>> byStart = new ArrayList<>();
      for (List<Span> spans : book.threads) {
        NavigableMap<Long, Span> ofThread = new TreeMap<>();
        spans.forEach(span -> ofThread.put(span.fromNs, span));
        byStart.add(ofThread);
      }
      for (Span charge : book.charges) {
        NavigableMap<Long, Span> spans = byStart.get(charge.thread);
        for (Span span : spans.subMap(spans.floorKey(charge.fromNs), true, charge.toNs, false).values()) {
          assertThat(span.step).as("during %s: %s", charge, span).isEqualTo(charge.step);
        }
      }
    }

    /** What runs on a pCPU and its idle times tile its time: nothing runs twice there, and it is never nowhere. */
    private void pcpus(long closedNs) {
      for (Outcome.Pcpu pcpu : outcome.pcpus()) {
        List<Span> all = new ArrayList<>(book.idle.get(pcpu.id()));
        book.threads.forEach(spans -> spans.stream()
            .filter(span -> span.pcpu == pcpu.id() && span.place != Recorder.NONE)
            .forEach(all::add));
        all.sort((a, b) -> Long.compare(a.fromNs, b.fromNs));
        long atNs = 0;
        for (Span span : all) {
          assertThat(span.fromNs).as("pCPU %d", pcpu.id()).isEqualTo(atNs);
          atNs = span.toNs;
        }
        assertThat(atNs).as("pCPU %d", pcpu.id()).isEqualTo(closedNs);
        Map<PcpuState, Long> told = new EnumMap<>(PcpuState.class);
        for (PcpuState state : PcpuState.values()) {
          told.put(state, 0L);
        }
        long openedNs = closedNs - outcome.simulatedNs();
        all.forEach(span -> told.merge(PcpuState.values()[span.place], span.within(openedNs, closedNs), Long::sum));
        assertThat(told).as("pCPU %d", pcpu.id()).isEqualTo(pcpu.byState());
      }
    }

    private void exits(int firstVcpu, Outcome.Vm vm, long openedNs) {
      Map<ExitReason, Outcome.Count> told = new EnumMap<>(ExitReason.class);
      Map<MsrRegister, Outcome.Count> writes = new EnumMap<>(MsrRegister.class);
      for (ExitReason reason : ExitReason.values()) {
        told.put(reason, Outcome.Count.NONE);
      }
      for (MsrRegister register : MsrRegister.values()) {
        writes.put(register, Outcome.Count.NONE);
      }
      for (int i = 0; i < vm.vcpus().size(); i++) {
        for (Exit exit : book.exits.get(firstVcpu + i)) {
          if (exit.toNs != Long.MAX_VALUE && exit.toNs > openedNs) {
            long ns = exit.toNs - Math.max(exit.fromNs, openedNs);
            Outcome.Count one = new Outcome.Count(1, ns, ns, ns, BigInteger.valueOf(ns).pow(2));
            told.merge(ExitReason.values()[exit.reason], one, Outcome.Count::plus);
            if (exit.register != Recorder.NONE) {
              writes.merge(MsrRegister.values()[exit.register], one, Outcome.Count::plus);
            }
          }
        }
      }
      assertThat(told).as("exits of %s", vm.name()).isEqualTo(vm.exits());
      assertThat(writes).as("writes of %s", vm.name()).isEqualTo(vm.msrWrites());
    }

    private void probes(int vm, long openedNs) {
      int probe = 0;
      for (Outcome.ProbeOutcome counted : outcome.vms().get(vm).probes().values()) {
        Map<PathStep, Long> told = new EnumMap<>(PathStep.class);
        for (PathStep step : PathStep.values()) {
          told.put(step, 0L);
        }
        long count = 0;
        for (Map.Entry<Transaction, Parts> each : book.transactions.entrySet()) {
          Transaction transaction = each.getKey();
          Parts parts = each.getValue();
          if (transaction.vm == vm && transaction.probe == probe && parts.stopped && parts.endNs > openedNs) {
            count++;
            parts.ns.forEach((step, ns) -> told.merge(step, ns, Long::sum));
          }
        }
        if (count == counted.count()) { // else one stopped in the very ns in which the window opened
          assertThat(told).as("path of probe %d", probe).isEqualTo(counted.path());
        } else {
          assertThat(count).isEqualTo(counted.count() - 1);
        }
        probe++;
      }
    }
  }
}
