package dev.haltlab.trace.format;

import dev.haltlab.spi.TraceSink;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Reads what the kernel prints for an event, in every form it has had. A form that almost fits is refused: such lines
 * come from documents, not from kernels, or from a kernel that has changed.
 *
 * <p>Source: include/trace/events/kvm.h, power.h and sched.h and arch/x86/kvm/trace.h, Linux 4.0 to 6.18; the shorter
 * forms of the scheduler's events are those of libtraceevent, which trace-cmd and perf print.
 */
final class Payloads {
  /** The word that user space writes into a trace where it changes a parameter of halt polling. */
  private static final byte[] PARAMETER_MARK = Cursor.bytes("halt_poll_param");

  private static final int KVM_VCPU_WAKEUP = 0;
  private static final int KVM_HALT_POLL_NS = 1;
  private static final int GUEST_HALT_POLL_NS = 2;
  private static final int CPU_IDLE = 3;
  private static final int MARK = 4;
  private static final int PRINT = 5;
  private static final int KVM_ENTRY = 6;
  private static final int KVM_EXIT = 7;
  private static final int KVM_MSR = 8;
  private static final int KVM_APIC = 9;
  private static final int KVM_APIC_IPI = 10;
  private static final int KVM_APIC_ACCEPT_IRQ = 11;
  private static final int KVM_EOI = 12;
  private static final int KVM_PV_EOI = 13;
  private static final int KVM_INJ_VIRQ = 14;
  private static final int KVM_HV_TIMER_STATE = 15;
  private static final int SCHED_SWITCH = 16;
  private static final int SCHED_WAKEUP = 17;
  private static final int SCHED_WAKING = 18;

  /** Name and form of each event; the index is its number above. */
  private static final String[][] EVENTS = {
    {"kvm_vcpu_wakeup", "poll|wait time NS ns[, polling valid|invalid]"},
    {"kvm_halt_poll_ns", "vcpu N: halt_poll_ns NEW (grow|shrink OLD)"},
    {"guest_halt_poll_ns", "halt_poll_ns NEW (grow|shrink OLD)"},
    {"cpu_idle", "state=N cpu_id=N"},
    {"tracing_mark_write", "halt_poll_param KEY=VALUE ..."},
    {"print", "tracing_mark_write: halt_poll_param KEY=VALUE ..."},
    {"kvm_entry", "vcpu N[, rip 0xN][ intr_info 0xN error_code 0xN][[immediate exit]]"},
    {"kvm_exit", "[vcpu N ]reason NAME rip 0xN info1 0xN info2 0xN ..."},
    {"kvm_msr", "msr_read|msr_write N = 0xN[ (#GP)]"},
    {"kvm_apic", "apic_read|apic_write NAME = 0xN"},
    {"kvm_apic_ipi", "dst N vec N (MODE|physical|assert|edge|dst)"},
    {"kvm_apic_accept_irq", "apicid N vec N (MODE|edge)[ (coalesced)]"},
    {"kvm_eoi", "apicid N vector N"},
    {"kvm_pv_eoi", "apicid N vector N"},
    {"kvm_inj_virq", "irq N or IRQ 0xN[ [reinjected]]"},
    {"kvm_hv_timer_state", "vcpu_id N hv_timer N"},
    {"sched_switch", "... prev_pid=N ... ==> ... next_pid=N ..."},
    {"sched_wakeup", "comm=NAME pid=N prio=N target_cpu=N"},
    {"sched_waking", "comm=NAME pid=N prio=N target_cpu=N"},
  };

  private static final int SLOTS = 128;
  private static final byte[][] NAMES = new byte[EVENTS.length][];
  private static final byte[] SLOT_OF_NAME = new byte[SLOTS];

  static {
    for (int i = 0; i < EVENTS.length; i++) {
      NAMES[i] = Cursor.bytes(EVENTS[i][0]);
      int slot = slot(NAMES[i], 0, NAMES[i].length);
      while (SLOT_OF_NAME[slot] != 0) {
        slot = slot + 1 & SLOTS - 1;
      }
      SLOT_OF_NAME[slot] = (byte) (i + 1);
    }
  }

