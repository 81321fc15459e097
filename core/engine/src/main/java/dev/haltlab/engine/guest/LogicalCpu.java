package dev.haltlab.engine.guest;

import dev.haltlab.engine.MsrRegister;
import dev.haltlab.engine.Recorder;
import dev.haltlab.engine.measure.CpuTime;
import dev.haltlab.engine.measure.Token;
import dev.haltlab.engine.measure.Track;
import dev.haltlab.engine.measure.Window;
import dev.haltlab.engine.sim.Calendar;
import dev.haltlab.engine.sim.Costs;
import dev.haltlab.engine.sim.Source;
import dev.haltlab.spi.Step;
import org.jspecify.annotations.Nullable;

/**
 * The CPU a guest runs on: a vCPU of a hypervisor, or the hardware itself. The guest issues one operation at a time; when
 * it is done, the CPU calls {@link GuestCpu#proceed}. When an interrupt ends a halt, or breaks into an operation that
 * allows it, the CPU calls {@link GuestCpu#interrupted} instead.
 *
 * <p>Owns the accounting all CPUs share: each nanosecond is charged to one way of spending time, and to the step of the
 * token held, if any.
 */
public abstract class LogicalCpu implements Source, Token.Holder, Window.Meter {
  /** Vector of the guest's reschedule interrupt. */
  public static final int RESCHEDULE = 1;
  /** Vector of the guest's APIC timer. */
  public static final int TIMER = 2;

  /** Phase: an operation of the guest is under way. Subclasses number theirs from 1. */
  protected static final int GUEST = 0;

  /** Nothing ends the current operation but its own end. */
  protected static final int NOTHING = 0;
  /** The current operation ends early: an interrupt is delivered. */
  protected static final int INTERRUPT = 1;
  /** The current operation is a spin and ends: the flag was seen. */
  protected static final int FLAG = 2;

  private static final int GUEST_POLL_NOTICE = Step.GUEST_POLL_NOTICE.ordinal();

  protected final Calendar calendar;
  protected final Costs costs;
  protected final GuestCpu guest;
  protected final Window window;
  private final int stepSlot;

  /** What this CPU is doing: {@link #GUEST} or a phase of the subclass. */
  protected int phase;
  /** When the current step is over; {@link Calendar#NEVER} if something else must end it. */
  protected long endNs = Calendar.NEVER;
  private boolean stepping;

  // A step of two halves: one event where nothing but the name of things changes in between. Most exits end so.
  /** When the second half begins; {@link Calendar#NEVER} if there is none or it has begun. */
  private long seamNs = Calendar.NEVER;
  private int secondPhase;
  private int secondLabel;
  private int secondPrice;

  /** The operation under way: what it is charged to. */
  protected int operationLabel;
  /** Whether an interrupt may break into it. */
  protected boolean interruptible = true;
  /** Whether it waits for a flag. */
  protected boolean spinning;
  /** Whether the guest has executed HLT and no interrupt has come since. */
  protected boolean halted = true;
  /** Whether the guest waits in MWAIT. */
  protected boolean mwaiting;
  /** While the guest waits in hardware: what leaving that C-state takes; 0 otherwise. */
  protected long waitExitNs;
  /** What ends it early, if anything. */
  protected int breaker = NOTHING;
  /** What is left of it when something else runs before its end; 0 if it is done. */
  protected long leftNs;

  private final long[] spentNs = new long[CpuTime.COUNT];
  /** The account of the place under this CPU, and what of {@link #spentNs} is booked there already. */
  private long[] placeNs;
  private final long[] bookedNs = new long[CpuTime.COUNT];
  private int way;
  private int label;
  private long sinceNs;
  private @Nullable Token token;
  /** What tells the recorder; null if there is none. */
  protected @Nullable Track track;

  /** Vectors the guest may take as soon as it allows interrupts. */
  protected int visible;

