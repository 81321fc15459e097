package dev.haltlab.platform.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.haltlab.engine.ExitReason;
import dev.haltlab.engine.MsrRegister;
import dev.haltlab.engine.Outcome;
import dev.haltlab.engine.PathStep;
import dev.haltlab.engine.PcpuState;
import dev.haltlab.engine.VcpuState;
import dev.haltlab.platform.run.Synthetic.Flavour;
import dev.haltlab.platform.scenario.Plan;
import java.math.BigInteger;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Pins: time or events that the engine loses or counts twice, unnoticed. Each law is broken by the least amount. */
class LawsTest {

  @ParameterizedTest
  @EnumSource(Flavour.class)
  void a_lawful_outcome_passes(Flavour flavour) {
    Plan.Variant variant = Synthetic.plan(1, Map.of("v", flavour)).variants().get(0);

    assertThatCode(() -> Laws.check(variant, 0, Synthetic.outcome(variant.spec(), 0))).doesNotThrowAnyException();
  }

  static List<Arguments> breaches() {
    return List.of(
        breach("vCPU rr/0: its states' times", vm(LawsTest::longerBlock)),
        breach(
            "pCPU 0: its states' times",
            pcpu(p -> new Outcome.Pcpu(0, more(p.byState(), PcpuState.SWITCH), p.byCState()))),
        breach("pCPU 0: its C-states' times", pcpu(p -> new Outcome.Pcpu(0, p.byState(), more(p.byCState(), "C1")))),
        breach("the pCPUs' guest time", pcpu(p -> moved(p, PcpuState.HOST_IRQ, PcpuState.GUEST))),
        breach("the pCPUs' polling time", pcpu(p -> moved(p, PcpuState.HOST_IRQ, PcpuState.POLL))),
        breach("the pCPUs' background time", pcpu(p -> moved(p, PcpuState.HOST_IRQ, PcpuState.BACKGROUND))),
        breach(
            "its critical path",
            probe(p -> new Outcome.ProbeOutcome(
                p.histogram(), p.count(), p.sumNs(), p.minNs(), p.maxNs(), more(p.path(), PathStep.SYSCALL)))),
        breach(
            "its histogram's count",
            probe(p -> new Outcome.ProbeOutcome(
                p.histogram(), p.count() + 1, p.sumNs(), p.minNs(), p.maxNs(), p.path()))),
        breach(
            "is not within",
            probe(p -> new Outcome.ProbeOutcome(p.histogram(), p.count(), p.sumNs(), p.minNs(), p.minNs(), p.path()))),
        breach("its transactions", vm(v -> new Outcome.Vm(
            v.name(), v.transactions() - 1, v.probes(), v.exits(), v.msrWrites(), v.halts(), v.vcpus()))),
        breach("its MSR_WRITE exits", vm(v -> new Outcome.Vm(
            v.name(), v.transactions(), v.probes(), plus(v.exits(), ExitReason.MSR_WRITE, 1, 0), v.msrWrites(),
            v.halts(), v.vcpus()))),
        breach("the time of its MSR_WRITE exits", vm(v -> new Outcome.Vm(
            v.name(), v.transactions(), v.probes(), v.exits(), plus(v.msrWrites(), MsrRegister.ICR, 0, 1), v.halts(),
            v.vcpus()))),
        breach("its HLT exits: the shortest", exit(c -> spread(c, c.maxNs() + 1, c.maxNs(), c.squares()))),
        breach("its HLT exits: the mean", exit(c -> spread(c, c.minNs(), c.minNs() - 1, c.squares()))),
        breach("the sum of their squares", exit(c -> spread(c, c.minNs(), c.maxNs(), c.squares().divide(BigInteger.TWO)))),
        breach(
            "must not exceed halt_attempted_poll",
            halts(h -> with(h, h.attemptedPoll() + 3, h.pollInvalid(), h.exits()))),
        breach("halt_poll_invalid", halts(h -> with(h, h.successfulPoll(), h.attemptedPoll() + 3, h.exits()))),
        breach("the HLT exits", halts(h -> with(h, h.successfulPoll(), h.pollInvalid(), h.exits() + 3))));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("breaches")
  void a_breach_is_named(String law, UnaryOperator<Outcome> breach) {
    Plan.Variant variant = Synthetic.plan(1, Map.of("v", Flavour.POLLING)).variants().get(0);
    Outcome broken = breach.apply(Synthetic.outcome(variant.spec(), 0));

    assertThatThrownBy(() -> Laws.check(variant, 7, broken))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageStartingWith("a conservation law is broken in variant 'v', replication 7: ")
        .hasMessageContaining(law)
        .satisfies(e -> assertThat(e.getMessage()).doesNotContain("\n"));
  }

  @Test
  void bare_hardware_has_no_exits() {
    Plan plan = Synthetic.plan(1, new LinkedHashMap<>(Map.of("v", Flavour.NATIVE)));
    Plan.Variant variant = plan.variants().get(0);
    Outcome good = Synthetic.outcome(variant.spec(), 0);
    Outcome broken =
        vm(v -> new Outcome.Vm(
            v.name(), v.transactions(), v.probes(), plus(v.exits(), ExitReason.HLT, 1, 0), v.msrWrites(), v.halts(),
            v.vcpus())).apply(good);

    assertThatThrownBy(() -> Laws.check(variant, 0, broken)).hasMessageContaining("exits on bare hardware");
  }

  private static Outcome.Halts with(Outcome.Halts h, long successful, long invalid, long exits) {
    return new Outcome.Halts(
        h.attemptedPoll(), successful, invalid, h.wakeup(), h.pollSuccessNs(), h.pollFailNs(), h.waitNs(), exits,
        h.pollCutShort(), h.decisions(), h.windowSumNs(), h.windowMaxNs());
  }

  private static Outcome.Vm longerBlock(Outcome.Vm v) {
    Outcome.Vcpu first = new Outcome.Vcpu(0, more(v.vcpus().get(0).byState(), VcpuState.BLOCKED));
    return new Outcome.Vm(
        v.name(), v.transactions(), v.probes(), v.exits(), v.msrWrites(), v.halts(), List.of(first, v.vcpus().get(1)));
  }

  private static Outcome.Pcpu moved(Outcome.Pcpu p, PcpuState from, PcpuState to) {
    Map<PcpuState, Long> states = new LinkedHashMap<>(p.byState());
    states.merge(from, -1L, Long::sum);
    states.merge(to, 1L, Long::sum);
    return new Outcome.Pcpu(p.id(), states, p.byCState());
  }

  private static <K> Map<K, Long> more(Map<K, Long> map, K key) {
    Map<K, Long> more = new LinkedHashMap<>(map);
    more.merge(key, 1L, Long::sum);
    return more;
  }

  private static <K> Map<K, Outcome.Count> plus(Map<K, Outcome.Count> map, K key, long count, long timeNs) {
    Map<K, Outcome.Count> more = new LinkedHashMap<>(map);
    more.merge(key, Synthetic.count(count, timeNs), Outcome.Count::plus);
    return more;
  }

  private static Outcome.Count spread(Outcome.Count c, long minNs, long maxNs, BigInteger squares) {
    return new Outcome.Count(c.count(), c.timeNs(), minNs, maxNs, squares);
  }

  private static UnaryOperator<Outcome> exit(UnaryOperator<Outcome.Count> change) {
    return vm(v -> {
      Map<ExitReason, Outcome.Count> exits = new LinkedHashMap<>(v.exits());
      exits.computeIfPresent(ExitReason.HLT, (reason, count) -> change.apply(count));
      return new Outcome.Vm(v.name(), v.transactions(), v.probes(), exits, v.msrWrites(), v.halts(), v.vcpus());
    });
  }

  private static Arguments breach(String law, UnaryOperator<Outcome> breach) {
    return Arguments.of(law, breach);
  }

  private static UnaryOperator<Outcome> vm(UnaryOperator<Outcome.Vm> change) {
    return o ->
        new Outcome(
            o.simulatedNs(), List.of(change.apply(o.vms().get(0))), o.pcpus(), o.hostTasks(), 0, o.stepsCharged());
  }

  private static UnaryOperator<Outcome> probe(UnaryOperator<Outcome.ProbeOutcome> change) {
    return vm(
        v -> {
          Map<String, Outcome.ProbeOutcome> probes = new LinkedHashMap<>(v.probes());
          probes.replaceAll((name, probe) -> change.apply(probe));
          return new Outcome.Vm(
              v.name(), v.transactions(), probes, v.exits(), v.msrWrites(), v.halts(), v.vcpus());
        });
  }

  private static UnaryOperator<Outcome> halts(UnaryOperator<Outcome.Halts> change) {
    return vm(
        v ->
            new Outcome.Vm(
                v.name(), v.transactions(), v.probes(), v.exits(), v.msrWrites(), change.apply(v.halts()), v.vcpus()));
  }

  private static UnaryOperator<Outcome> pcpu(UnaryOperator<Outcome.Pcpu> change) {
    return o ->
        new Outcome(
            o.simulatedNs(), o.vms(), List.of(change.apply(o.pcpus().get(0)), o.pcpus().get(1)), o.hostTasks(), 0,
            o.stepsCharged());
  }
}
