package dev.haltlab.spi;

/** A named latency: from {@link Cpu#start} to the matching {@link Cpu#stop}. Made by {@link Guest#probe}. */
@Stability(Stability.Level.STABLE)
public interface Probe {
  /** Name given by the workload. */
  String name();
}
