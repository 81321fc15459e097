package dev.haltlab.platform.timeline;

import dev.haltlab.engine.PathStep;
import dev.haltlab.engine.PcpuState;
import dev.haltlab.engine.VcpuState;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A vCPU's time in two layers. The outer one: guest mode and, one by one, its exits; natively the guest, halts and
 * wake-ups. The inner one: the steps within, cut where they get onto the critical path or leave it.
 */
final class Layers {
  private Layers() {}

  /**
   * A piece of the inner layer.
   *
   * @param title in words
   * @param part of which transaction's critical path it is; null if of none
   */
  record Piece(String title, Timeline.@Nullable Transaction part, long fromNs, long toNs)
      implements Timeline.Stretch {}

  /**
   * A piece of the outer layer.
   *
   * @param title in words
   * @param exit the exit; null if it is none
   * @param pieces what it is made of: they tile it
   */
  record Outer(String title, Timeline.@Nullable Exit exit, List<Piece> pieces, long fromNs, long toNs)
      implements Timeline.Stretch {
    /** Time of it on a critical path, ns. */
    long criticalNs() {
      return pieces.stream().filter(piece -> piece.part != null).mapToLong(Timeline.Stretch::ns).sum();
    }
  }

  private record Critical(Timeline.Transaction transaction, long fromNs, long toNs) {}

  /** The layers of one vCPU: the outer one tiles the window. */
  static List<Outer> of(Timeline timeline, int vcpu) {
    List<Critical> critical = critical(timeline, vcpu);
    List<Outer> outers = new ArrayList<>();
    List<Piece> pieces = new ArrayList<>();
    List<Timeline.Exit> exits = timeline.exits().get(vcpu);
    int nextExit = 0;
    int nextCritical = 0;
    Timeline.@Nullable Exit exit = null;
    String title = "";
    for (Timeline.Span span : timeline.threads().get(vcpu)) {
      long atNs = span.fromNs();
      while (atNs < span.toNs()) {
        while (nextExit < exits.size() && exits.get(nextExit).toNs() <= atNs) {
          nextExit++;
        }
        while (nextCritical < critical.size() && critical.get(nextCritical).toNs <= atNs) {
          nextCritical++;
        }
        long untilNs = span.toNs();
        Timeline.@Nullable Exit now = null;
        if (nextExit < exits.size()) {
          Timeline.Exit next = exits.get(nextExit);
          now = next.fromNs() <= atNs ? next : null;
          untilNs = Math.min(untilNs, now == null ? next.fromNs() : next.toNs());
        }
        Timeline.@Nullable Transaction part = null;
        if (nextCritical < critical.size()) {
          Critical next = critical.get(nextCritical);
          part = next.fromNs <= atNs ? next.transaction : null;
          untilNs = Math.min(untilNs, part == null ? next.fromNs : next.toNs);
        }
        String nowTitle = now == null ? outside(span.state()) : now.title();
        if (!pieces.isEmpty() && (now != exit || !nowTitle.equals(title))) {
          outers.add(closed(title, exit, pieces));
          pieces = new ArrayList<>();
        }
        exit = now;
        title = nowTitle;
        add(pieces, new Piece(inner(span), part, atNs, untilNs));
        atNs = untilNs;
      }
    }
    if (!pieces.isEmpty()) {
      outers.add(closed(title, exit, pieces));
    }
    return outers;
  }

  private static Outer closed(String title, Timeline.@Nullable Exit exit, List<Piece> pieces) {
    return new Outer(title, exit, pieces, pieces.get(0).fromNs, pieces.get(pieces.size() - 1).toNs);
  }

  private static void add(List<Piece> pieces, Piece piece) {
    Piece last = pieces.isEmpty() ? null : pieces.get(pieces.size() - 1);
    if (last != null && last.title.equals(piece.title) && last.part == piece.part) {
      pieces.set(pieces.size() - 1, new Piece(last.title, last.part, last.fromNs, piece.toNs));
    } else {
      pieces.add(piece);
    }
  }

  /** The stretches this vCPU held a token; one token at a time, so that they do not overlap. */
  private static List<Critical> critical(Timeline timeline, int vcpu) {
    List<Critical> all = new ArrayList<>();
    for (Timeline.Transaction transaction : timeline.transactions()) {
      for (Timeline.Part part : transaction.parts()) {
        if (part.vcpu() == vcpu) {
          all.add(new Critical(transaction, part.fromNs(), part.toNs()));
        }
      }
    }
    all.sort((a, b) -> Long.compare(a.fromNs, b.fromNs));
    return all;
  }

  /** What a vCPU that is in no exit does; there is neither state nor name before the first exit but waking. */
  private static String outside(@Nullable VcpuState state) {
    return switch (state == null ? VcpuState.GUEST : state) {
      case GUEST -> "guest";
      case BLOCKED -> "halted";
      case WAKING -> "wakes";
      default -> "starts";
    };
  }

  /** What a span is, in words. A label without a token to charge is as good a name as one with. */
  static String inner(Timeline.Span span) {
    PathStep step = span.step();
    VcpuState state = span.state();
    if (step == null || state == null) {
      return "";
    }
    return switch (state) {
      case POLLING -> step.title();
      case GUEST -> step == PathStep.ICR_EXIT ? "ICR write" : step.title(); // without a hypervisor nothing exits
      case BLOCKED -> "blocked";
      case RUNNABLE -> "waits for the pCPU";
      case HOST_IRQ -> PathStep.HOST_IRQ.title();
      case WAKING -> step == PathStep.WAKE_THREAD ? "thread wake-up" : step.title();
      case EXIT -> span.place() == PcpuState.SWITCH ? "context switch of the host" : step.title();
    };
  }

  /** A pCPU's state in words. */
  static String place(PcpuState place) {
    return switch (place) {
      case HOST_IRQ -> PathStep.HOST_IRQ.title();
      case BACKGROUND -> "host task";
      case C_EXIT -> "C-state exit";
      default -> place.name().toLowerCase(Locale.ROOT);
    };
  }
}
