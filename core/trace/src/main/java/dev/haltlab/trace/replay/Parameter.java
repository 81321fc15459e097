package dev.haltlab.trace.replay;

import java.util.Optional;

/** A parameter of halt polling, of the module {@code kvm} or {@code haltpoll}, by the names it has in recordings. */
public enum Parameter {
  /** Longest window, ns. */
  MAX("halt_poll_ns", "halt_poll_ns", "guest_halt_poll_ns"),
  /** Factor by which a window grows. */
  GROW("grow", "halt_poll_ns_grow", "guest_halt_poll_grow"),
  /** First window above 0, ns. */
  GROW_START("grow_start", "halt_poll_ns_grow_start", "guest_halt_poll_grow_start"),
  /** Divisor by which a window shrinks. */
  SHRINK("shrink", "halt_poll_ns_shrink", "guest_halt_poll_shrink"),
  /** The VM's own longest window (KVM_CAP_HALT_POLL), ns; wins over {@link #MAX}. */
  CAP("cap", "cap", ""),
  /** 1 if a guest's window may shrink, 0 if not. */
  ALLOW_SHRINK("", "", "guest_halt_poll_allow_shrink"),
  /** 1 if the guest forbids the host to poll (MSR_KVM_POLL_CONTROL is 0). */
  NO_POLL("nopoll", "nopoll", "");

  /** The parameters are the kernel's {@code unsigned int}. */
  static final long LARGEST = 0xFFFF_FFFFL;

  private final String head;
  private final String host;
  private final String guest;

  Parameter(String head, String host, String guest) {
    this.head = head;
    this.host = host;
    this.guest = guest;
  }

  /** The parameter of that name, in a recording's head or in a mark. */
  public static Optional<Parameter> named(String name) {
    for (Parameter parameter : values()) {
      if (!name.isEmpty()
          && (name.equals(parameter.head) || name.equals(parameter.host) || name.equals(parameter.guest))) {
        return Optional.of(parameter);
      }
    }
    return Optional.empty();
  }

  /** Whether its value is a time in ns. */
  public boolean isTime() {
    return this == MAX || this == GROW_START || this == CAP;
  }

  /**
   * Reads a value.
   *
   * @throws IllegalArgumentException if it is none, with what was expected
   */
  public long read(String text) {
    if (this == ALLOW_SHRINK || this == NO_POLL) {
      return switch (text) {
        case "1", "Y", "y" -> 1;
        case "0", "N", "n" -> 0;
        default -> throw new IllegalArgumentException("expected 0 or 1, found '" + text + "'");
      };
    }
    if (!text.matches("[0-9]{1,10}") || Long.parseLong(text) > LARGEST) {
      throw new IllegalArgumentException("expected a number from 0 to " + LARGEST + ", found '" + text + "'");
    }
    return Long.parseLong(text);
  }
}
