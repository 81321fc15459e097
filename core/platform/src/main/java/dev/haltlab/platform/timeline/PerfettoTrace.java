package dev.haltlab.platform.timeline;

import dev.haltlab.engine.Recorder;
import dev.haltlab.engine.SimulationSpec;
import dev.haltlab.platform.timeline.PerfettoWriter.Row;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Timelines as one file for Perfetto's viewer, ui.perfetto.dev, and its trace processor. A group of tracks for each
 * variant: transactions with their critical path, vCPUs and tasks of each VM, poll windows, the host's pCPUs. The same
 * timelines give the same bytes.
 */
public final class PerfettoTrace {
  private final PerfettoWriter writer = new PerfettoWriter();
  private long flow;

  private PerfettoTrace() {}

  /** The whole file. */
  public static byte[] of(List<Timeline> timelines) {
    PerfettoTrace trace = new PerfettoTrace();
    // The viewer sorts outermost rows by name, whatever their rank.
    String numbered = "%0" + String.valueOf(timelines.size()).length() + "d %s";
    for (int i = 0; i < timelines.size(); i++) {
      String name = timelines.get(i).variant().name();
      trace.add(timelines.get(i), timelines.size() == 1 ? name : String.format(Locale.ROOT, numbered, i + 1, name), i);
    }
    return trace.writer.bytes();
  }

  private void add(Timeline timeline, String title, int rank) {
    Row root = writer.row(
        title, null, rank,
        "Variant " + timeline.variant().name() + ", replication " + timeline.replication()
            + ". Times count from the start of the replication, warm-up included.");
    List<SimulationSpec.Vm> vms = timeline.variant().spec().vms();
    Row[] vcpuRows = new Row[timeline.vcpus()];
    for (int vm = 0; vm < vms.size(); vm++) {
      Row group = writer.row("VM " + vms.get(vm).name(), root, vm, "");
      int place = transactions(timeline, vm, group);
      for (int vcpu = 0; vcpu < timeline.vcpus(); vcpu++) {
        if (timeline.vmOf(vcpu) == vm) {
          vcpuRows[vcpu] = vcpu(timeline, vcpu, group, place++);
          place = window(timeline, vcpu, group, place);
        }
      }
      tasks(timeline, vm, group, place);
    }
    ipis(timeline, vcpuRows);
    host(timeline, writer.row("host", root, vms.size(), ""));
  }

  private static String name(Timeline timeline, int vcpu) {
    return "vCPU " + timeline.indexInVm(vcpu);
  }

  /** A row per probe, or several where its transactions overlap; the viewer puts rows of one name together. */
  private int transactions(Timeline timeline, int vm, Row group) {
    int place = 0;
    List<String> probes = timeline.names().probes().get(vm);
    for (int probe = 0; probe < probes.size(); probe++) {
      List<Row> lanes = new ArrayList<>();
      List<Long> freeNs = new ArrayList<>();
      for (Timeline.Transaction transaction : timeline.transactions()) {
        if (transaction.vm() != vm || transaction.probe() != probe) {
          continue;
        }
        long fromNs = transaction.parts().get(0).fromNs();
        long toNs = transaction.parts().get(transaction.parts().size() - 1).toNs();
        int lane = 0;
        while (lane < lanes.size() && freeNs.get(lane) > fromNs) {
          lane++;
        }
        if (lane == lanes.size()) {
          lanes.add(writer.row(
              probes.get(probe), group, place++,
              "Transactions of this probe, each split into the steps of its critical path: they add up to its"
                  + " latency."));
          freeNs.add(0L);
        }
        freeNs.set(lane, toNs);
        Row row = lanes.get(lane);
        Map<String, Object> facts = writer.facts();
        facts.put("number", transaction.number());
        if (transaction.counted()) {
          facts.put("latency ns", transaction.stopNs() - transaction.startNs());
        } else if (transaction.stopNs() >= 0) {
          facts.put("not counted", true);
        }
        boolean cut = transaction.startNs() < timeline.fromNs() || transaction.stopNs() > timeline.toNs()
            || transaction.stopNs() < 0;
        if (cut) {
          facts.put("cut by the window", true);
        }
        row.slice(0, probes.get(probe), fromNs, toNs, facts);
        for (Timeline.Part part : transaction.parts()) {
          Map<String, Object> where = writer.facts();
          where.put("on", part.vcpu() == Recorder.NONE ? "nobody" : name(timeline, part.vcpu()));
          where.put("group", part.step().group());
          row.slice(1, part.step().title(), part.fromNs(), part.toNs(), where);
        }
      }
    }
    return place;
  }

