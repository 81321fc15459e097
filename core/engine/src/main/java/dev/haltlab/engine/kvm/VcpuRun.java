package dev.haltlab.engine.kvm;

import dev.haltlab.engine.ExitReason;
import dev.haltlab.engine.MsrRegister;
import dev.haltlab.engine.PassThrough;
import dev.haltlab.engine.PathStep;
import dev.haltlab.engine.guest.LogicalCpu;
import dev.haltlab.engine.measure.CpuTime;
import dev.haltlab.engine.measure.Track;
import dev.haltlab.engine.sim.Alarm;
import dev.haltlab.engine.sim.Calendar;
import dev.haltlab.spi.Feature;
import dev.haltlab.spi.Step;

/**
 * Guest mode, exits and entries of a vCPU: what KVM's vcpu_run() goes round. One step at a time; {@link #phase} says
 * which. What blocks, and what an interrupt finds, are the business of subclasses.
 *
 * <p>Source: arch/x86/kvm/x86.c (vcpu_run, vcpu_enter_guest); the talk's segments are steps one to one.
 */
abstract class VcpuRun extends LogicalCpu {
  // What the vCPU is doing, in the terms of the kick table.
  /** Guest mode, but cold or leaving a C-state: extra time before the interrupted work or the handler goes on. */
  static final int GUEST_COLD = 1;
  static final int EXIT = 2;
  /** The host's interrupt that caused the exit is served. */
  static final int EXIT_INTERRUPT = 3;
  static final int ICR_HANDLER = 4;
  static final int SENDER_TAIL = 5;
  static final int ENTERING = 6;
  static final int POLLING = 7;
  static final int POLL_NOTICE = 8;
  static final int SCHEDULING_OUT = 9;
  static final int SCHEDULE_ABORTED = 10;
  static final int BLOCKED = 11;
  /** A bound waits for the wake-up to know what it did. */
  static final int UNDECIDED = 12;
  static final int C_EXIT = 13;
  static final int WAKING = 14;
  static final int SCHED_IN = 15;
  static final int RUNNABLE = 16;
  static final int SWITCHING_IN = 17;
  /** HLT is handled; the timer is moved to one of the host before the thread blocks. */
  static final int SWITCHING_TIMER = 18;

  // Why the vCPU exited.
  private static final int ON_HLT = 0;
  private static final int ON_TIMER_WRITE = 1;
  private static final int ON_TIMER_MODE = 2;
  private static final int ON_TIMER_DIVIDER = 3;
  private static final int ON_DEADLINE_WRITE = 4;
  static final int ON_ICR = 5;
  private static final int ON_EOI = 6;
  static final int ON_INTERRUPT = 7;
  static final int ON_PREEMPTION_TIMER = 8;
  static final int ON_INCOMPLETE_IPI = 9;
  static final int ON_BOOT = 10;

  private static final int[] REASON = {
    ExitReason.HLT.ordinal(), ExitReason.MSR_WRITE.ordinal(), ExitReason.MSR_WRITE.ordinal(),
    ExitReason.MSR_WRITE.ordinal(), ExitReason.MSR_WRITE.ordinal(), ExitReason.MSR_WRITE.ordinal(),
    ExitReason.MSR_WRITE.ordinal(), ExitReason.EXTERNAL_INTERRUPT.ordinal(), ExitReason.PREEMPTION_TIMER.ordinal(),
    ExitReason.AVIC_INCOMPLETE_IPI.ordinal()
  };
  private static final int[] REGISTER = {
    -1, MsrRegister.TMICT.ordinal(), MsrRegister.LVTT.ordinal(), MsrRegister.TDCR.ordinal(),
    MsrRegister.TSC_DEADLINE.ordinal(), MsrRegister.ICR.ordinal(), MsrRegister.EOI.ordinal(), -1, -1, -1
  };

  /** Ends the current guest operation: a host IPI, and with it guest mode. */
  private static final int HOST_IPI = 3;

  /** A timer this close may fire before a write of its register takes effect. */
  private static final long EXPIRY_CLOSE_NS = 1_000_000;