  /**
   * @param stepSlot its calendar slot for the step under way
   * @param placeNs account of the place it starts on, by {@link CpuTime}
   * @param phase what it does first
   * @param way how it starts spending its time
   */
  protected LogicalCpu(
      Calendar calendar, Costs costs, GuestCpu guest, Window window, int stepSlot, long[] placeNs, int phase, int way) {
    this.calendar = calendar;
    this.costs = costs;
    this.guest = guest;
    this.window = window;
    this.stepSlot = stepSlot;
    this.phase = phase;
    this.placeNs = placeNs;
    this.way = way;
  }

  /**
   * Tells a recorder from now on; before {@link #boot}.
   *
   * @param thread its index there
   * @param pcpu where it starts
   */
  public final void recordTo(Recorder recorder, int thread, int pcpu) {
    track = new Track(recorder, thread, pcpu, way, label);
    guest.recorded = true;
  }

  /** A vector reaches this CPU. */
  protected final void tellKick(int vector) {
    if (track != null) {
      track.recorder().kicked(track.thread(), vector, calendar.nowNs());
    }
  }

  // --- operations, one at a time, issued by the guest ---

  /**
   * Runs guest code for {@code ns} > 0, charged to {@code pathStep}.
   *
   * @return whether it is done already, because nothing else happens meanwhile: the guest goes on at once
   */
  final boolean execute(int pathStep, long ns, boolean allowsInterrupts) {
    begin(pathStep, allowsInterrupts, false);
    if (allowsInterrupts && visible != 0) {
      guest.interrupted(pathStep, ns);
      return false;
    }
    return passes(GUEST, CpuTime.GUEST, pathStep, ns);
  }

  /** Runs guest code that waits for {@link #notice}, an interrupt or {@code limitNs}; interruptible. */
  final void spin(int pathStep, long limitNs) {
    begin(pathStep, true, true);
    if (visible != 0) {
      guest.interrupted(pathStep, 0);
    } else {
      long nowNs = calendar.nowNs();
      phase = GUEST;
      spend(CpuTime.GUEST, pathStep);
      until(limitNs >= Calendar.NEVER - nowNs ? Calendar.NEVER : nowNs + limitNs);
    }
  }

  /** Waits by MWAIT for {@link #notice} or an interrupt, in a C-state that takes {@code exitNs} to leave. */
  final void mwait(int pathStep, long exitNs) {
    begin(pathStep, true, true);
    if (visible != 0) {
      guest.interrupted(pathStep, 0);
    } else {
      mwaiting = true;
      waitExitNs = exitNs;
      waitInHardware();
    }
  }

  /** The guest waits in hardware from now on. */
  protected abstract void waitInHardware();

  /** Another CPU has set need-resched: if this one spins on the flag, it sees it soon. */
  final void notice() {
    if (!spinning) {
      return;
    }
    long ns = costs.draw(GUEST_POLL_NOTICE);
    if (phase == GUEST && breaker == NOTHING) {
      breaker = FLAG;
      until(calendar.nowNs() + ns);
    } else {
      leftNs = ns; // when it spins on, after the interrupt or exit that comes first, it sees the flag
    }
  }

  /** A new operation of the guest. */
  protected final void begin(int pathStep, boolean allowsInterrupts, boolean spins) {
    operationLabel = pathStep;
    interruptible = allowsInterrupts;
    spinning = spins;
    halted = false;
    mwaiting = false;
    waitExitNs = 0;
    breaker = NOTHING;
    leftNs = 0;
  }

  /** Has the current operation end early, at {@code timeNs}; false if it ends before by itself or is ended already. */
  protected final boolean breakAt(long timeNs, int by) {
    if (breaker != NOTHING || timeNs >= endNs) {
      return false;
    }
    breaker = by;
    leftNs = endNs == Calendar.NEVER ? Calendar.NEVER : endNs - timeNs;
    until(timeNs);
    return true;
  }

  /**
   * Writes a register of the APIC timer: it will fire at {@code expiryNs}, at once if that has passed; {@link
   * Calendar#NEVER} clears it, as do its mode and divider, which are written before its first expiry or after its last.
   *
   * @return whether the write is done already, as in {@link #execute}
   */
  public abstract boolean writeTimer(MsrRegister register, long expiryNs);