  private static final byte[] POLL = Cursor.bytes("poll");
  private static final byte[] WAIT = Cursor.bytes("wait");
  private static final byte[] TIME = Cursor.bytes(" time ");
  private static final byte[] NS = Cursor.bytes(" ns");
  private static final byte[] POLLING_VALID = Cursor.bytes(", polling valid");
  private static final byte[] POLLING_INVALID = Cursor.bytes(", polling invalid");
  private static final byte[] VCPU = Cursor.bytes("vcpu ");
  private static final byte[] COLON_HALT_POLL_NS = Cursor.bytes(": halt_poll_ns ");
  private static final byte[] HALT_POLL_NS = Cursor.bytes("halt_poll_ns ");
  private static final byte[] GROW = Cursor.bytes(" (grow ");
  private static final byte[] SHRINK = Cursor.bytes(" (shrink ");
  private static final byte[] STATE = Cursor.bytes("state=");
  private static final byte[] CPU_ID = Cursor.bytes(" cpu_id=");
  private static final byte[] MARK_PREFIX = Cursor.bytes("tracing_mark_write: ");
  private static final byte[] RIP = Cursor.bytes(" rip 0x");
  private static final byte[] COMMA_RIP = Cursor.bytes(", rip 0x");
  private static final byte[] INTR_INFO = Cursor.bytes(" intr_info 0x");
  private static final byte[] ERROR_CODE = Cursor.bytes(" error_code 0x");
  private static final byte[] IMMEDIATE_EXIT = Cursor.bytes("[immediate exit]");
  private static final byte[] REASON = Cursor.bytes("reason ");
  private static final byte[] INFO = Cursor.bytes(" info ");
  private static final byte[] INFO1 = Cursor.bytes(" info1 0x");
  private static final byte[] INFO2 = Cursor.bytes(" info2 0x");
  private static final byte[] REQUESTS = Cursor.bytes(" requests 0x");
  private static final byte[] MSR_READ = Cursor.bytes("msr_read ");
  private static final byte[] MSR_WRITE = Cursor.bytes("msr_write ");
  private static final byte[] IS_HEX = Cursor.bytes(" = 0x");
  private static final byte[] GENERAL_PROTECTION = Cursor.bytes(" (#GP)");
  private static final byte[] APIC_READ = Cursor.bytes("apic_read ");
  private static final byte[] APIC_WRITE = Cursor.bytes("apic_write ");
  private static final byte[] DST = Cursor.bytes("dst ");
  private static final byte[] VEC = Cursor.bytes(" vec ");
  private static final byte[] APIC_ID = Cursor.bytes("apicid ");
  private static final byte[] VECTOR = Cursor.bytes(" vector ");
  private static final byte[] COALESCED = Cursor.bytes(" (coalesced)");
  private static final byte[] IRQ = Cursor.bytes("irq ");
  private static final byte[] IRQ_HEX = Cursor.bytes("IRQ 0x");
  private static final byte[] SOFT_HEX = Cursor.bytes("Soft/INTn 0x");
  private static final byte[] REINJECTED = Cursor.bytes(" [reinjected]");
  private static final byte[] VCPU_ID = Cursor.bytes("vcpu_id ");
  private static final byte[] HV_TIMER = Cursor.bytes(" hv_timer ");
  private static final byte[] ARROW = Cursor.bytes(" ==> ");
  private static final byte[] PREV_PID = Cursor.bytes(" prev_pid=");
  private static final byte[] NEXT_PID = Cursor.bytes(" next_pid=");
  private static final byte[] PREV_COMM = Cursor.bytes("prev_comm=");
  private static final byte[] COMM = Cursor.bytes("comm=");
  private static final byte[] PID = Cursor.bytes(" pid=");
  private static final byte[] TARGET_CPU = Cursor.bytes(" target_cpu=");
  private static final byte[] SHORT_TARGET_CPU = Cursor.bytes(" CPU:");
  private static final byte[] PRIORITY = Cursor.bytes(" [");

