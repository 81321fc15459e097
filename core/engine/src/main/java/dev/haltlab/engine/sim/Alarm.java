package dev.haltlab.engine.sim;

/**
 * An event that is set and called off far more often than it happens: a timer register, the end of a poll. Moving it later
 * or calling it off leaves the calendar alone; when the old time comes, it is put where it belongs then.
 */
public final class Alarm {
  private final Calendar calendar;
  private final int slot;
  private long dueNs = Calendar.NEVER;
  /** What the calendar has: at or before {@link #dueNs}. */
  private long calendarNs = Calendar.NEVER;

  /** An alarm that is off. */
  public Alarm(Calendar calendar, int slot) {
    this.calendar = calendar;
    this.slot = slot;
  }

  /** When it goes off, ns; {@link Calendar#NEVER} if it is off. */
  public long dueNs() {
    return dueNs;
  }

  /** Sets it to {@code timeNs}, at once if that has passed; off if the calendar does not reach so far. */
  public void set(long timeNs) {
    if (timeNs > calendar.maxTimeNs()) {
      dueNs = Calendar.NEVER;
      return;
    }
    dueNs = Math.max(timeNs, calendar.nowNs());
    if (dueNs < calendarNs) {
      putInCalendar();
    }
  }

  /** Calls it off; no effect if it is off. */
  public void off() {
    dueNs = Calendar.NEVER;
  }

  /** The calendar's event has come: whether the alarm goes off now. If so, it is off from then on. */
  public boolean goesOff() {
    calendarNs = Calendar.NEVER;
    if (dueNs > calendar.nowNs()) {
      if (dueNs != Calendar.NEVER) {
        putInCalendar();
      }
      return false;
    }
    dueNs = Calendar.NEVER;
    return true;
  }

  private void putInCalendar() {
    calendarNs = dueNs;
    calendar.schedule(slot, dueNs);
  }
}
