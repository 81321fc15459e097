package dev.haltlab.platform.scenario.model;

import dev.haltlab.spi.KernelVersion;
import java.util.Optional;

/**
 * A guest's Linux, or none.
 *
 * @param version empty for a bare ring-0 guest, written {@code none}
 */
public record GuestKernel(Optional<KernelVersion> version) {}
