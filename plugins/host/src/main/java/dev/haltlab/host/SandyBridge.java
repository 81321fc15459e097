package dev.haltlab.host;

import dev.haltlab.spi.Feature;
import dev.haltlab.spi.HostProfile;
import dev.haltlab.spi.HostProfileProvider;
import java.util.LinkedHashSet;
import java.util.List;

/**
 * Sandy Bridge at 2.6 GHz with a 3.11 host: the machine on which the talk took the wake-up apart. No APIC
 * virtualisation: each EOI exits, and a running vCPU is interrupted through an exit.
 *
 * <p>Source: the talk's slides 15 to 26; C-states of drivers/idle/intel_idle.c.
 */
public final class SandyBridge implements HostProfileProvider {

  @Override
  public String id() {
    return "sandy-bridge";
  }

  @Override
  public String summary() {
    return "Sandy Bridge 2.6 GHz, host 3.11: measured wake-up segments, no APIC virtualisation";
  }

  @Override
  public HostProfile defaults() {
    return new HostProfile(
        "Sandy Bridge 2.6 GHz, host 3.11",
        Steps.CLOCK,
        Steps.sandyBridge(),
        List.of(
            CStates.of("C1", 2, 2),
            CStates.of("C1E", 10, 20),
            CStates.of("C3", 80, 211),
            CStates.of("C6", 104, 345),
            CStates.of("C7", 109, 345)),
        new LinkedHashSet<>(List.of(Feature.HOST_MWAIT_IDLE)));
  }
}
