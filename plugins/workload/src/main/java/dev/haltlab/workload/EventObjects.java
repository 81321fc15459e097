package dev.haltlab.workload;

import dev.haltlab.spi.Dist;
import dev.haltlab.spi.Guest;
import dev.haltlab.spi.Script;
import dev.haltlab.spi.WorkloadProvider;
import java.time.Duration;

/**
 * Two threads that signal each other in turn, each waiting for the other: condition variables in Linux, event objects
 * in Windows. One runs on the first vCPU, the other on the last.
 *
 * <p>Probe: {@code round-trip}, from before the first signal to the return of the wait for the second.
 *
 * <p>Source: the talk's slides 4 and 29 (3 to 4 times slower than native, twice better with polling).
 */
public final class EventObjects implements WorkloadProvider<EventObjects.Config> {

  /**
   * Settings.
   *
   * @param work CPU time each thread spends once it has been signalled
   * @param wheelTimersPerSecond timer-wheel expiries per second on each vCPU, the kernel's own housekeeping, 0 to
   *     1,000,000; 0 for none
   */
  public record Config(Dist work, int wheelTimersPerSecond) {
    public Config {
      Checks.perSecond("wheelTimersPerSecond", wheelTimersPerSecond);
    }
  }

  @Override
  public String id() {
    return "event-objects";
  }

  @Override
  public Config defaults() {
    return new Config(Dist.fixed(Duration.ofNanos(1_500)), 7);
  }

  @Override
  public String summary() {
    return "two threads that signal each other in turn (condition variables, Windows event objects)";
  }

  @Override
  public void define(Config config, Guest guest) {
    var ping = guest.event("ping", true);
    var pong = guest.event("pong", true);
    var roundTrip = guest.probe("round-trip");
    guest.task(
        "a",
        0,
        Script.forever().start(roundTrip).signal(ping).await(pong).stop(roundTrip).compute(config.work()));
    guest.task("b", guest.vcpus() - 1, Script.forever().await(ping).compute(config.work()).signal(pong));
    Housekeeping.wheelTimers(guest, config.wheelTimersPerSecond());
  }
}