  private Row vcpu(Timeline timeline, int vcpu, Row group, int place) {
    Row row = writer.row(
        name(timeline, vcpu), group, place, "Guest mode and VM exits; below, the steps within.");
    for (Layers.Outer outer : Layers.of(timeline, vcpu)) {
      Map<String, Object> facts = writer.facts();
      long criticalNs = outer.criticalNs();
      if (outer.exit() != null) {
        facts.put("on the critical path, ns", criticalNs);
      }
      boolean marked = outer.exit() != null && criticalNs > 0;
      row.slice(0, marked ? outer.title() + " *" : outer.title(), outer.fromNs(), outer.toNs(), facts);
      for (Layers.Piece piece : outer.pieces()) {
        Map<String, Object> path = writer.facts();
        Timeline.Transaction part = piece.part();
        if (part != null) {
          path.put("critical path of transaction", part.number());
        }
        row.slice(1, piece.title(), piece.fromNs(), piece.toNs(), path);
      }
    }
    return row;
  }

  private int window(Timeline timeline, int vcpu, Row group, int place) {
    @Nullable Row row = null;
    for (Timeline.Halt halt : timeline.halts()) {
      if (halt.vcpu() == vcpu && halt.windowNs() >= 0) {
        if (row == null) {
          row = writer.counter(
              "halt-poll window of " + name(timeline, vcpu), group, place,
              "What the strategy shows after each decision, as the kernel traces it.");
        }
        row.value(halt.toNs(), halt.windowNs());
      }
    }
    return row == null ? place : place + 1;
  }

  private void tasks(Timeline timeline, int vm, Row group, int firstPlace) {
    List<String> tasks = timeline.names().tasks().get(vm);
    Row[] rows = new Row[tasks.size()];
    for (int task = 0; task < rows.length; task++) {
      rows[task] = writer.row(
          "task " + tasks.get(task), group, firstPlace + task,
          "What the task is at, and below when it has a vCPU.");
    }
    Map<Integer, List<Timeline.Run>> runs = new HashMap<>();
    for (Timeline.Run run : timeline.runs()) {
      if (run.vm() == vm) {
        runs.computeIfAbsent(run.task(), task -> new ArrayList<>()).add(run);
      }
    }
    Map<Integer, Integer> next = new HashMap<>();
    for (Timeline.VerbSpan verb : timeline.verbs()) {
      if (verb.vm() == vm) {
        Row row = rows[verb.task()];
        row.slice(0, title(timeline, verb), verb.fromNs(), verb.toNs(), writer.facts());
        List<Timeline.Run> ofTask = runs.getOrDefault(verb.task(), List.of());
        int at = next.getOrDefault(verb.task(), 0);
        while (at < ofTask.size() && ofTask.get(at).fromNs() < verb.toNs()) {
          Timeline.Run run = ofTask.get(at);
          long fromNs = Math.max(run.fromNs(), verb.fromNs());
          long toNs = Math.min(run.toNs(), verb.toNs());
          if (toNs > fromNs) {
            row.slice(1, "on " + name(timeline, run.vcpu()), fromNs, toNs, writer.facts());
          }
          if (run.toNs() > verb.toNs()) {
            break;
          }
          at++;
        }
        next.put(verb.task(), at);
      }
    }
    for (Timeline.Message message : timeline.messages()) {
      if (message.vm() == vm && message.receiver() != Recorder.NONE) {
        String queue = timeline.names().queues().get(vm).get(message.queue());
        long id = ++flow;
        rows[message.sender()].instant(queue + " sent", message.sentNs(), id, false);
        rows[message.receiver()].instant(queue + " taken", message.takenNs(), id, true);
      }
    }
  }

