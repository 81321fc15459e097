package dev.haltlab.spi;

import org.jspecify.annotations.Nullable;

/**
 * What a task can do. Verbs take simulated time and end the call of {@link Body#next}; instants take none. Messages and
 * signals carry the token of a started probe to whoever receives them: its time is charged step by step on the way.
 *
 * <p>Checked by {@code required_305_verbsMakeSense}, {@code required_306_measurementsEnd}.
 */
@Stability(Stability.Level.STABLE)
public interface Cpu {
  /** Simulated time, ns since the start of the run. */
  long nowNs();

  /** Verb: runs for {@code ns} of this task's CPU time, at least 0. */
  void compute(long ns);

  /**
   * Verb: sends a message and wakes the receiver. Of its size only the copying is priced, here and in receive, by {@link
   * Step#COPY_KIB}; a message is never cut into segments, and a socket never full.
   *
   * @param bytes its size, at least 0
   */
  void send(Socket to, int bytes);

  /** Verb: takes the next message, waiting for one. */
  void receive(Socket from);

  /** Verb: takes the next message of any of these, the earliest first; {@link #received()} tells which. The array is not copied. */
  void receiveAny(Socket... from);

  /** Verb: sets the event and wakes a waiter. */
  void signal(Event event);

  /** Verb: waits until the event is set. */
  void await(Event event);

  /** Verb: waits until any of these is set, the first in order. The array is not copied. */
  void awaitAny(Event... events);

  /**
   * Verb: sleeps for {@code ns}, at least 0, on a high-resolution timer. They count from its arming, after the way into
   * the kernel that {@link Step#SLEEP} prices, as of clock_nanosleep with a relative time. Without the timer slack that
   * Linux gives to ordinary tasks, 50 us unless changed.
   */
  void sleep(long ns);

  /** Verb: sleeps until {@code timeNs}; returns at once if that has passed. */
  void sleepUntil(long timeNs);

  /** Verb: ends the task. */
  void exit();

  /** Instant: the socket of the message last received; null before the first. */
  @Nullable Socket received();

  /** Instant: starts a measurement. The token replaces one this task may still hold. */
  void start(Probe probe);

  /** Instant: ends the measurement whose token this task holds, and records it. Without one nothing is recorded. */
  void stop(Probe probe);
}
