package dev.haltlab.platform.replay;

import dev.haltlab.trace.replay.Parameter;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * How recordings are to be replayed.
 *
 * @param parameters the kernel's parameters, where the user's word counts and not the recording's
 * @param kernel the kernel's version; null leaves it to the recording
 * @param running the vCPUs had run before the recording began
 * @param format id of the recordings' format; null lets the content tell
 * @param hostRule the strategy that follows the host kernel's rule, as in a scenario
 * @param guestRule the idle policy that follows the guest kernel's rule, as in a scenario
 * @param strategies halt-poll strategies to be tried on the recorded halts, as in a scenario
 * @param wakeLatencyNs the wake-up latency that the recorded lengths contain; empty to estimate it
 */
public record ReplayRequest(
    Map<Parameter, Long> parameters, @Nullable String kernel, boolean running, @Nullable String format,
    String hostRule, String guestRule, List<String> strategies, OptionalLong wakeLatencyNs) {

  /** What follows the host kernel's rule unless the user says otherwise. */
  public static final String HOST_RULE = "adaptive";

  /** What every trial is shown beside: the bound. */
  public static final String BOUND = "oracle";

  /** What follows the guest kernel's rule unless the user says otherwise. */
  public static final String GUEST_RULE = "haltpoll";

  public ReplayRequest {
    strategies = List.copyOf(strategies);
    parameters = parameters.isEmpty() ? Map.of() : new EnumMap<>(parameters);
  }
}