  private static final long UNSIGNED_INT = 0xFFFF_FFFFL;

  /** What cpu_idle prints for leaving: −1 as an unsigned int. */
  private static final long LEAVING = UNSIGNED_INT;

  /**
   * Reads a payload and tells it.
   *
   * @param c stands at its first byte
   * @param eventFrom index of the event's name
   * @return null if it is understood or the event is none of those above, else what is wrong
   */
  @Nullable String read(Cursor c, int eventFrom, int eventTo, TraceSink sink) {
    int event = number(c.text, eventFrom, eventTo);
    if (event < 0) {
      return null;
    }
    int payload = c.at;
    if (read(event, c, sink)) {
      return null;
    }
    return EVENTS[event][0] + ": expected '" + EVENTS[event][1] + "', found " + Cursor.shown(c.text, payload, c.end);
  }

  private static int slot(byte[] text, int from, int to) {
    int length = to - from;
    return (text[from + (length >> 1)] * 31 + text[to - 1] * 7 + text[from] + length * 17) & SLOTS - 1;
  }

  private static int number(byte[] text, int from, int to) {
    for (int slot = slot(text, from, to); SLOT_OF_NAME[slot] != 0; slot = slot + 1 & SLOTS - 1) {
      byte[] name = NAMES[SLOT_OF_NAME[slot] - 1];
      if (name.length == to - from && Cursor.startsWith(text, from, to, name)) {
        return SLOT_OF_NAME[slot] - 1;
      }
    }
    return -1;
  }

  private static boolean read(int event, Cursor c, TraceSink sink) {
    return switch (event) {
      case KVM_VCPU_WAKEUP -> wakeup(c, sink);
      case KVM_HALT_POLL_NS -> window(c, sink);
      case GUEST_HALT_POLL_NS -> guestWindow(c, sink);
      case CPU_IDLE -> idle(c, sink);
      case MARK -> mark(c, sink);
      case PRINT -> !c.skip(MARK_PREFIX) || mark(c, sink);
      case KVM_ENTRY -> entry(c, sink);
      case KVM_EXIT -> exit(c, sink);
      case KVM_MSR -> msr(c, sink);
      case KVM_APIC -> apic(c, sink);
      case KVM_APIC_IPI -> ipi(c, sink);
      case KVM_APIC_ACCEPT_IRQ -> accept(c, sink);
      case KVM_EOI, KVM_PV_EOI -> eoi(c, sink);
      case KVM_INJ_VIRQ -> inject(c, sink);
      case KVM_HV_TIMER_STATE -> timer(c, sink);
      case SCHED_SWITCH -> switched(c, sink);
      case SCHED_WAKEUP, SCHED_WAKING -> woken(c, event == SCHED_WAKING, sink);
      default -> throw new IllegalStateException("no such event: " + event);
    };
  }

  // ---- halts

  private static boolean wakeup(Cursor c, TraceSink sink) {
    boolean waited = c.skip(WAIT);
    if (!waited && !c.skip(POLL) || !c.skip(TIME)) {
      return false;
    }
    long ns = c.decimal();
    if (ns < 0 || !c.skip(NS)) {
      return false;
    }
    boolean invalid = c.skip(POLLING_INVALID);
    if (!invalid) {
      c.skip(POLLING_VALID);
    }
    if (!atEnd(c)) {
      return false;
    }
    sink.kvmVcpuWakeup(ns, waited, !invalid);
    return true;
  }

  private static boolean window(Cursor c, TraceSink sink) {
    long vcpu = c.skip(VCPU) ? c.decimal() : -1;
    if (vcpu < 0 || vcpu > Integer.MAX_VALUE || !c.skip(COLON_HALT_POLL_NS)) {
      return false;
    }
    long newNs = unsignedInt(c);
    boolean grow = c.skip(GROW);
    long oldNs = newNs >= 0 && (grow || c.skip(SHRINK)) ? unsignedInt(c) : -1;
    if (oldNs < 0 || !c.skip(')') || !atEnd(c)) {
      return false;
    }
    sink.kvmHaltPollNs((int) vcpu, newNs, grow, oldNs);
    return true;
  }