  /** Writes the ICR: a reschedule interrupt for another CPU of the guest. */
  public abstract void sendIpi(LogicalCpu target);

  /** Writes the EOI register; only where {@link #eoiTakesTime}. */
  public abstract void endOfInterrupt();

  /** Halts until an interrupt; interrupts are enabled by the same stroke. */
  public abstract void halt();

  // --- not operations ---

  /** Whether an EOI costs an exit. */
  public abstract boolean eoiTakesTime();

  /** Starts the guest, at time 0. */
  public abstract void boot();

  /** Whether a vector waits to be taken. */
  public final boolean interruptVisible() {
    return visible != 0;
  }

  /** Takes the waiting vector of highest priority: reschedule (0xfd) before timer (0xef). */
  public final int takeVector() {
    int vector = (visible & RESCHEDULE) != 0 ? RESCHEDULE : TIMER;
    visible &= ~vector;
    return vector;
  }

  // --- steps ---

  /** The current step is over: what follows. */
  protected abstract void finish();

  /** An event of another slot than the step's. */
  protected abstract void otherEvent(int slot);

  @Override
  public final void fire(int slot) {
    if (slot != stepSlot) {
      otherEvent(slot);
      return;
    }
    stepping = true;
    do {
      if (seamNs != Calendar.NEVER) {
        flush();
      }
      finish();
    } while (runsAhead());
    stepping = false;
  }

  /** Goes on at once if nothing else happens before this CPU's next step: the same order, without the calendar. */
  private boolean runsAhead() {
    if (endNs == Calendar.NEVER || !stepping) {
      return false;
    }
    if (calendar.advanceIfNext(stepSlot, endNs)) {
      return true;
    }
    calendar.schedule(stepSlot, endNs);
    return false;
  }

  /**
   * Begins a step that takes {@code ns}, and ends it at once if nothing else happens before its end: the same order of
   * events, without the calendar.
   *
   * @return whether it has ended; if so, what follows is the caller's to do, not {@link #finish}'s
   */
  protected final boolean passes(int newPhase, int newWay, int newLabel, long ns) {
    phase = newPhase;
    spend(newWay, newLabel);
    long timeNs = calendar.nowNs() + ns;
    if (stepping && calendar.advanceIfNext(stepSlot, timeNs)) {
      return true;
    }
    until(timeNs);
    return false;
  }

  /** Begins a step that takes {@code ns}. */
  protected final void step(int newPhase, int newWay, int newLabel, long ns) {
    phase = newPhase;
    spend(newWay, newLabel);
    until(calendar.nowNs() + ns);
  }

  /**
   * Begins a step of two halves, the first of {@code ns}, the second priced as {@code newSecondPrice}: one event for two.
   * If something from outside comes before the seam, the step is of one half after all, and {@link #finish} is asked what
   * follows it: see {@link #touched}.
   *
   * @return whether it has ended, as in {@link #passes}
   */
  protected final boolean passesInTwo(
      int newPhase, int newWay, int newLabel, long ns, int newSecondPhase, int newSecondLabel, int newSecondPrice) {
    spend(newWay, newLabel);
    phase = newPhase;
    seamNs = calendar.nowNs() + ns;
    secondPhase = newSecondPhase;
    secondLabel = newSecondLabel;
    secondPrice = newSecondPrice;
    long timeNs = seamNs + costs.draw(newSecondPrice);
    if (stepping && calendar.advanceIfNext(stepSlot, timeNs)) {
      crossSeam();
      return true;
    }
    until(timeNs);
    return false;
  }

  /** Called before something from outside acts on this CPU, which is to find the half of a step that is under way. */
  protected final void touched() {
    if (seamNs != Calendar.NEVER) {
      flush();
      if (seamNs != Calendar.NEVER) { // still in the first half: the second is decided anew when it begins
        costs.undraw(secondPrice);
        until(seamNs);
        seamNs = Calendar.NEVER;
      }
    }
  }

