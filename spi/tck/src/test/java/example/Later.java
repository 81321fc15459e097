package example;

import dev.haltlab.spi.HaltPoll;

/** A strategy to be written one day; in a package that is neither the kit's nor the JDK's, as any plugin. */
public final class Later implements HaltPoll {
  @Override
  public long budget(long nowNs) {
    throw new UnsupportedOperationException("later");
  }
}