  private static String title(Timeline timeline, Timeline.VerbSpan verb) {
    String what = switch (verb.verb()) {
      case COMPUTE -> "compute";
      case SEND -> "send";
      case RECEIVE -> "receive";
      case SIGNAL -> "signal";
      case AWAIT -> "await";
      case SLEEP, SLEEP_UNTIL -> "sleep";
      case EXIT -> "exit";
    };
    return verb.queue() == Recorder.NONE
        ? what
        : what + " " + timeline.names().queues().get(verb.vm()).get(verb.queue());
  }

  private void ipis(Timeline timeline, Row[] vcpuRows) {
    for (Timeline.Ipi ipi : timeline.ipis()) {
      long id = ++flow;
      vcpuRows[ipi.from()].instant("IPI to " + name(timeline, ipi.to()), ipi.sentNs(), id, false);
      if (ipi.arrivedNs() >= 0) {
        vcpuRows[ipi.to()].instant("IPI arrives", ipi.arrivedNs(), id, false);
      }
      vcpuRows[ipi.to()].instant("IPI handler", ipi.handledNs(), id, true);
    }
  }

  private void host(Timeline timeline, Row group) {
    SimulationSpec.Host host = timeline.variant().spec().host();
    for (int pcpu = 0; pcpu < host.pcpus(); pcpu++) {
      Row row = writer.row("pCPU " + pcpu, group, pcpu, "Who runs here, and below what for; idle states.");
      for (Timeline.Idle idle : timeline.idle()) {
        if (idle.pcpu() == pcpu) {
          row.slice(
              0, "idle " + host.profile().cstates().get(idle.cstate()).name(), idle.fromNs(), idle.toNs(),
              writer.facts());
        }
      }
      for (int thread = 0; thread < timeline.threads().size(); thread++) {
        runs(timeline, thread, pcpu, row);
      }
    }
  }

  /** What a thread spent on a pCPU, one slice for each stay. */
  private void runs(Timeline timeline, int thread, int pcpu, Row row) {
    boolean isVcpu = thread < timeline.vcpus();
    String who = isVcpu
        ? name(timeline, thread) + " of " + timeline.variant().spec().vms().get(timeline.vmOf(thread)).name()
        : timeline.variant().spec().host().tasks().get(thread - timeline.vcpus()).name();
    long stayNs = -1;
    long atNs = -1;
    @Nullable String what = null;
    long whatNs = -1;
    for (Timeline.Span span : timeline.threads().get(thread)) {
      if (span.pcpu() != pcpu || span.place() == null) {
        continue;
      }
      String now = Layers.place(Objects.requireNonNull(span.place()));
      if (span.fromNs() != atNs) {
        stay(row, who, stayNs, atNs, what, whatNs);
        stayNs = span.fromNs();
        what = null;
      }
      if (!now.equals(what)) {
        if (what != null) {
          row.slice(1, what, whatNs, span.fromNs(), writer.facts());
        }
        what = now;
        whatNs = span.fromNs();
      }
      atNs = span.toNs();
    }
    stay(row, who, stayNs, atNs, what, whatNs);
  }

  private void stay(Row row, String who, long fromNs, long toNs, @Nullable String what, long whatNs) {
    if (what != null) {
      row.slice(0, who, fromNs, toNs, writer.facts());
      row.slice(1, what, whatNs, toNs, writer.facts());
    }
  }
}