  static final int TAIL_LABEL = PathStep.SENDER_TAIL.ordinal();
  private static final int TIMER_WRITE_LABEL = PathStep.TIMER_WRITE.ordinal();
  private static final int EOI_WRITE_LABEL = PathStep.EOI_WRITE.ordinal();
  private static final int HLT_EXIT_LABEL = PathStep.HLT_EXIT.ordinal();
  private static final int INTERRUPT_EXIT_LABEL = PathStep.INTERRUPT_EXIT.ordinal();
  static final int HOST_IRQ_LABEL = PathStep.HOST_IRQ.ordinal();
  private static final int COLD_LABEL = PathStep.COLD_WAKE.ordinal();
  private static final int IDLE_LABEL = PathStep.GUEST_IDLE.ordinal();
  static final int WAKE_THREAD_LABEL = PathStep.WAKE_THREAD.ordinal();
  static final int CSTATE_EXIT_LABEL = PathStep.CSTATE_EXIT.ordinal();
  private static final int INJECT_LABEL = PathStep.INJECT.ordinal();
  /** What an entry is charged to, by the exit it ends. */
  private static final int[] ENTRY_LABEL = {
    INJECT_LABEL, TIMER_WRITE_LABEL, TIMER_WRITE_LABEL, TIMER_WRITE_LABEL, TIMER_WRITE_LABEL, TAIL_LABEL,
    EOI_WRITE_LABEL, INTERRUPT_EXIT_LABEL, INTERRUPT_EXIT_LABEL, TAIL_LABEL, INJECT_LABEL
  };

  private static final int EOI_HANDLER_COST = Step.EOI_HANDLER.ordinal();
  private static final int HLT_HANDLER_COST = Step.HLT_HANDLER.ordinal();
  static final int HOST_IPI_COST = Step.HOST_IPI.ordinal();
  private static final int INJECT_COLD_COST = Step.INJECT_COLD.ordinal();
  private static final int INJECT_WARM_COST = Step.INJECT_WARM.ordinal();
  private static final int INTERRUPT_EXIT_HANDLER_COST = Step.INTERRUPT_EXIT_HANDLER.ordinal();
  private static final int TIMER_HANDLER_COST = Step.TIMER_HANDLER.ordinal();
  private static final int TIMER_FAST_PATH_COST = Step.TIMER_FAST_PATH.ordinal();
  private static final int VM_ENTRY_COST = Step.VM_ENTRY.ordinal();
  private static final int VM_EXIT_COST = Step.VM_EXIT.ordinal();

  final Alarm timer;
  private final boolean eoiExits;
  final Paths paths;
  private final boolean hltInGuest;
  private final long hltExitNs;
  final ExitCounts exits = new ExitCounts();

  long coldNs;

  /** Vectors the guest cannot see before the next entry, or before a notification arrives. */
  int pending;
  /** A host IPI waits for the moment the vCPU is in guest mode: it will exit at once. */
  boolean hostKick;
  long hostKickNs;
  private int hostKickWhy = ON_INTERRUPT;

  // The exit under way.
  int exit = ON_BOOT;
  long exitSinceNs;
  private long interruptNs;
  private long armNs;
  private boolean arming;
  /** The exit is handled on the fast path and goes straight back in. */
  private boolean fast;
  /** The thread was scheduled out since the exit. */
  boolean slept;

  /** Another thread shall have the pCPU. */
  boolean needResched;

  VcpuRun(VcpuParts parts) {
    super(
        parts.calendar(), parts.costs(), parts.guest(), parts.window(), parts.stepSlot(), parts.cpu().account(), BLOCKED,
        CpuTime.BLOCKED);
    this.timer = new Alarm(parts.calendar(), parts.timerSlot());
    this.eoiExits =
        !parts.features().contains(Feature.VIRTUAL_EOI) && !parts.features().contains(Feature.PV_EOI);
    this.paths = parts.paths();
    this.hltInGuest = parts.passThrough().contains(PassThrough.HLT);
    this.hltExitNs = parts.hltExitNs();
  }

  // --- what blocks and what sends: the subclasses' ---

  /** The exit of HLT is handled: the vCPU blocks unless an interrupt waits. */
  abstract void haltExit();

  /** The exit of an ICR write has reached the host. */
  abstract void icrExit();

  /** The thread gives up its pCPU, and takes up {@code in} when it has it again. */
  abstract void preempt(int in);

  // --- operations of the guest ---

  @Override
  public boolean writeTimer(MsrRegister register, long expiryNs) {
    armNs = expiryNs;
    leaveGuest(switch (register) {
      case LVTT -> ON_TIMER_MODE;
      case TDCR -> ON_TIMER_DIVIDER;
      case TSC_DEADLINE -> ON_DEADLINE_WRITE;
      default -> ON_TIMER_WRITE;
    });
    arming = true;
    fast = exit == ON_DEADLINE_WRITE && paths.deadlineFastPath();
    long ns = costs.draw(VM_EXIT_COST) + costs.draw(fast ? TIMER_FAST_PATH_COST : TIMER_HANDLER_COST);
    boolean closeExpiry = Math.min(armNs, timer.dueNs()) - calendar.nowNs() < EXPIRY_CLOSE_NS;
    if (needResched || hostKick || coldNs > 0 || closeExpiry) {
      step(EXIT, CpuTime.EXIT, TIMER_WRITE_LABEL, ns);
      return false;
    }
    if (fast) {
      if (!passes(EXIT, CpuTime.EXIT, TIMER_WRITE_LABEL, ns)) {
        return false;
      }
    } else if (!passesInTwo(
        EXIT, CpuTime.EXIT, TIMER_WRITE_LABEL, ns, ENTERING, TIMER_WRITE_LABEL, VM_ENTRY_COST)) {
      return false;
    }
    // what entered does after an exit that nothing has happened to
    arm();
    see();
    slept = false;
    countExit();
    return true;
  }

