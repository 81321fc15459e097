package dev.haltlab.trace.format;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Pins: a form of an event's payload that some kernel prints and we do not read, or read wrongly; and a form that no
 * kernel prints and we take for one.
 */
class PayloadFormsTest {
  private static final String ENVELOPE = "       CPU 0/KVM-7289    [023] d....  2925.640976: ";

  private static String wrong(Told told, String line) {
    byte[] bytes = line.getBytes(StandardCharsets.UTF_8);
    return new FtraceLines().line(bytes, 0, bytes.length, told);
  }

  @ParameterizedTest
  @CsvSource(delimiterString = " => ", quoteCharacter = '"', textBlock = """
      kvm_vcpu_wakeup: wait time 135480 ns => wakeup 135480 wait
      kvm_vcpu_wakeup: poll time 0 ns => wakeup 0 poll
      kvm_vcpu_wakeup: poll time 150000 ns, polling valid => wakeup 150000 poll
      kvm_vcpu_wakeup: wait time 99 ns, polling invalid => wakeup 99 wait invalid
      kvm_halt_poll_ns: vcpu 0: halt_poll_ns 20000 (grow 10000) => window vcpu 0 10000 grows to 20000
      kvm_halt_poll_ns: vcpu 31: halt_poll_ns 0 (shrink 4294967295) => window vcpu 31 4294967295 shrinks to 0
      guest_halt_poll_ns: halt_poll_ns 50000 (grow 0) => guest window 0 grows to 50000
      guest_halt_poll_ns: halt_poll_ns 0 (shrink 50000) => guest window 50000 shrinks to 0
      cpu_idle: state=1 cpu_id=3 => idle 1 cpu 3
      cpu_idle: state=4294967295 cpu_id=3 => idle -1 cpu 3
      kvm_entry: vcpu 0 => entry vcpu 0
      kvm_entry: vcpu 7, rip 0xffffffff81a0115c => entry vcpu 7
      kvm_entry: vcpu 7, rip 0xffffffff81a0115c[immediate exit] => entry vcpu 7
      kvm_entry: vcpu 7, rip 0xffffffff81a0115c intr_info 0x800000ec error_code 0x00000000 => entry vcpu 7
      kvm_entry: vcpu 7, rip 0x1 intr_info 0x800000ec error_code 0x00000000[immediate exit] => entry vcpu 7
      kvm_exit: reason HLT rip 0xffffffff81e0115a info 0 0 => exit vcpu -1 HLT
      kvm_exit: reason MSR_WRITE rip 0xffffffff81e0115a info 0 1f => exit vcpu -1 MSR_WRITE
      kvm_exit: vcpu 0 reason HLT rip 0xffffffff81e0115a info1 0x0000000000000000 info2 0x0000000000000000 \
      intr_info 0x00000000 error_code 0x00000000 => exit vcpu 0 HLT
      kvm_exit: vcpu 1 reason EXTERNAL_INTERRUPT rip 0x1 info1 0x1 info2 0x0 intr_info 0x800000ec error_code \
      0x0 requests 0x0000000000000008 => exit vcpu 1 EXTERNAL_INTERRUPT
      kvm_exit: vcpu 2 reason DE excp rip 0x1 info1 0x1 info2 0x0 intr_info 0x0 error_code 0x0 => exit vcpu 2 DE excp
      kvm_exit: vcpu 2 reason EPT_VIOLATION FAILED_VMENTRY rip 0x1 info1 0x1 info2 0x0 intr_info 0x0 error_code \
      0x0 => exit vcpu 2 EPT_VIOLATION FAILED_VMENTRY
      kvm_exit: vcpu 0 reason hlt => exit vcpu 0 hlt
      kvm_msr: msr_write 838 = 0x1f4 => msr write 838 = 1f4
      kvm_msr: msr_read 1b = 0xfee00d00 => msr read 1b = fee00d00
      kvm_msr: msr_write 830 = 0xb0000440b0 => msr write 830 = b0000440b0
      kvm_msr: msr_read c0010015 = 0x0 (#GP) => msr read c0010015 = 0
      kvm_msr: msr_write 4b564d05 = 0x0 => msr write 4b564d05 = 0
      kvm_apic: apic_write APIC_TMICT = 0x1f4 => apic write APIC_TMICT = 1f4
      kvm_apic: apic_read APIC_ICR = 0x4000000fb => apic read APIC_ICR = 4000000fb
      kvm_apic_ipi: dst b0 vec 176 (Fixed|physical|assert|edge|self) => ipi to 176 vector 176
      kvm_apic_ipi: dst 1 vec 253 (Fixed|physical|de-assert|edge|all-but-self) => ipi to 1 vector 253
      kvm_apic_accept_irq: apicid 0 vec 176 (Fixed|edge) => accept at 0 vector 176
      kvm_apic_accept_irq: apicid a vec 236 (LowPrio|level) (coalesced) => accept at 10 vector 236
      kvm_eoi: apicid 0 vector 236 => eoi at 0 vector 236
      kvm_eoi: apicid 0 vector -1 => eoi at 0 vector -1
      kvm_pv_eoi: apicid 3 vector 236 => eoi at 3 vector 236
      kvm_inj_virq: irq 236 => inject 236
      kvm_inj_virq: IRQ 0xec => inject 236
      kvm_inj_virq: IRQ 0xec [reinjected] => inject 236
      kvm_inj_virq: Soft/INTn 0x80 => inject 128
      kvm_hv_timer_state: vcpu_id 0 hv_timer 1 => timer vcpu 0 used
      kvm_hv_timer_state: vcpu_id 1f hv_timer 0 => timer vcpu 31 not used
      sched_switch: prev_comm=swapper/0 prev_pid=0 prev_prio=120 prev_state=R ==> next_comm=CPU 0/KVM \
      next_pid=7289 next_prio=120 => switch 0 to 7289
      sched_switch: prev_comm=a ==> b prev_pid=9 prev_prio=120 prev_state=R+ ==> next_comm=x next_pid=2 \
      next_prio=0 => switch 9 to 2
      sched_switch: swapper/0:0 [120] R ==> CPU 0/KVM:7289 [120] => switch 0 to 7289
      sched_switch: CPU 0/KVM:7289 [120] S ==> swapper/23:0 [120] => switch 7289 to 0
      sched_waking: comm=CPU 0/KVM pid=7289 prio=120 target_cpu=023 => waking 7289 on 23
      sched_wakeup: comm=CPU 0/KVM pid=7289 prio=120 target_cpu=000 => woken 7289 on 0
      sched_wakeup: comm=CPU 0/KVM pid=7289 prio=120 success=1 target_cpu=001 => woken 7289 on 1
      sched_wakeup: CPU 0/KVM:7289 [120] success=1 CPU:023 => woken 7289 on 23
      sched_waking: CPU 0/KVM:7289 [120] CPU:023 => waking 7289 on 23
      tracing_mark_write: halt_poll_param cap=0 => changed cap=0
      print: tracing_mark_write: halt_poll_param halt_poll_ns=5 => changed halt_poll_ns=5
      """)
  void everyFormOfEveryKernelIsRead(String line, String expected) {
    Told told = new Told();
    assertThat(wrong(told, ENVELOPE + line)).isNull();
    assertThat(told.calls)
        .containsExactly("event 2925640976000 cpu 23 pid 7289 comm 'CPU 0/KVM'", expected);
  }

