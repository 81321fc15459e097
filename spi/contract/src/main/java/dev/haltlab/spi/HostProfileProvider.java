package dev.haltlab.spi;

/** A host CPU: prices of steps, C-states and interrupt hardware. The defaults are the profile; there is no behaviour. */
@Stability(Stability.Level.PROVISIONAL)
public non-sealed interface HostProfileProvider extends Provider<HostProfile> {}