  /** The current step is over at {@code timeNs}. */
  protected final void until(long timeNs) {
    endNs = timeNs;
    if (stepping) {
      return; // scheduled once, when the step being finished has decided
    }
    if (timeNs == Calendar.NEVER) {
      calendar.cancel(stepSlot);
    } else {
      calendar.schedule(stepSlot, timeNs);
    }
  }

  // --- accounting ---

  /** From now on time is spent {@code newWay}, and a token is charged to {@code newLabel}. */
  protected final void spend(int newWay, int newLabel) {
    if (newWay != way || token != null || seamNs != Calendar.NEVER) {
      flush(); // else it would charge the same account, and nobody asks for the label
    }
    if (track != null) {
      track.spends(newWay, newLabel, calendar.nowNs());
    }
    way = newWay;
    label = newLabel;
  }

  /** Charges the time since the last charge. */
  protected final void flush() {
    long nowNs = calendar.nowNs();
    if (nowNs >= seamNs) {
      crossSeam();
    }
    chargeUpTo(nowNs);
  }

  private void crossSeam() {
    chargeUpTo(seamNs);
    if (track != null) {
      track.spends(way, secondLabel, seamNs);
    }
    seamNs = Calendar.NEVER;
    phase = secondPhase;
    label = secondLabel;
  }

  private void chargeUpTo(long timeNs) {
    long fromNs = sinceNs;
    long ns = timeNs - fromNs;
    sinceNs = timeNs;
    spentNs[way] += ns;
    Token held = token;
    if (held != null) {
      held.charge(label, ns);
      if (track != null) {
        held.tell(track.thread(), label, fromNs, timeNs);
      }
    }
  }

  /** How time is spent now, by {@link CpuTime}. */
  protected final int way() {
    return way;
  }

  /** What a token is charged to now, by path step. */
  protected final int label() {
    return label;
  }

  /** From now on time is charged to another place as well: a pCPU. */
  protected final void moveTo(int pcpu, long[] newPlaceNs) {
    if (newPlaceNs != placeNs) {
      flush();
      book();
      placeNs = newPlaceNs;
      if (track != null) {
        track.movesTo(pcpu, calendar.nowNs());
      }
    }
  }

  /** Charges the place with what was spent there. */
  private void book() {
    for (int i = 0; i < CpuTime.COUNT; i++) {
      placeNs[i] += spentNs[i] - bookedNs[i];
      bookedNs[i] = spentNs[i];
    }
  }

  /** Moves time already charged from one way of spending it to another. */
  protected final void recharge(int from, int to, long ns) {
    flush();
    spentNs[from] -= ns;
    spentNs[to] += ns;
  }

  /** Time spent one way in this window up to the last charge. */
  public final long spentNs(int someWay) {
    return spentNs[someWay];
  }

  /** Holds a token: what this CPU does is charged to it from now on. One that is held already is parked as waiting. */
  public final void hold(Token newToken, int parkAs) {
    Token held = token;
    if (held == newToken) {
      return;
    }
    Token.Holder before = newToken.holder;
    if (before != null) {
      before.release(newToken);
    } else {
      newToken.unpark(calendar.nowNs());
    }
    flush();
    if (held != null) {
      held.holder = null;
      held.park(calendar.nowNs(), parkAs);
    }
    token = newToken;
    newToken.holder = this;
  }

  @Override
  public final void release(Token held) {
    if (token == held) {
      flush();
      token = null;
    }
    held.holder = null;
  }

  /** The token held; null if none. */
  public final @Nullable Token token() {
    return token;
  }

  @Override
  public void reset(long nowNs) {
    flush();
    java.util.Arrays.fill(spentNs, 0);
    java.util.Arrays.fill(bookedNs, 0);
  }

  @Override
  public void close(long nowNs) {
    flush();
    book();
    if (track != null) {
      track.tellUpTo(nowNs);
    }
    stepping = false; // the run is over: nothing runs ahead of its end
  }
}
