package dev.haltlab.engine.hw;

import dev.haltlab.engine.MsrRegister;
import dev.haltlab.engine.PathStep;
import dev.haltlab.engine.guest.GuestCpu;
import dev.haltlab.engine.guest.LogicalCpu;
import dev.haltlab.engine.host.PhysicalCpu;
import dev.haltlab.engine.measure.CpuTime;
import dev.haltlab.engine.measure.Window;
import dev.haltlab.engine.sim.Alarm;
import dev.haltlab.engine.sim.Calendar;
import dev.haltlab.engine.sim.Costs;
import dev.haltlab.spi.Step;

/** The hardware itself under a guest: registers are written without exits, HLT is a C-state, an IPI is a wire. */
public final class BareCpu extends LogicalCpu {
  private static final int REGISTER_WRITE = 1;
  private static final int HALTED = 2;
  private static final int C_EXIT = 3;
  private static final int DELIVERING = 4;
  private static final int MWAIT_EXIT = 5;

  private static final int TIMER_WRITE_LABEL = PathStep.TIMER_WRITE.ordinal();
  private static final int ICR_LABEL = PathStep.ICR_EXIT.ordinal();
  private static final int HARDWARE_IPI_LABEL = PathStep.HARDWARE_IPI.ordinal();
  private static final int NOTIFICATION_LABEL = PathStep.NOTIFICATION.ordinal();
  private static final int CSTATE_EXIT_LABEL = PathStep.CSTATE_EXIT.ordinal();
  private static final int IDLE_LABEL = PathStep.GUEST_IDLE.ordinal();

  private static final int TIMER_WRITE = Step.HARDWARE_TIMER_WRITE.ordinal();
  private static final int ICR_WRITE = Step.HARDWARE_ICR_WRITE.ordinal();
  private static final int HARDWARE_IPI = Step.HARDWARE_IPI.ordinal();
  private static final int HARDWARE_INTERRUPT = Step.HARDWARE_INTERRUPT.ordinal();

  private final PhysicalCpu cpu;
  private final Alarm timer;
  private int waking;

  /**
   * @param cpu the pCPU it is
   * @param stepSlot its calendar slot for the step under way
   * @param timerSlot its calendar slot for the APIC timer
   */
  public BareCpu(
      Calendar calendar, Costs costs, GuestCpu guest, Window window, PhysicalCpu cpu, int stepSlot, int timerSlot) {
    super(calendar, costs, guest, window, stepSlot, cpu.account(), GUEST, CpuTime.GUEST);
    this.cpu = cpu;
    this.timer = new Alarm(calendar, timerSlot);
  }

  @Override
  public void boot() {
    cpu.leaveIdle();
    guest.boot();
  }

  @Override
  protected void otherEvent(int slot) {
    if (timer.goesOff()) {
      receive(TIMER);
    }
  }

  @Override
  protected void finish() {
    switch (phase) {
      case C_EXIT -> deliver();
      case DELIVERING -> {
        halted = false;
        guest.interrupted(operationLabel, 0);
      }
      case GUEST, MWAIT_EXIT -> {
        if (mwaiting) {
          mwaiting = false;
          cpu.leaveIdle();
          if (waitExitNs > 0) {
            step(MWAIT_EXIT, CpuTime.C_EXIT, CSTATE_EXIT_LABEL, waitExitNs);
            return;
          }
        }
        if (breaker == INTERRUPT) {
          breaker = NOTHING;
          guest.interrupted(operationLabel, leftNs);
        } else {
          guest.proceed();
        }
      }
      default -> guest.proceed();
    }
  }

  @Override
  public boolean writeTimer(MsrRegister register, long expiryNs) {
    timer.set(expiryNs);
    begin(TIMER_WRITE_LABEL, false, false);
    return passes(REGISTER_WRITE, CpuTime.GUEST, TIMER_WRITE_LABEL, costs.draw(TIMER_WRITE));
  }

  @Override
  public void sendIpi(LogicalCpu target) {
    ((BareCpu) target).receive(RESCHEDULE);
    begin(ICR_LABEL, false, false);
    step(REGISTER_WRITE, CpuTime.GUEST, ICR_LABEL, costs.draw(ICR_WRITE));
  }

  @Override
  public boolean eoiTakesTime() {
    return false;
  }

  @Override
  public void endOfInterrupt() {
    throw new IllegalStateException("an EOI takes no time here");
  }

  @Override
  public void halt() {
    begin(IDLE_LABEL, true, false);
    halted = true;
    if (visible != 0) {
      halted = false;
      guest.interrupted(IDLE_LABEL, 0);
      return;
    }
    phase = HALTED;
    spend(CpuTime.BLOCKED, IDLE_LABEL);
    until(Calendar.NEVER);
    cpu.idle(timer.dueNs());
  }

  @Override
  protected void waitInHardware() {
    phase = GUEST;
    spend(CpuTime.BLOCKED, operationLabel);
    until(Calendar.NEVER);
    cpu.idleAs(waitExitNs);
  }

  private void receive(int vector) {
    tellKick(vector);
    guest.claimTransit();
    visible |= vector;
    if (phase == HALTED) {
      if (vector == TIMER) {
        guest.claimSleeper();
      }
      waking = vector;
      long excessNs = cpu.leaveIdle();
      if (excessNs > 0) {
        step(C_EXIT, CpuTime.C_EXIT, CSTATE_EXIT_LABEL, excessNs);
      } else {
        deliver();
      }
    } else if (phase == GUEST && interruptible) {
      breakAt(calendar.nowNs() + costs.draw(HARDWARE_INTERRUPT), INTERRUPT);
    }
  }

  /** The interrupt wakes the CPU from its shallowest state and reaches its handler. */
  private void deliver() {
    boolean ipi = waking == RESCHEDULE;
    step(
        DELIVERING, CpuTime.C_EXIT, ipi ? HARDWARE_IPI_LABEL : NOTIFICATION_LABEL,
        costs.draw(ipi ? HARDWARE_IPI : HARDWARE_INTERRUPT));
  }
}
