package dev.haltlab.engine.kvm;

import dev.haltlab.engine.ExitReason;
import dev.haltlab.engine.MsrRegister;
import dev.haltlab.engine.Outcome;
import dev.haltlab.engine.PassThrough;
import dev.haltlab.engine.PathStep;
import dev.haltlab.engine.guest.GuestCpu;
import dev.haltlab.engine.guest.LogicalCpu;
import dev.haltlab.engine.host.HostScheduler;
import dev.haltlab.engine.host.HostThread;
import dev.haltlab.engine.host.PhysicalCpu;
import dev.haltlab.engine.measure.CpuTime;
import dev.haltlab.engine.measure.Track;
import dev.haltlab.engine.measure.Window;
import dev.haltlab.engine.sim.Alarm;
import dev.haltlab.engine.sim.Calendar;
import dev.haltlab.engine.sim.Costs;
import dev.haltlab.spi.Feature;
import dev.haltlab.spi.HaltPoll;
import dev.haltlab.spi.HostView;
import dev.haltlab.spi.Step;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A vCPU and its thread: guest mode, exits, the halt path and what a kick finds. One step at a time; {@link #phase} says
 * which, and {@link #finish} what follows it.
 *
 * <p>Source: virt/kvm/kvm_main.c (kvm_vcpu_halt, kvm_vcpu_block, kvm_vcpu_kick) and arch/x86/kvm, as the fact sheet of
 * each step cites; the talk's segments are steps one to one.
 */
public final class VirtualCpu extends LogicalCpu implements HostThread, HostView {
  // What the vCPU is doing, in the terms of the kick table.
  /** Guest mode, but cold or leaving a C-state: extra time before the interrupted work or the handler goes on. */
  private static final int GUEST_COLD = 1;
  private static final int EXIT = 2;
  /** The host's interrupt that caused the exit is served. */
  private static final int EXIT_INTERRUPT = 3;
  private static final int ICR_HANDLER = 4;
  private static final int SENDER_TAIL = 5;
  private static final int ENTERING = 6;
  private static final int POLLING = 7;
  private static final int POLL_NOTICE = 8;
  private static final int SCHEDULING_OUT = 9;
  private static final int SCHEDULE_ABORTED = 10;
  private static final int BLOCKED = 11;
  /** A bound waits for the wake-up to know what it did. */
  private static final int UNDECIDED = 12;
  private static final int C_EXIT = 13;
  private static final int WAKING = 14;
  private static final int SCHED_IN = 15;
  private static final int RUNNABLE = 16;
  private static final int SWITCHING_IN = 17;

  // Why the vCPU exited.
  private static final int ON_HLT = 0;
  private static final int ON_TIMER_WRITE = 1;
  private static final int ON_TIMER_MODE = 2;
  private static final int ON_TIMER_DIVIDER = 3;
  private static final int ON_DEADLINE_WRITE = 4;
  private static final int ON_ICR = 5;
  private static final int ON_EOI = 6;
  private static final int ON_INTERRUPT = 7;
  private static final int ON_PREEMPTION_TIMER = 8;
  private static final int ON_BOOT = 9;

  private static final int[] REASON = {
    ExitReason.HLT.ordinal(), ExitReason.MSR_WRITE.ordinal(), ExitReason.MSR_WRITE.ordinal(),
    ExitReason.MSR_WRITE.ordinal(), ExitReason.MSR_WRITE.ordinal(), ExitReason.MSR_WRITE.ordinal(),
    ExitReason.MSR_WRITE.ordinal(), ExitReason.EXTERNAL_INTERRUPT.ordinal(), ExitReason.PREEMPTION_TIMER.ordinal()
  };
  private static final int[] REGISTER = {
    -1, MsrRegister.TMICT.ordinal(), MsrRegister.LVTT.ordinal(), MsrRegister.TDCR.ordinal(),
    MsrRegister.TSC_DEADLINE.ordinal(), MsrRegister.ICR.ordinal(), MsrRegister.EOI.ordinal(), -1, -1
  };

  /** Ends the current guest operation: a host IPI, and with it guest mode. */
  private static final int HOST_IPI = 3;

  /** A timer this close may fire before a write of its register takes effect. */
  private static final long EXPIRY_CLOSE_NS = 1_000_000;

  private static final int TAIL_LABEL = PathStep.SENDER_TAIL.ordinal();
  private static final int SCHED_IN_LABEL = PathStep.SCHED_IN.ordinal();
  private static final int TIMER_WRITE_LABEL = PathStep.TIMER_WRITE.ordinal();
  private static final int ICR_EXIT_LABEL = PathStep.ICR_EXIT.ordinal();
  private static final int EOI_WRITE_LABEL = PathStep.EOI_WRITE.ordinal();
  private static final int HLT_EXIT_LABEL = PathStep.HLT_EXIT.ordinal();
  private static final int INTERRUPT_EXIT_LABEL = PathStep.INTERRUPT_EXIT.ordinal();
  private static final int ICR_HANDLER_LABEL = PathStep.ICR_HANDLER.ordinal();
  private static final int HOST_IRQ_LABEL = PathStep.HOST_IRQ.ordinal();
  private static final int COLD_LABEL = PathStep.COLD_WAKE.ordinal();
  private static final int IDLE_LABEL = PathStep.GUEST_IDLE.ordinal();
  private static final int POLLING_LABEL = PathStep.POLLING.ordinal();
  private static final int POLL_NOTICE_LABEL = PathStep.POLL_NOTICE.ordinal();
  private static final int WAKE_THREAD_LABEL = PathStep.WAKE_THREAD.ordinal();
  private static final int CSTATE_EXIT_LABEL = PathStep.CSTATE_EXIT.ordinal();
  private static final int PREEMPTED_LABEL = PathStep.PREEMPTED.ordinal();
  private static final int INJECT_LABEL = PathStep.INJECT.ordinal();
  /** What an entry is charged to, by the exit it ends. */
  private static final int[] ENTRY_LABEL = {
    INJECT_LABEL, TIMER_WRITE_LABEL, TIMER_WRITE_LABEL, TIMER_WRITE_LABEL, TIMER_WRITE_LABEL, TAIL_LABEL,
    EOI_WRITE_LABEL, INTERRUPT_EXIT_LABEL, INTERRUPT_EXIT_LABEL, INJECT_LABEL
  };

  private static final int COLD_WAKE_COST = Step.COLD_WAKE.ordinal();
  private static final int EOI_HANDLER_COST = Step.EOI_HANDLER.ordinal();
  private static final int HLT_HANDLER_COST = Step.HLT_HANDLER.ordinal();
  private static final int HOST_IPI_COST = Step.HOST_IPI.ordinal();
  private static final int HOST_SWITCH_COST = Step.HOST_SWITCH.ordinal();
  private static final int HOST_TIMER_COST = Step.HOST_TIMER.ordinal();
  private static final int ICR_EXIT_COLD_COST = Step.ICR_EXIT_COLD.ordinal();
  private static final int ICR_EXIT_WARM_COST = Step.ICR_EXIT_WARM.ordinal();
  private static final int ICR_HANDLER_COLD_COST = Step.ICR_HANDLER_COLD.ordinal();
  private static final int ICR_HANDLER_WARM_COST = Step.ICR_HANDLER_WARM.ordinal();
  private static final int INJECT_COLD_COST = Step.INJECT_COLD.ordinal();
  private static final int INJECT_WARM_COST = Step.INJECT_WARM.ordinal();
  private static final int INTERRUPT_EXIT_HANDLER_COST = Step.INTERRUPT_EXIT_HANDLER.ordinal();
  private static final int POLL_NOTICE_COST = Step.POLL_NOTICE.ordinal();
  private static final int POLL_RETURN_COST = Step.POLL_RETURN.ordinal();
  private static final int POSTED_NOTIFICATION_COST = Step.POSTED_NOTIFICATION.ordinal();
  private static final int SCHEDULE_ABORT_COST = Step.SCHEDULE_ABORT.ordinal();
  private static final int SCHEDULE_OUT_COST = Step.SCHEDULE_OUT.ordinal();
  private static final int SCHED_IN_COST = Step.SCHED_IN.ordinal();
  private static final int TIMER_HANDLER_COST = Step.TIMER_HANDLER.ordinal();
  private static final int TRY_TO_WAKE_UP_COST = Step.TRY_TO_WAKE_UP.ordinal();
  private static final int VM_ENTRY_COST = Step.VM_ENTRY.ordinal();
  private static final int VM_EXIT_COST = Step.VM_EXIT.ordinal();
  private static final int WAKE_THREAD_COST = Step.WAKE_THREAD.ordinal();

  private final HostScheduler scheduler;
  private final Entity entity;
  private final int timerSlot;
  private final Alarm timer;
  private final Alarm pollEnd;
  private final HaltPath halt;
  private final boolean posted;
  private final boolean eoiExits;
  private final boolean preemptionTimer;
  private final boolean hostIdlePolls;
  private final boolean goesCold;
  private final boolean hltInGuest;
  private final long hltExitNs;
  private final ExitCounts exits = new ExitCounts();

  private long coldNs;

  /** Vectors the guest cannot see before the next entry, or before a notification arrives. */
  private int pending;
  /** A host IPI waits for the moment the vCPU is in guest mode: it will exit at once. */
  private boolean hostKick;
  private long hostKickNs;
  private int hostKickWhy = ON_INTERRUPT;

  // The exit under way.
  private int exit = ON_BOOT;
  private long exitSinceNs;
  private long interruptNs;
  private long armNs;
  private boolean arming;
  private @Nullable VirtualCpu ipiTarget;
  private boolean ipiTargetSleeps;
  private boolean slept;
  private long pollDeadlineNs;
  /** What comes before the thread's own wake-up on an idle pCPU: the timer's handler. */
  private long wakeExtraNs;
  private boolean wokenFromAnotherPcpu;

  // The thread.
  private boolean needResched;
  private int preemptedIn;
  private long stealBeforeNs;

  // A host interrupt that lengthens a step in host mode.
  private boolean overlaid;
  private boolean kickedMeanwhile;
  private boolean pollOverMeanwhile;
  private boolean othersMeanwhile;
  private long resumeNs;
  private int resumeWay;
  private int resumeLabel;

  /**
   * What a vCPU is built from.
   *
   * @param boundTo pCPU it must run on; −1 for any
   * @param cpu where it starts
   * @param abortIsSuccess see {@link HaltPath}
   * @param goesCold whether its guest has caches to lose while scheduled out; not so in a ring-0 test
   * @param passThrough what its guest executes without an exit
   * @param hltExitNs what leaving the pCPU's shallowest C-state takes, where HLT waits
   */
  public record Parts(
      String vm, int index, Calendar calendar, Costs costs, GuestCpu guest, HostScheduler scheduler, PhysicalCpu cpu,
      int boundTo, int stepSlot, int timerSlot, int pollSlot, Window window, Set<Feature> features,
      boolean abortIsSuccess, boolean pollForbidden, boolean goesCold, Set<PassThrough> passThrough, long hltExitNs) {}

  /** A vCPU that has not booted. */
  public VirtualCpu(Parts parts, HaltPoll strategy) {
    super(
        parts.calendar, parts.costs, parts.guest, parts.window, parts.stepSlot, parts.cpu.account(), BLOCKED,
        CpuTime.BLOCKED);
    this.scheduler = parts.scheduler;
    this.entity = new Entity(this, parts.boundTo, parts.cpu);
    this.timerSlot = parts.timerSlot;
    this.timer = new Alarm(parts.calendar, parts.timerSlot);
    this.pollEnd = new Alarm(parts.calendar, parts.pollSlot);
    this.halt = new HaltPath(strategy, parts.vm, parts.index, parts.pollForbidden, parts.abortIsSuccess);
    this.posted = parts.features.contains(Feature.POSTED_INTERRUPTS);
    this.eoiExits = !parts.features.contains(Feature.VIRTUAL_EOI) && !parts.features.contains(Feature.PV_EOI);
    // it stops counting in the deeper C-states, where a guest with MWAIT may be (kvm_can_use_hv_timer)
    this.preemptionTimer =
        parts.features.contains(Feature.PREEMPTION_TIMER) && !parts.passThrough.contains(PassThrough.MWAIT);
    this.hostIdlePolls = parts.features.contains(Feature.HOST_MWAIT_IDLE);
    this.goesCold = parts.goesCold;
    this.hltInGuest = parts.passThrough.contains(PassThrough.HLT);
    this.hltExitNs = parts.hltExitNs;
  }

  @Override
  public void boot() {
    scheduler.wake(entity);
  }

  // --- events ---

  @Override
  protected void otherEvent(int slot) {
    if (slot == timerSlot) {
      if (timer.goesOff()) {
        timerFired();
      }
    } else if (pollEnd.goesOff()) {
      pollDeadline();
    }
  }

  @Override
  protected void finish() {
    if (overlaid) {
      interruptOver();
      return;
    }
    switch (phase) {
      case GUEST -> guestStepOver();
      case GUEST_COLD -> {
        coldNs = 0;
        if (breaker != NOTHING) {
          guestStepOver(); // out of the C-state it waited in
        } else {
          resumeGuest();
        }
      }
      case EXIT -> handleExit();
      case ICR_HANDLER -> deliverIpi();
      case EXIT_INTERRUPT, SENDER_TAIL, SCHED_IN -> prepareEntry();
      case ENTERING -> entered();
      case POLL_NOTICE -> {
        halt.end(calendar.nowNs(), false, true, track());
        stepThenEnter(SCHED_IN, SCHED_IN_LABEL, costs.draw(POLL_RETURN_COST));
      }
      case SCHEDULING_OUT -> sleep();
      case SCHEDULE_ABORTED -> {
        halt.end(calendar.nowNs(), false, false, track());
        stepThenEnter(SCHED_IN, SCHED_IN_LABEL, costs.draw(POLL_RETURN_COST));
      }
      case C_EXIT -> startWaking();
      case WAKING -> backInBlock();
      case SWITCHING_IN -> switchedIn();
      default -> throw new IllegalStateException("a vCPU in phase " + phase + " had a step");
    }
  }

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
    long ns = costs.draw(VM_EXIT_COST) + costs.draw(TIMER_HANDLER_COST);
    boolean closeExpiry = Math.min(armNs, timer.dueNs()) - calendar.nowNs() < EXPIRY_CLOSE_NS;
    if (needResched || hostKick || coldNs > 0 || closeExpiry) {
      step(EXIT, CpuTime.EXIT, TIMER_WRITE_LABEL, ns);
      return false;
    }
    if (!passesInTwo(EXIT, CpuTime.EXIT, TIMER_WRITE_LABEL, ns, ENTERING, TIMER_WRITE_LABEL, VM_ENTRY_COST)) {
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
  public void sendIpi(LogicalCpu target) {
    VirtualCpu other = (VirtualCpu) target;
    ipiTarget = other;
    ipiTargetSleeps = other.phase == BLOCKED ? other.entity.cpu().isIdle() : other.isWaitingInGuest();
    leaveGuest(ON_ICR);
    long ns = costs.draw(ipiTargetSleeps ? ICR_EXIT_COLD_COST : ICR_EXIT_WARM_COST);
    if (passesInTwo(EXIT, CpuTime.EXIT, ICR_EXIT_LABEL, ns, ICR_HANDLER, ICR_HANDLER_LABEL, icrHandlerCost())) {
      deliverIpi();
    }
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
    if (hltInGuest) {
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

  private boolean isWaitingInGuest() {
    return phase == GUEST && halted && breaker == NOTHING;
  }

  private void leaveGuest(int why) {
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
    Track told = track();
    if (told != null) {
      told.recorder().entered(told.thread(), calendar.nowNs());
    }
  }

  private void tellExit() {
    Track told = track();
    if (told != null) {
      told.recorder().exited(told.thread(), REASON[exit], REGISTER[exit], calendar.nowNs());
    }
  }

  // --- guest mode ---

  private void guestStepOver() {
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
  private void see() {
    visible |= pending;
    pending = 0;
  }

  /** A host interrupt ends guest mode now; what is left of the operation is kept. */
  private void breakOut(int why, long ns) {
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
  private void kickOut() {
    if (isWaitingInGuest()) {
      spend(CpuTime.GUEST, WAKE_THREAD_LABEL); // until the host's IPI arrives
    }
    if (phase == GUEST && breakAt(calendar.nowNs() + costs.draw(HOST_IPI_COST), HOST_IPI)) {
      return;
    }
    hostKick = true;
  }

  // --- exits and entries ---

  private void handleExit() {
    switch (exit) {
      case ON_HLT -> haltExit();
      case ON_TIMER_WRITE, ON_TIMER_MODE, ON_TIMER_DIVIDER, ON_DEADLINE_WRITE -> {
        arm();
        prepareEntry();
      }
      case ON_ICR -> step(ICR_HANDLER, CpuTime.EXIT, ICR_HANDLER_LABEL, costs.draw(icrHandlerCost()));
      case ON_INTERRUPT, ON_PREEMPTION_TIMER -> step(
          EXIT_INTERRUPT, exit == ON_INTERRUPT ? CpuTime.HOST_IRQ : CpuTime.EXIT, HOST_IRQ_LABEL,
          costs.draw(INTERRUPT_EXIT_HANDLER_COST) + interruptNs);
      default -> prepareEntry();
    }
  }

  private int icrHandlerCost() {
    return ipiTargetSleeps ? ICR_HANDLER_COLD_COST : ICR_HANDLER_WARM_COST;
  }

  private void deliverIpi() {
    long tailNs = ipiTarget().receive(RESCHEDULE);
    stepThenEnter(SENDER_TAIL, TAIL_LABEL, tailNs);
  }

  private VirtualCpu ipiTarget() {
    VirtualCpu target = ipiTarget;
    if (target == null) {
      throw new IllegalStateException("an ICR write without target");
    }
    return target;
  }

  /** The last check before entry: another thread's claim, and interrupts to inject. */
  private void prepareEntry() {
    if (needResched) {
      preempt(ENTERING);
      return;
    }
    step(ENTERING, CpuTime.EXIT, ENTRY_LABEL[exit], costs.draw(entryCost()));
  }

  private int entryCost() {
    boolean injects = (visible | pending) != 0 && interruptible && (halted || leftNs != 0);
    return !injects ? VM_ENTRY_COST : slept ? INJECT_COLD_COST : INJECT_WARM_COST;
  }

  /** A step in the host, {@code ns}, after which the vCPU enters unless something comes in between. */
  private void stepThenEnter(int newPhase, int newLabel, long ns) {
    if (needResched) {
      step(newPhase, CpuTime.EXIT, newLabel, ns);
    } else if (passesInTwo(newPhase, CpuTime.EXIT, newLabel, ns, ENTERING, ENTRY_LABEL[exit], entryCost())) {
      entered();
    }
  }

  private void entered() {
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

  // --- the halt path ---

  private void haltExit() {
    halt.exited();
    if ((visible | pending) != 0) {
      prepareEntry(); // straight back in; the strategy is not asked
      return;
    }
    long nowNs = calendar.nowNs();
    long deadlineNs = halt.begin(nowNs);
    if (deadlineNs == nowNs) {
      scheduleOut();
      return;
    }
    pollDeadlineNs = deadlineNs;
    phase = halt.isHindsight() ? UNDECIDED : POLLING;
    spend(CpuTime.POLL, POLLING_LABEL);
    until(Calendar.NEVER);
    if (entity.cpu().waiting() > 0) {
      othersWait();
      if (phase != POLLING) {
        return;
      }
    }
    pollEnd.set(deadlineNs);
  }

  private void pollDeadline() {
    if (phase == UNDECIDED) {
      settleAsBlock();
    } else if (overlaid) {
      pollOverMeanwhile = true;
    } else if (phase == POLLING) {
      halt.pollEnded(calendar.nowNs());
      scheduleOut();
    }
  }

  private void noticed() {
    pollEnd.off();
    halt.pollEnded(calendar.nowNs());
    step(POLL_NOTICE, CpuTime.POLL, POLL_NOTICE_LABEL, costs.draw(POLL_NOTICE_COST));
  }

  private void scheduleOut() {
    pollEnd.off();
    step(SCHEDULING_OUT, CpuTime.SWITCH, WAKE_THREAD_LABEL, costs.draw(SCHEDULE_OUT_COST));
  }

  private void sleep() {
    slept = true;
    needResched = false;
    phase = BLOCKED;
    spend(CpuTime.BLOCKED, WAKE_THREAD_LABEL);
    until(Calendar.NEVER);
    entity.cpu().blocked(entity, timer.dueNs());
  }

  /** A bound's wake-up did not come within its horizon, or another thread wants the pCPU: it has slept all along. */
  private void settleAsBlock() {
    pollEnd.off();
    long nowNs = calendar.nowNs();
    long sinceNs = Math.max(halt.blockNs(), window.openedNs());
    long outNs = Math.min(costs.draw(SCHEDULE_OUT_COST), nowNs - sinceNs);
    recharge(CpuTime.POLL, CpuTime.SWITCH, outNs);
    recharge(CpuTime.POLL, CpuTime.BLOCKED, nowNs - sinceNs - outNs);
    Track told = track();
    if (told != null) {
      told.spentSince(CpuTime.SWITCH, WAKE_THREAD_LABEL, sinceNs);
      told.spentSince(CpuTime.BLOCKED, WAKE_THREAD_LABEL, sinceNs + outNs);
    }
    slept = true;
    needResched = false;
    phase = BLOCKED;
    spend(CpuTime.BLOCKED, WAKE_THREAD_LABEL);
    entity.cpu().blockedSince(entity, sinceNs + outNs, timer.dueNs());
  }

  /** The thread is back in kvm_vcpu_block() after having slept. */
  private void backInBlock() {
    if (exit != ON_BOOT) {
      halt.end(calendar.nowNs(), true, false, track());
    }
    coldNs = goesCold ? costs.draw(COLD_WAKE_COST) : 0;
    stepThenEnter(SCHED_IN, SCHED_IN_LABEL, costs.draw(SCHED_IN_COST));
  }

  // --- interrupts for the guest: the kick table ---

  /**
   * A vector arrives from another vCPU: what it finds here decides what it costs whom.
   *
   * @return what the sender still has to do for it, ns
   */
  private long receive(int vector) {
    touched();
    tellKick(vector);
    guest.claimTransit();
    pending |= vector;
    if (overlaid) {
      kickedMeanwhile = true;
      return 0;
    }
    switch (phase) {
      case GUEST, GUEST_COLD -> {
        if (!posted) {
          kickOut(); // EXTERNAL_INTERRUPT exit; injected at the re-entry
        } else if (phase == GUEST_COLD
            || !interruptible
            || !breakAt(calendar.nowNs() + costs.draw(POSTED_NOTIFICATION_COST), INTERRUPT)) {
          see(); // no exit: taken as soon as the guest allows it
        }
      }
      case ENTERING -> hostKick = true; // too late for this entry: an exit follows at once
      case POLLING -> noticed();
      case UNDECIDED -> {
        halt.settleAsPoll(calendar.nowNs());
        noticed();
      }
      case SCHEDULING_OUT -> step(
          SCHEDULE_ABORTED, CpuTime.SWITCH, WAKE_THREAD_LABEL, costs.draw(SCHEDULE_ABORT_COST));
      case BLOCKED -> {
        halt.wokenByKick();
        wokenFromAnotherPcpu = vector != TIMER || !entity.cpu().isIdle(); // its timer fires on the pCPU it ran on
        scheduler.wake(entity);
        return costs.draw(TRY_TO_WAKE_UP_COST);
      }
      default -> { } // EXIT, WAKING, RUNNABLE and the rest: the bit is found at the next entry
    }
    return 0;
  }

  /** The host timer that backs the APIC timer fires on the pCPU of this vCPU. */
  private void timerFired() {
    touched();
    guest.claimSleeper();
    if (phase == GUEST || phase == GUEST_COLD) {
      tellKick(TIMER);
      pending |= TIMER;
      if (preemptionTimer) {
        breakOut(ON_PREEMPTION_TIMER, 0);
      } else {
        breakOut(ON_INTERRUPT, costs.draw(HOST_TIMER_COST));
      }
      return;
    }
    PhysicalCpu cpu = entity.cpu();
    long ns = costs.draw(HOST_TIMER_COST);
    if (phase == BLOCKED && cpu.isIdle()) {
      wakeExtraNs = ns;
    } else {
      cpu.interrupt(ns);
    }
    receive(TIMER);
  }

  // --- the thread ---

  @Override
  public Entity entity() {
    return entity;
  }

  @Override
  public void wokenOnIdle(long cstateExitNs) {
    moveTo(entity.cpu().id(), entity.cpu().account());
    if (cstateExitNs > 0) {
      step(C_EXIT, CpuTime.C_EXIT, CSTATE_EXIT_LABEL, cstateExitNs);
    } else {
      startWaking();
    }
  }

  private void startWaking() {
    long extraNs = wakeExtraNs;
    wakeExtraNs = 0;
    if (wokenFromAnotherPcpu && !hostIdlePolls) {
      extraNs += costs.draw(HOST_IPI_COST);
    }
    step(WAKING, CpuTime.WAKING, WAKE_THREAD_LABEL, extraNs + costs.draw(WAKE_THREAD_COST));
  }

  @Override
  public void queued() {
    if (phase == BLOCKED) {
      preemptedIn = BLOCKED;
    }
    moveTo(entity.cpu().id(), entity.cpu().account());
    phase = RUNNABLE;
    spend(CpuTime.RUNNABLE, PREEMPTED_LABEL);
    until(Calendar.NEVER);
  }

  @Override
  public void dispatched() {
    needResched = false;
    step(SWITCHING_IN, CpuTime.SWITCH, WAKE_THREAD_LABEL, costs.draw(HOST_SWITCH_COST));
  }

  private void switchedIn() {
    switch (preemptedIn) {
      case BLOCKED -> backInBlock();
      case POLLING -> {
        coldNs = goesCold ? costs.draw(COLD_WAKE_COST) : 0;
        phase = POLLING;
        spend(CpuTime.POLL, POLLING_LABEL);
        until(Calendar.NEVER);
        if (pending != 0) {
          noticed();
        } else if (pollDeadlineNs <= calendar.nowNs()) {
          halt.pollEnded(calendar.nowNs());
          scheduleOut();
        } else {
          pollEnd.set(pollDeadlineNs);
        }
      }
      default -> {
        coldNs = goesCold ? costs.draw(COLD_WAKE_COST) : 0;
        prepareEntry();
      }
    }
  }

  private void preempt(int in) {
    preemptedIn = in;
    needResched = false;
    pollEnd.off();
    entity.cpu().preempted(entity);
  }

  @Override
  public void reschedule(boolean sliceOver) {
    touched();
    if (phase == POLLING || phase == UNDECIDED) {
      if (sliceOver) {
        if (overlaid) {
          needResched = true;
        } else {
          preempt(POLLING);
        }
      }
      return; // a strategy that does not yield polls on; one that does has stopped already
    }
    needResched = true;
    if (phase == GUEST || phase == GUEST_COLD) {
      kickOut();
    } else if (phase == ENTERING) {
      hostKick = true;
    }
  }

  @Override
  public void othersWait() {
    if (phase == UNDECIDED) {
      settleAsBlock();
    } else if (phase == POLLING && halt.yields()) {
      if (overlaid) {
        othersMeanwhile = true;
      } else {
        halt.pollCutShort(calendar.nowNs());
        scheduleOut();
      }
    }
  }

  @Override
  public void interruptedFor(long ns) {
    touched();
    switch (phase) {
      case GUEST, GUEST_COLD -> breakOut(ON_INTERRUPT, ns);
      case ENTERING -> {
        hostKick = true;
        hostKickNs += ns;
      }
      case UNDECIDED -> { } // a bound has no interrupts to lose time to
      default -> {
        if (!overlaid) {
          overlaid = true;
          kickedMeanwhile = false;
          pollOverMeanwhile = false;
          othersMeanwhile = false;
          resumeWay = way();
          resumeLabel = label();
          resumeNs = endNs == Calendar.NEVER ? Calendar.NEVER : endNs - calendar.nowNs();
          spend(CpuTime.HOST_IRQ, HOST_IRQ_LABEL);
          until(calendar.nowNs() + ns);
        } else {
          until(endNs + ns);
        }
      }
    }
  }

  /** The host interrupt that lengthened a step is over; what came meanwhile is seen now. */
  private void interruptOver() {
    overlaid = false;
    spend(resumeWay, resumeLabel);
    until(resumeNs == Calendar.NEVER ? Calendar.NEVER : calendar.nowNs() + resumeNs);
    if (phase == POLLING) {
      if (kickedMeanwhile) {
        noticed();
      } else if (pollOverMeanwhile) {
        halt.pollEnded(calendar.nowNs());
        scheduleOut();
      } else if (othersMeanwhile) {
        halt.pollCutShort(calendar.nowNs());
        scheduleOut();
      } else if (needResched) {
        preempt(POLLING);
      }
    } else if (phase == SCHEDULING_OUT && kickedMeanwhile) {
      step(SCHEDULE_ABORTED, CpuTime.SWITCH, WAKE_THREAD_LABEL, costs.draw(SCHEDULE_ABORT_COST));
    }
  }

  // --- the strategy's view of the host ---

  @Override
  public int otherRunnable() {
    return entity.cpu().waiting();
  }

  @Override
  public long stealNs() {
    return stealBeforeNs + spentNs(CpuTime.RUNNABLE);
  }

  @Override
  public boolean siblingBusy() {
    return false; // the hosts of this model have one hardware thread a core
  }

  // --- what was counted ---

  /** Exits in this window. */
  public ExitCounts exits() {
    return exits;
  }

  /** KVM's halt counters in this window. */
  public Outcome.Halts halts() {
    return halt.outcome();
  }

  @Override
  public void reset(long nowNs) {
    flush();
    stealBeforeNs += spentNs(CpuTime.RUNNABLE);
    super.reset(nowNs);
    exits.reset();
    halt.reset();
    exitSinceNs = nowNs; // an exit under way counts from here
  }
}