  private static boolean guestWindow(Cursor c, TraceSink sink) {
    long newNs = c.skip(HALT_POLL_NS) ? unsignedInt(c) : -1;
    boolean grow = c.skip(GROW);
    long oldNs = newNs >= 0 && (grow || c.skip(SHRINK)) ? unsignedInt(c) : -1;
    if (oldNs < 0 || !c.skip(')') || !atEnd(c)) {
      return false;
    }
    sink.guestHaltPollNs(newNs, grow, oldNs);
    return true;
  }

  private static boolean idle(Cursor c, TraceSink sink) {
    long state = c.skip(STATE) ? c.decimal() : -1;
    long cpu = state >= 0 && c.skip(CPU_ID) ? c.decimal() : -1;
    boolean leaving = state == LEAVING;
    if (cpu < 0 || cpu > Integer.MAX_VALUE || state > Integer.MAX_VALUE && !leaving || !atEnd(c)) {
      return false;
    }
    sink.cpuIdle(leaving ? -1 : (int) state, (int) cpu);
    return true;
  }

  /** Marks of other programs are nobody's business; a parameter mark is told pair by pair once all of it fits. */
  private static boolean mark(Cursor c, TraceSink sink) {
    if (!c.skip(PARAMETER_MARK) || !c.atEnd() && !Cursor.isBlank((byte) c.peek())) {
      return true;
    }
    int first = c.at;
    if (!pairs(c, null)) {
      return false;
    }
    c.at = first;
    return pairs(c, sink);
  }

  private static boolean pairs(Cursor c, @Nullable TraceSink sink) {
    int count = 0;
    for (c.blanks(); !c.atEnd(); c.blanks()) {
      int key = c.at;
      boolean named = c.word();
      int keyEnd = c.at;
      if (!named || !c.skip('=') || !c.token()) {
        return false;
      }
      count++;
      if (sink != null) {
        sink.changed(string(c.text, key, keyEnd), string(c.text, keyEnd + 1, c.at));
      }
    }
    return count > 0;
  }

  // ---- exits and interrupts

  private static boolean entry(Cursor c, TraceSink sink) {
    long vcpu = c.skip(VCPU) ? c.decimal() : -1;
    if (vcpu < 0 || vcpu > Integer.MAX_VALUE) {
      return false;
    }
    if (c.skip(COMMA_RIP) || c.skip(RIP)) {
      if (!c.hex()) {
        return false;
      }
      if (c.skip(INTR_INFO) && !(c.hex() && c.skip(ERROR_CODE) && c.hex())) {
        return false;
      }
    }
    if (c.peek() == ' ' && Cursor.startsWith(c.text, c.at + 1, c.end, IMMEDIATE_EXIT)) {
      c.at++;
    }
    c.skip(IMMEDIATE_EXIT);
    if (!atEnd(c)) {
      return false;
    }
    sink.kvmEntry((int) vcpu);
    return true;
  }

  private static boolean exit(Cursor c, TraceSink sink) {
    long vcpu = -1;
    if (c.skip(VCPU)) {
      vcpu = c.decimal();
      if (vcpu < 0 || vcpu > Integer.MAX_VALUE || !c.skip(' ')) {
        return false;
      }
    }
    if (!c.skip(REASON)) {
      return false;
    }
    int reason = c.at;
    int rip = c.find(RIP);
    c.at = rip < 0 ? c.end : rip;
    int reasonEnd = c.at;
    if (reasonEnd == reason || rip < 0 && !isName(c.text, reason, reasonEnd)) {
      return false;
    }
    if (rip >= 0 && !(c.skip(RIP) && c.hex() && exitInformation(c))) {
      return false;
    }
    sink.kvmExit((int) vcpu, c.text, reason, reasonEnd);
    return true;
  }