  @ParameterizedTest
  @ValueSource(strings = {
      "tracing_mark_write: halt_poll_parameters are fine", "tracing_mark_write: hello", "tracing_mark_write:",
      "hrtimer_start: hrtimer=00000000fdae2d71 function=tick_nohz_handler expires=1 softexpires=1 mode=ABS",
      "kvm_fpu: unload", "print: ffffffff81: some text"})
  void anEventThatSaysNothingToUsIsAnEventAllTheSame(String line) {
    Told told = new Told();
    assertThat(wrong(told, ENVELOPE + line)).isNull();
    assertThat(told.calls).hasSize(1);
  }

  @ParameterizedTest
  @ValueSource(strings = {
      "kvm_halt_poll_ns: vcpu 0 new 400000 old 200000 grow 1", // written by a language model, seen in documents
      "kvm_halt_poll_ns: vcpu 0: halt_poll_ns 20000 (grows 10000)",
      "kvm_halt_poll_ns: vcpu 0: halt_poll_ns 20000 (grow 10000",
      "kvm_halt_poll_ns: vcpu 0: halt_poll_ns 20000 (grow 10000) and more",
      "kvm_halt_poll_ns: vcpu 0: halt_poll_ns 4294967296 (grow 10000)",
      "kvm_halt_poll_ns: vcpu -1: halt_poll_ns 20000 (grow 10000)",
      "kvm_halt_poll_ns:",
      "kvm_vcpu_wakeup: wait time 135480 us, polling valid",
      "kvm_vcpu_wakeup: wait time -5 ns, polling valid",
      "kvm_vcpu_wakeup: wait time 1.5 ns, polling valid",
      "kvm_vcpu_wakeup: sleep time 135480 ns, polling valid",
      "kvm_vcpu_wakeup: wait time 135480 ns, polling val",
      "kvm_vcpu_wakeup: wait time 1354801354801354801354 ns, polling valid",
      "guest_halt_poll_ns: vcpu 0: halt_poll_ns 50000 (grow 0)",
      "cpu_idle: state=POLL cpu_id=0", "cpu_idle: state=1",
      "kvm_entry: cpu 0", "kvm_entry: vcpu 0, rip ffff",
      "kvm_exit: vcpu 0 HLT rip 0x1", "kvm_exit: vcpu 0 reason  rip 0x1",
      "kvm_exit: vcpu 0 reason HLT rip 0x1 info1 zero",
      "kvm_msr: write 838 = 0x1f4", "kvm_msr: msr_write 838 = 500",
      "kvm_apic_ipi: dst b0 vec 176 (Fixed|physical)",
      "sched_switch: prev_comm=a prev_pid=1 next_comm=b next_pid=2",
      "sched_waking: comm=x prio=120 target_cpu=0",
      "tracing_mark_write: halt_poll_param", "tracing_mark_write: halt_poll_param cap",
      "tracing_mark_write: halt_poll_param cap=1 grow"})
  void whatNoKernelPrintsIsRefusedAndShown(String line) {
    Told told = new Told();
    String wrong = wrong(told, ENVELOPE + line);
    assertThat(wrong).startsWith(line.substring(0, line.indexOf(':')) + ": expected '").contains("', found '");
    assertThat(told.calls).as("only that there was an event").hasSize(1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"\u0007\u001b[31m", "\u009b", "\ufffd\u0000"})
  void aMessageShowsNothingThatATerminalWouldObey(String odd) {
    String wrong = wrong(new Told(), ENVELOPE + "kvm_vcpu_wakeup: " + odd);
    assertThat(wrong).matches("[\\x20-\\x7e]+");
  }
}
