package dev.haltlab.platform.catalog;

import dev.haltlab.spi.HaltPollProvider;
import dev.haltlab.spi.HostProfileProvider;
import dev.haltlab.spi.IdlePolicyProvider;
import dev.haltlab.spi.TraceReaderProvider;
import dev.haltlab.spi.WorkloadProvider;
import java.util.List;

/**
 * One kind of plugin: a row of the table that drives discovery, binding, schema and listing. A further kind is a further
 * row.
 *
 * @param <P> its provider interface, raw: the configuration type is known to the provider only
 * @param key its name on the command line, and the YAML key under which a scenario uses it, if it is of {@link #SLOTS}
 * @param providerType what {@link java.util.ServiceLoader} looks for
 * @param title in words
 */
public record Kind<P>(String key, Class<P> providerType, String title) {
  /** Host CPU profiles, {@code host.cpu}. */
  public static final Kind<HostProfileProvider> CPU = new Kind<>("cpu", HostProfileProvider.class, "host CPU profile");

  /** Halt-poll strategies. */
  public static final Kind<HaltPollProvider> HALT_POLL =
      new Kind<>("haltPoll", HaltPollProvider.class, "halt-poll strategy");

  /** Guest idle policies. */
  public static final Kind<IdlePolicyProvider> IDLE = new Kind<>("idle", IdlePolicyProvider.class, "guest idle policy");

  /** Guest workloads. */
  public static final Kind<WorkloadProvider> WORKLOAD =
      new Kind<>("workload", WorkloadProvider.class, "guest workload");

  /** Formats of recorded traces. */
  public static final Kind<TraceReaderProvider> TRACE = new Kind<>("trace", TraceReaderProvider.class, "trace format");

  /** The kinds a scenario may use. */
  public static final List<Kind<?>> SLOTS = List.of(HALT_POLL, IDLE, WORKLOAD, CPU);

  /** All kinds, in the order of listings. */
  public static final List<Kind<?>> ALL = List.of(HALT_POLL, IDLE, WORKLOAD, CPU, TRACE);
}