  private static boolean exitInformation(Cursor c) {
    if (c.skip(INFO)) {
      return c.hex() && c.skip(' ') && c.hex() && atEnd(c);
    }
    if (c.skip(INFO1) && !(c.hex() && c.skip(INFO2) && c.hex())) {
      return false;
    }
    if (c.skip(INTR_INFO) && !(c.hex() && c.skip(ERROR_CODE) && c.hex())) {
      return false;
    }
    return (!c.skip(REQUESTS) || c.hex()) && atEnd(c);
  }

  private static boolean msr(Cursor c, TraceSink sink) {
    boolean write = c.skip(MSR_WRITE);
    if (!write && !c.skip(MSR_READ) || !c.hex()) {
      return false;
    }
    long index = c.hexValue;
    if (!c.skip(IS_HEX) || !c.hex()) {
      return false;
    }
    c.skip(GENERAL_PROTECTION);
    if (!atEnd(c)) {
      return false;
    }
    sink.kvmMsr(write, index, c.hexValue);
    return true;
  }

  private static boolean apic(Cursor c, TraceSink sink) {
    boolean write = c.skip(APIC_WRITE);
    if (!write && !c.skip(APIC_READ)) {
      return false;
    }
    int register = c.at;
    if (!c.token()) {
      return false;
    }
    int registerEnd = c.at;
    if (!c.skip(IS_HEX) || !c.hex() || !atEnd(c)) {
      return false;
    }
    sink.kvmApic(write, c.text, register, registerEnd, c.hexValue);
    return true;
  }

  private static boolean ipi(Cursor c, TraceSink sink) {
    if (!c.skip(DST) || !c.hex()) {
      return false;
    }
    long destination = c.hexValue;
    long vector = c.skip(VEC) ? unsignedInt(c) : -1;
    if (vector < 0 || vector > Integer.MAX_VALUE || !c.skip(' ') || !alternatives(c, 5) || !atEnd(c)) {
      return false;
    }
    sink.kvmApicIpi(destination, (int) vector);
    return true;
  }

  private static boolean accept(Cursor c, TraceSink sink) {
    if (!c.skip(APIC_ID) || !c.hex()) {
      return false;
    }
    long apicId = c.hexValue;
    long vector = c.skip(VEC) ? unsignedInt(c) : -1;
    if (vector < 0 || vector > Integer.MAX_VALUE || !c.skip(' ') || !alternatives(c, 2)) {
      return false;
    }
    c.skip(COALESCED);
    if (!atEnd(c)) {
      return false;
    }
    sink.kvmApicAcceptIrq(apicId, (int) vector);
    return true;
  }

  /** {@code (a|b|c)}: so many words between bars. */
  private static boolean alternatives(Cursor c, int count) {
    if (!c.skip('(')) {
      return false;
    }
    for (int i = 0; i < count; i++) {
      if (i > 0 && !c.skip('|')) {
        return false;
      }
      int from = c.at;
      while (c.at < c.end && c.text[c.at] != '|' && c.text[c.at] != ')') {
        c.at++;
      }
      if (c.at == from) {
        return false;
      }
    }
    return c.skip(')');
  }

  private static boolean eoi(Cursor c, TraceSink sink) {
    if (!c.skip(APIC_ID) || !c.hex()) {
      return false;
    }
    long apicId = c.hexValue;
    if (!c.skip(VECTOR)) {
      return false;
    }
    boolean none = c.skip('-'); // printed as a signed number, −1 if no interrupt is in service
    long vector = unsignedInt(c);
    if (vector < 0 || vector > Integer.MAX_VALUE || !atEnd(c)) {
      return false;
    }
    sink.kvmEoi(apicId, none ? -(int) vector : (int) vector);
    return true;
  }

