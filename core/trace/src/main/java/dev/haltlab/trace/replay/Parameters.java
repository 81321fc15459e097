package dev.haltlab.trace.replay;

import java.util.EnumMap;
import java.util.Map;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** The parameters a recording was made with, as far as they are known. What the user says wins over the recording. */
public final class Parameters {
  private final Map<Parameter, Long> host = new EnumMap<>(Parameter.class);
  private final Map<Parameter, Long> guest = new EnumMap<>(Parameter.class);
  private final Map<Parameter, Long> said;
  private final @Nullable String saidKernel;
  private @Nullable String recordedKernel;
  private boolean ofGuest;
  private boolean running;

  /**
   * Those the user gives.
   *
   * @param said values that win over the recording's
   * @param saidKernel the kernel's version, as text; null leaves it to the recording
   * @param running the vCPUs had run before the recording began: their windows are not known to be 0
   */
  public Parameters(Map<Parameter, Long> said, @Nullable String saidKernel, boolean running) {
    this.said = said.isEmpty() ? Map.of() : new EnumMap<>(said);
    this.saidKernel = saidKernel;
    this.running = running;
    host.putAll(this.said);
    guest.putAll(this.said);
  }

  /**
   * Takes a line of the recording's head; what is not about parameters is passed over.
   *
   * @return what is wrong with it, or null
   */
  @Nullable String record(String key, String value) {
    switch (key) {
      case "kernel" -> recordedKernel = value;
      case "kind" -> ofGuest = value.equals("guest");
      case "running" -> running |= value.equals("1");
      default -> {
        Parameter parameter = Parameter.named(key).orElse(null);
        if (parameter != null && !value.isEmpty()) {
          try {
            Map<Parameter, Long> values = key.startsWith("guest_") ? guest : host;
            values.put(parameter, parameter.read(value));
            values.putAll(said);
          } catch (IllegalArgumentException e) {
            return key + ": " + e.getMessage();
          }
        }
      }
    }
    return null;
  }

  /** A value of the host's kernel at the start of the recording, if it is known. */
  public OptionalLong host(Parameter parameter) {
    return optional(host.get(parameter));
  }

  /** A value of the guest's kernel at the start of the recording, if it is known. */
  public OptionalLong guest(Parameter parameter) {
    return optional(guest.get(parameter));
  }

  /** The kernel's version as text, null if it is not known. */
  public @Nullable String kernel() {
    return saidKernel != null ? saidKernel : recordedKernel;
  }

  /** Whether the recording says that it was made inside a guest. */
  public boolean ofGuest() {
    return ofGuest;
  }

  /** Whether the vCPUs had run before the recording began. */
  public boolean running() {
    return running;
  }

  private static OptionalLong optional(@Nullable Long value) {
    return value == null ? OptionalLong.empty() : OptionalLong.of(value);
  }
}
