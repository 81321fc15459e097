package dev.haltlab.trace.capture;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * What is to be recorded.
 *
 * @param length how long, 1 ms to 24 h
 * @param bufferKb size of the ring buffers of all CPUs together, KiB, 1 MiB to 64 GiB: what does not fit overwrites the
 *     oldest
 * @param guest whether in a guest, of its haltpoll governor; else on a host, of KVM
 * @param full whether exits, interrupts and the like too
 */
public record CapturePlan(Duration length, int bufferKb, boolean guest, boolean full) {
  private static final Duration SHORTEST = Duration.ofMillis(1);
  private static final Duration LONGEST = Duration.ofHours(24);
  private static final int SMALLEST_KB = 1 << 10;
  private static final int LARGEST_KB = 1 << 26;

  /** Threads of vCPUs by the names that QEMU, libvirt, Firecracker, Cloud Hypervisor and crosvm give them. */
  private static final String VCPU_THREADS = "comm ~ \"CPU *\" || comm ~ \"*vcpu*\" || comm ~ \"qemu*\"";

  /** Only writes of MSR_KVM_POLL_CONTROL, by which a guest forbids host polling. */
  private static final String POLL_CONTROL = "ecx == 0x4b564d05";

  public CapturePlan {
    if (length.compareTo(SHORTEST) < 0 || length.compareTo(LONGEST) > 0) {
      throw new IllegalArgumentException("length must be 1ms to 24h");
    }
    if (bufferKb < SMALLEST_KB || bufferKb > LARGEST_KB) {
      throw new IllegalArgumentException("bufferKb must be " + SMALLEST_KB + " to " + LARGEST_KB + ", was " + bufferKb);
    }
  }

  /**
   * An event to be recorded.
   *
   * @param name in tracefs, {@code system/event}
   * @param filter in the kernel's notation; empty for none
   * @param required whether a recording without it is worth nothing
   */
  record Traced(String name, String filter, boolean required) {}

  /**
   * A parameter that goes into the recording's head.
   *
   * @param key in the head
   * @param file in {@code /sys/module}
   */
  record Head(String key, String file) {}

  String kind() {
    return guest ? "guest" : "host";
  }

  /** The events' folder without which there is nothing to record. */
  String system() {
    return guest ? "power" : "kvm";
  }

  /** What to do where there is no such folder. */
  String missingSystem() {
    return guest ? "it takes CONFIG_TRACING with power events" : "load the module kvm: modprobe kvm";
  }

  List<Traced> events() {
    List<Traced> events = new ArrayList<>();
    if (guest) {
      events.add(new Traced("power/guest_halt_poll_ns", "", true));
      events.add(new Traced("power/cpu_idle", "", true));
    } else {
      events.add(new Traced("kvm/kvm_vcpu_wakeup", "", true));
      events.add(new Traced("kvm/kvm_halt_poll_ns", "", true));
      events.add(new Traced("kvm/kvm_msr", full ? "" : POLL_CONTROL, false));
      events.add(new Traced("sched/sched_waking", VCPU_THREADS, false));
    }
    if (full) {
      List<String> more = guest
          ? List.of("sched/sched_switch", "sched/sched_wakeup", "timer/tick_stop")
          : List.of(
              "kvm/kvm_exit", "kvm/kvm_entry", "kvm/kvm_apic", "kvm/kvm_apic_ipi", "kvm/kvm_apic_accept_irq",
              "kvm/kvm_eoi", "kvm/kvm_pv_eoi", "kvm/kvm_inj_virq", "kvm/kvm_hv_timer_state");
      more.forEach(name -> events.add(new Traced(name, "", false)));
    }
    return events;
  }

  List<Head> head() {
    return guest
        ? List.of(
            new Head("guest_halt_poll_ns", "haltpoll/parameters/guest_halt_poll_ns"),
            new Head("guest_halt_poll_grow", "haltpoll/parameters/guest_halt_poll_grow"),
            new Head("guest_halt_poll_grow_start", "haltpoll/parameters/guest_halt_poll_grow_start"),
            new Head("guest_halt_poll_shrink", "haltpoll/parameters/guest_halt_poll_shrink"),
            new Head("guest_halt_poll_allow_shrink", "haltpoll/parameters/guest_halt_poll_allow_shrink"))
        : List.of(
            new Head("halt_poll_ns", "kvm/parameters/halt_poll_ns"),
            new Head("grow", "kvm/parameters/halt_poll_ns_grow"),
            new Head("grow_start", "kvm/parameters/halt_poll_ns_grow_start"),
            new Head("shrink", "kvm/parameters/halt_poll_ns_shrink"));
  }
}