  private static boolean inject(Cursor c, TraceSink sink) {
    long vector;
    if (c.skip(IRQ)) {
      vector = unsignedInt(c);
    } else if ((c.skip(IRQ_HEX) || c.skip(SOFT_HEX)) && c.hex()) {
      vector = c.hexValue;
    } else {
      return false;
    }
    c.skip(REINJECTED);
    if (vector < 0 || vector > Integer.MAX_VALUE || !atEnd(c)) {
      return false;
    }
    sink.kvmInjVirq((int) vector);
    return true;
  }

  private static boolean timer(Cursor c, TraceSink sink) {
    if (!c.skip(VCPU_ID) || !c.hex() || c.hexValue < 0 || c.hexValue > Integer.MAX_VALUE) {
      return false;
    }
    int vcpu = (int) c.hexValue;
    if (!c.skip(HV_TIMER) || !c.hex() || !atEnd(c)) {
      return false;
    }
    sink.kvmHvTimerState(vcpu, c.hexValue != 0);
    return true;
  }

  // ---- the scheduler; names of threads may hold anything, so the fields are looked for from their far ends

  private static boolean switched(Cursor c, TraceSink sink) {
    int arrow = c.findLast(ARROW);
    if (arrow < 0) {
      return false;
    }
    boolean named = Cursor.startsWith(c.text, c.at, c.end, PREV_COMM);
    int end = c.end;
    c.end = arrow;
    long previous = named ? pidBehind(c, PREV_PID) : pidBeforePriority(c);
    c.at = arrow + ARROW.length;
    c.end = end;
    long next = named ? pidBehind(c, NEXT_PID) : pidBeforePriority(c);
    if (previous < 0 || next < 0) {
      return false;
    }
    sink.schedSwitch((int) previous, (int) next);
    return true;
  }

  private static boolean woken(Cursor c, boolean waking, TraceSink sink) {
    boolean named = Cursor.startsWith(c.text, c.at, c.end, COMM);
    byte[] cpuKey = named ? TARGET_CPU : SHORT_TARGET_CPU;
    int target = c.findLast(cpuKey);
    if (target < 0) {
      return false;
    }
    int first = c.at;
    c.at = target + cpuKey.length;
    long cpu = c.decimal();
    if (cpu < 0 || cpu > Integer.MAX_VALUE || !atEnd(c)) {
      return false;
    }
    c.at = first;
    c.end = target;
    long pid = named ? pidBehind(c, PID) : pidBeforePriority(c);
    if (pid < 0) {
      return false;
    }
    if (waking) {
      sink.schedWaking((int) pid, (int) cpu);
    } else {
      sink.schedWakeup((int) pid, (int) cpu);
    }
    return true;
  }

  private static long pidBehind(Cursor c, byte[] key) {
    int at = c.findLast(key);
    if (at < 0) {
      return -1;
    }
    c.at = at + key.length;
    return pid(c);
  }

  /** {@code name:pid [priority] ...}. */
  private static long pidBeforePriority(Cursor c) {
    int priority = c.findLast(PRIORITY);
    int colon = priority - 1;
    while (colon > c.at && Cursor.isDigit(c.text[colon])) {
      colon--;
    }
    if (colon <= c.at || c.text[colon] != ':') {
      return -1;
    }
    c.at = colon + 1;
    return pid(c);
  }

  private static long pid(Cursor c) {
    long pid = c.decimal();
    return pid > Integer.MAX_VALUE || !c.atEnd() && !Cursor.isBlank((byte) c.peek()) ? -1 : pid;
  }

  // ---- parts

  private static long unsignedInt(Cursor c) {
    long value = c.decimal();
    return value > UNSIGNED_INT ? -1 : value;
  }

  /** A reason printed alone, as in excerpts on mailing lists. */
  private static boolean isName(byte[] text, int from, int to) {
    for (int i = from; i < to; i++) {
      if (!Cursor.isWord(text[i])) {
        return false;
      }
    }
    return true;
  }

  private static boolean atEnd(Cursor c) {
    c.blanks();
    return c.atEnd();
  }

  private static String string(byte[] text, int from, int to) {
    return new String(text, from, to - from, StandardCharsets.UTF_8);
  }
}
