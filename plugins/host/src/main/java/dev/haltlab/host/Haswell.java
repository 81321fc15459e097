package dev.haltlab.host;

import dev.haltlab.spi.Feature;
import dev.haltlab.spi.HostProfile;
import dev.haltlab.spi.HostProfileProvider;
import java.util.LinkedHashSet;
import java.util.List;

/**
 * Haswell with a 3.11 host. APIC virtualisation as on Ivy Bridge.
 *
 * <p>Its IPI to a halted vCPU is Sandy Bridge's, scaled by the medians the talk prints for the always-schedule case,
 * 4.9 to 5.7 us; no other figure of it is used. The clock is not published and taken as Sandy Bridge's: prices are
 * times.
 *
 * <p>Source: the talk's slide 25; C-states of drivers/idle/intel_idle.c.
 */
public final class Haswell implements HostProfileProvider {

  @Override
  public String id() {
    return "haswell";
  }

  @Override
  public String summary() {
    return "Haswell, host 3.11: Sandy Bridge's wake-up scaled to the talk's median, posted interrupts";
  }

  @Override
  public HostProfile defaults() {
    return new HostProfile(
        "Haswell, host 3.11",
        Steps.CLOCK,
        Steps.scaled(49, 57, "times 4.9/5.7, the always-schedule medians (talk, slide 25)"),
        List.of(
            CStates.of("C1", 2, 2),
            CStates.of("C1E", 10, 20),
            CStates.of("C3", 33, 100),
            CStates.of("C6", 133, 400),
            CStates.of("C7s", 166, 500),
            CStates.of("C8", 300, 900),
            CStates.of("C9", 600, 1_800),
            CStates.of("C10", 2_600, 7_700)),
        new LinkedHashSet<>(List.of(Feature.VIRTUAL_EOI, Feature.POSTED_INTERRUPTS, Feature.HOST_MWAIT_IDLE)));
  }
}
