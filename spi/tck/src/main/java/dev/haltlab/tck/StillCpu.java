package dev.haltlab.tck;

import dev.haltlab.spi.Cpu;
import dev.haltlab.spi.Event;
import dev.haltlab.spi.Probe;
import dev.haltlab.spi.Socket;
import org.jspecify.annotations.Nullable;

/** A CPU on which every verb is done at once, and which allocates nothing. */
final class StillCpu implements Cpu {
  private long nowNs;
  private @Nullable Socket received;
  private boolean exited;

  @Override
  public long nowNs() {
    return nowNs++;
  }

  @Override
  public void compute(long ns) {}

  @Override
  public void send(Socket to, int bytes) {}

  @Override
  public void receive(Socket from) {
    received = from;
  }

  @Override
  public void receiveAny(Socket... from) {
    received = from[0];
  }

  @Override
  public void signal(Event event) {}

  @Override
  public void await(Event event) {}

  @Override
  public void awaitAny(Event... events) {}

  @Override
  public void sleep(long ns) {}

  @Override
  public void sleepUntil(long timeNs) {}

  @Override
  public void exit() {
    exited = true;
  }

  /** Whether the task has ended: it is not to be called again. */
  boolean exited() {
    return exited;
  }

  @Override
  public @Nullable Socket received() {
    return received;
  }

  @Override
  public void start(Probe probe) {}

  @Override
  public void stop(Probe probe) {}
}
