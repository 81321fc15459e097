package dev.haltlab.platform.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.haltlab.engine.Outcome;
import dev.haltlab.engine.PathStep;
import dev.haltlab.platform.run.Synthetic.Flavour;
import dev.haltlab.platform.scenario.Plan;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Pins: replications pooled to something else than the one long run they stand for. */
class PoolTest {

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void samples_dealt_over_replications_pool_to_what_they_were_in_one(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    int parts = 1 + random.nextInt(6);
    List<Map<PathStep, Long>> all = new ArrayList<>();
    List<List<Map<PathStep, Long>>> dealt = new ArrayList<>();
    for (int i = 0; i < parts; i++) {
      dealt.add(new ArrayList<>());
    }
    for (int i = 0; i < 3_000; i++) {
      Map<PathStep, Long> path = new EnumMap<>(PathStep.class);
      PathStep any = PathStep.values()[random.nextInt(PathStep.values().length)];
      path.put(any, random.nextLong(1L << random.nextInt(1, 40)));
      path.put(PathStep.GUEST_WORK, random.nextLong(5_000));
      all.add(path);
      dealt.get(random.nextInt(parts)).add(path);
    }

    Outcome.ProbeOutcome one = only(Pool.of(List.of(outcome(all))));
    Outcome.ProbeOutcome pooled = only(Pool.of(dealt.stream().map(PoolTest::outcome).toList()));

    assertThat(pooled.count()).isEqualTo(one.count());
    assertThat(pooled.sumNs()).isEqualTo(one.sumNs());
    assertThat(pooled.minNs()).isEqualTo(one.minNs());
    assertThat(pooled.maxNs()).isEqualTo(one.maxNs());
    assertThat(pooled.path()).isEqualTo(one.path());
    assertThat(Latency.of(pooled)).isEqualTo(Latency.of(one));
  }

  @ParameterizedTest
  @EnumSource(Flavour.class)
  void the_pool_of_lawful_outcomes_is_lawful(Flavour flavour) {
    Plan.Variant variant = Synthetic.plan(3, Map.of("v", flavour)).variants().get(0);
    List<Outcome> replications = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      replications.add(Synthetic.outcome(variant.spec(), i));
    }

    Outcome pooled = Pool.of(replications);

    assertThatCode(() -> Laws.check(variant, 0, pooled)).doesNotThrowAnyException();
    assertThat(pooled.simulatedNs()).isEqualTo(replications.stream().mapToLong(Outcome::simulatedNs).sum());
  }

  @Test
  void one_replication_pools_to_itself() {
    Plan.Variant variant = Synthetic.plan(1, Map.of("v", Flavour.POLLING)).variants().get(0);
    Outcome one = Synthetic.outcome(variant.spec(), 0);

    Outcome pooled = Pool.of(List.of(one));

    assertThat(pooled.pcpus()).isEqualTo(one.pcpus());
    assertThat(pooled.stepsCharged()).isEqualTo(one.stepsCharged());
    assertThat(pooled.vms().get(0).exits()).isEqualTo(one.vms().get(0).exits());
    assertThat(pooled.vms().get(0).halts()).isEqualTo(one.vms().get(0).halts());
    assertThat(pooled.vms().get(0).vcpus()).isEqualTo(one.vms().get(0).vcpus());
  }

  @Test
  void no_replications_are_refused() {
    assertThatThrownBy(() -> Pool.of(List.of())).isInstanceOf(IllegalArgumentException.class);
  }

  private static Outcome outcome(List<Map<PathStep, Long>> paths) {
    Outcome.Halts none = new Outcome.Halts(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, -1);
    Map<String, Outcome.ProbeOutcome> probes = new LinkedHashMap<>();
    probes.put("p", Synthetic.probe(paths));
    Outcome.Vm vm = new Outcome.Vm("vm", paths.size(), probes, Map.of(), Map.of(), none, List.of());
    return new Outcome(1, List.of(vm), List.of(), List.of(), 0, EnumSet.noneOf(dev.haltlab.spi.Step.class));
  }

  private static Outcome.ProbeOutcome only(Outcome outcome) {
    return outcome.vms().get(0).probes().values().iterator().next();
  }
}