  @Override
  public boolean eoiTakesTime() {
    return eoiExits;
  }

  @Override
  public void endOfInterrupt() {
    exitFor(ON_EOI, EOI_WRITE_LABEL, costs.draw(VM_EXIT_COST) + costs.draw(EOI_HANDLER_COST));
  }

  @Override
  public void halt() {
    if (hltInGuest || (paths.idleHlt() && visible != 0)) {
      haltInGuest();
      return;
    }
    halted = true;
    interruptible = true;
    exitFor(ON_HLT, HLT_EXIT_LABEL, costs.draw(VM_EXIT_COST) + costs.draw(HLT_HANDLER_COST));
  }

  /** HLT does not exit: the pCPU waits in its shallowest C-state, and to the host the vCPU runs. */
  private void haltInGuest() {
    begin(IDLE_LABEL, true, false);
    if (visible != 0) {
      guest.interrupted(IDLE_LABEL, 0);
      return;
    }
    halted = true;
    waitExitNs = hltExitNs;
    waitInHardware();
  }

  @Override
  protected void waitInHardware() {
    phase = GUEST;
    spend(CpuTime.GUEST, operationLabel);
    until(Calendar.NEVER);
  }

  final boolean isWaitingInGuest() {
    return phase == GUEST && halted && breaker == NOTHING;
  }

  final void leaveGuest(int why) {
    exit = why;
    exitSinceNs = calendar.nowNs();
    leftNs = 0;
    spinning = false;
    tellExit();
  }

  private void exitFor(int why, int label, long ns) {
    leaveGuest(why);
    step(EXIT, CpuTime.EXIT, label, ns);
  }

  /** What a write of the timer register has asked for takes effect. */
  private void arm() {
    arming = false;
    timer.set(armNs);
  }

  private void countExit() {
    exits.add(REASON[exit], REGISTER[exit], calendar.nowNs() - exitSinceNs);
    Track told = track;
    if (told != null) {
      told.recorder().entered(told.thread(), calendar.nowNs());
    }
  }

  private void tellExit() {
    Track told = track;
    if (told != null) {
      told.recorder().exited(told.thread(), REASON[exit], REGISTER[exit], calendar.nowNs());
    }
  }

  // --- guest mode ---

  final void guestStepOver() {
    if (waitExitNs > 0) {
      long ns = waitExitNs;
      waitExitNs = 0;
      step(GUEST_COLD, CpuTime.GUEST, CSTATE_EXIT_LABEL, ns);
      return;
    }
    int by = breaker;
    breaker = NOTHING;
    if (by == INTERRUPT) {
      see();
      waitOver();
      guest.interrupted(operationLabel, leftNs);
    } else if (by == HOST_IPI) {
      exitInterrupted(hostKickWhy, hostKickNs);
    } else if (hostKick) {
      leftNs = 0;
      exitInterrupted(ON_INTERRUPT, hostKickNs);
    } else {
      waitOver();
      guest.proceed();
    }
  }

  /** The caches are warm again, or the guest is out of the C-state it waited in. */
  final void warmedUp() {
    coldNs = 0;
    if (breaker != NOTHING) {
      guestStepOver();
    } else {
      resumeGuest();
    }
  }

  /** The guest no longer waits in hardware. */
  private void waitOver() {
    halted = false;
    mwaiting = false;
  }

  /** Goes on in guest mode: with the handler of an interrupt, the rest of an operation, or what follows it. */
  private void resumeGuest() {
    if (hostKick) {
      exitInterrupted(ON_INTERRUPT, hostKickNs);
    } else if (halted && visible == 0 && hltInGuest) {
      waitExitNs = hltExitNs; // the state HLT outlasts an exit that injects nothing
      waitInHardware();
    } else if (halted || (mwaiting && visible != 0)) {
      waitOver();
      guest.interrupted(operationLabel, 0);
    } else if (leftNs == 0 || mwaiting) { // MWAIT does not outlast an exit
      waitOver();
      guest.proceed();
    } else if (interruptible && visible != 0) {
      guest.interrupted(operationLabel, leftNs);
    } else {
      phase = GUEST;
      spend(CpuTime.GUEST, operationLabel);
      until(leftNs == Calendar.NEVER ? Calendar.NEVER : calendar.nowNs() + leftNs);
    }
  }

