package dev.haltlab.host;

import dev.haltlab.spi.CState;
import dev.haltlab.spi.Feature;
import dev.haltlab.spi.Hertz;
import dev.haltlab.spi.HostProfile;
import dev.haltlab.spi.HostProfileProvider;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Ivy Bridge with a 3.11 host. */
public final class IvyBridge implements HostProfileProvider {

  @Override
  public String id() {
    return "ivy-bridge";
  }

  @Override
  public HostProfile defaults() {
    return new HostProfile(
        "Ivy Bridge, host 3.11",
        new Hertz(2_600_000_000L),
        Map.of(),
        List.of(new CState("C1", Duration.ofNanos(1_000), Duration.ofNanos(1_000), -1)),
        Set.of(Feature.VIRTUAL_EOI));
  }
}
