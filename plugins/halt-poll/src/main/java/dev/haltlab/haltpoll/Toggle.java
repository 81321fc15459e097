package dev.haltlab.haltpoll;

import dev.haltlab.spi.HaltPoll;
import dev.haltlab.spi.HaltPollProvider;
import dev.haltlab.spi.Seat;
import java.time.Duration;

/**
 * The fixed window, switched on and off by whether it is of use: after every so many halts it is switched off if too
 * few of them ended within the window, and on again if enough did. Idle vCPUs then do not pay for the busy ones.
 *
 * <p>Source: the "automatic poll toggling" of the talk's outlook; the talk says what for, not how, and the switch is an
 * original of this simulator.
 */
public final class Toggle implements HaltPollProvider<Toggle.Config> {

  /**
   * Settings.
   *
   * @param window time to poll while switched on, 0 to 4.294967295 s
   * @param halts number of halts between two decisions, 1 to 100,000
   * @param onPercent switched on from this share of halts within the window on, 0 to 100
   * @param offPercent switched off below this share, 0 to {@code onPercent}
   */
  public record Config(Duration window, int halts, int onPercent, int offPercent) {
    public Config {
      Unsigned.requireNs("window", window);
      Unsigned.requireRange("halts", halts, 1, 100_000);
      Unsigned.requireRange("onPercent", onPercent, 0, 100);
      Unsigned.requireRange("offPercent", offPercent, 0, 100);
      if (offPercent > onPercent) {
        throw new IllegalArgumentException(
            "offPercent must be at most onPercent, " + onPercent + ", was " + offPercent);
      }
    }
  }

  @Override
  public String id() {
    return "toggle";
  }

  @Override
  public Config defaults() {
    return new Config(Duration.ofNanos(200_000), 32, 50, 25);
  }

  @Override
  public String summary() {
    return "a fixed window that is switched off while too few halts end within it";
  }

  @Override
  public HaltPoll create(Config config, Seat seat) {
    return new Switch(config);
  }

  private static final class Switch implements HaltPoll {
    private final long fullNs;
    private final int halts;
    private final int onPercent;
    private final int offPercent;
    private boolean on;
    private int seen;
    private int within;

    Switch(Config config) {
      fullNs = config.window().toNanos();
      halts = config.halts();
      onPercent = config.onPercent();
      offPercent = config.offPercent();
    }

    @Override
    public long budget(long nowNs) {
      return windowNs();
    }

    @Override
    public void woken(long nowNs, long haltNs, long polledNs, boolean slept, boolean valid) {
      seen++;
      if (haltNs <= fullNs) {
        within++;
      }
      if (seen == halts) {
        on = within * 100L >= halts * (long) (on ? offPercent : onPercent);
        seen = 0;
        within = 0;
      }
    }

    @Override
    public long windowNs() {
      return on ? fullNs : 0;
    }
  }
}