  /** Pending vectors become visible to the guest. */
  final void see() {
    visible |= pending;
    pending = 0;
  }

  /** A host interrupt ends guest mode now; what is left of the operation is kept. */
  final void breakOut(int why, long ns) {
    long nowNs = calendar.nowNs();
    if (waitExitNs > 0 && breaker == NOTHING) {
      hostKickWhy = why;
      hostKickNs = ns;
      breaker = HOST_IPI;
      leftNs = Calendar.NEVER;
      guestStepOver(); // leaves the C-state first
      return;
    }
    if (phase == GUEST_COLD) {
      coldNs = endNs - nowNs;
    } else if (breaker == INTERRUPT || breaker == HOST_IPI) {
      leftNs = leftNs == Calendar.NEVER ? Calendar.NEVER : leftNs + endNs - nowNs;
    } else {
      leftNs = endNs == Calendar.NEVER ? Calendar.NEVER : endNs - nowNs;
    }
    breaker = NOTHING;
    exitInterrupted(why, ns + hostKickNs);
  }

  private void exitInterrupted(int why, long ns) {
    exit = why;
    exitSinceNs = calendar.nowNs();
    tellExit();
    interruptNs = ns;
    hostKick = false; // whatever it was for is seen on the way back
    hostKickNs = 0;
    hostKickWhy = ON_INTERRUPT;
    waitExitNs = 0;
    step(EXIT, CpuTime.EXIT, INTERRUPT_EXIT_LABEL, costs.draw(VM_EXIT_COST));
  }

  /** Forces the vCPU out of guest mode by a host IPI. */
  final void kickOut() {
    if (isWaitingInGuest()) {
      spend(CpuTime.GUEST, WAKE_THREAD_LABEL); // until the host's IPI arrives
    }
    if (phase == GUEST && breakAt(calendar.nowNs() + costs.draw(HOST_IPI_COST), HOST_IPI)) {
      return;
    }
    hostKick = true;
  }

  // --- exits and entries ---

  final void handleExit() {
    switch (exit) {
      case ON_HLT -> haltExit();
      case ON_TIMER_WRITE, ON_TIMER_MODE, ON_TIMER_DIVIDER, ON_DEADLINE_WRITE -> {
        arm();
        prepareEntry();
      }
      case ON_ICR, ON_INCOMPLETE_IPI -> icrExit();
      case ON_INTERRUPT, ON_PREEMPTION_TIMER -> step(
          EXIT_INTERRUPT, exit == ON_INTERRUPT ? CpuTime.HOST_IRQ : CpuTime.EXIT, HOST_IRQ_LABEL,
          costs.draw(INTERRUPT_EXIT_HANDLER_COST) + interruptNs);
      default -> prepareEntry();
    }
  }

  /** The last check before entry: another thread's claim, and interrupts to inject. */
  final void prepareEntry() {
    boolean straightBack = fast;
    fast = false;
    if (needResched) {
      preempt(ENTERING);
      return;
    }
    int entry = entryCost();
    if (straightBack && entry == VM_ENTRY_COST) {
      phase = ENTERING;
      entered(); // its price was the fast path's
      return;
    }
    step(ENTERING, CpuTime.EXIT, ENTRY_LABEL[exit], costs.draw(entry));
  }

  private int entryCost() {
    boolean injects = (visible | pending) != 0 && interruptible && (halted || leftNs != 0);
    return !injects ? VM_ENTRY_COST : slept ? INJECT_COLD_COST : INJECT_WARM_COST;
  }

  /** A step in the host, {@code ns}, after which the vCPU enters unless something comes in between. */
  final void stepThenEnter(int newPhase, int newLabel, long ns) {
    if (needResched) {
      step(newPhase, CpuTime.EXIT, newLabel, ns);
    } else if (passesInTwo(newPhase, CpuTime.EXIT, newLabel, ns, ENTERING, ENTRY_LABEL[exit], entryCost())) {
      entered();
    }
  }

  final void entered() {
    if (arming) {
      arm();
    }
    see();
    slept = false;
    if (exit == ON_BOOT) {
      exit = ON_HLT;
      halted = false;
      guest.boot();
      return;
    }
    countExit();
    if (coldNs > 0 && !hostKick) {
      step(GUEST_COLD, CpuTime.GUEST, COLD_LABEL, coldNs);
    } else {
      resumeGuest();
    }
  }
}
