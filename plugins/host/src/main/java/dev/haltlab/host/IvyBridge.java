package dev.haltlab.host;

import dev.haltlab.spi.Feature;
import dev.haltlab.spi.HostProfile;
import dev.haltlab.spi.HostProfileProvider;
import java.util.LinkedHashSet;
import java.util.List;

/**
 * Ivy Bridge (server) with a 3.11 host: the machine of the talk's TCP_RR figures. APIC virtualisation: EOI without an
 * exit, interrupts posted to a running vCPU.
 *
 * <p>Its IPI to a halted vCPU is Sandy Bridge's, scaled by the medians the talk prints for the always-schedule case,
 * 5.6 to 5.7 us; no other figure of it is used. The clock is not published and taken as Sandy Bridge's: prices are
 * times.
 *
 * <p>Source: the talk's slides 6 to 31; C-states of drivers/idle/intel_idle.c (two-socket server table).
 */
public final class IvyBridge implements HostProfileProvider {

  @Override
  public String id() {
    return "ivy-bridge";
  }

  @Override
  public String summary() {
    return "Ivy Bridge server, host 3.11: the talk's TCP_RR machine, posted interrupts";
  }

  @Override
  public HostProfile defaults() {
    return new HostProfile(
        "Ivy Bridge, host 3.11",
        Steps.CLOCK,
        Steps.scaled(56, 57, "times 5.6/5.7, the always-schedule medians (talk, slide 25)"),
        List.of(
            CStates.of("C1", 1, 1),
            CStates.of("C1E", 10, 80),
            CStates.of("C3", 59, 156),
            CStates.of("C6", 82, 300)),
        new LinkedHashSet<>(List.of(Feature.VIRTUAL_EOI, Feature.POSTED_INTERRUPTS, Feature.HOST_MWAIT_IDLE)));
  }
}
