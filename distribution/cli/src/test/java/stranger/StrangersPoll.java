package stranger;

import dev.haltlab.spi.HaltPoll;
import dev.haltlab.spi.HaltPollProvider;
import dev.haltlab.spi.Seat;

/** A strategy as a stranger's: its class files are what the tests of installing pack. */
public final class StrangersPoll implements HaltPollProvider<StrangersPoll.Config> {
  /** Nothing to set. */
  public record Config() {}

  @Override
  public String id() {
    return "installed";
  }

  @Override
  public Config defaults() {
    return new Config();
  }

  @Override
  public HaltPoll create(Config config, Seat seat) {
    return now -> 0;
  }
}
