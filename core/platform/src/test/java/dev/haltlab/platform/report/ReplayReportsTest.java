package dev.haltlab.platform.report;

import static org.assertj.core.api.Assertions.assertThat;

import dev.haltlab.platform.replay.Replayed;
import dev.haltlab.trace.Troubles;
import dev.haltlab.trace.replay.Mismatch;
import dev.haltlab.trace.replay.WakeLatency;
import dev.haltlab.trace.replay.WhatIf;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Pins the fields and columns that scripts and readers of a replay rely on. */
class ReplayReportsTest {

  private static Replayed.Part part(boolean guest, long mismatches) {
    Map<String, Object> config = new LinkedHashMap<>();
    config.put("max", "200us");
    config.put("grow", 2L);
    Optional<Mismatch> first = mismatches == 0 ? Optional.empty()
        : Optional.of(new Mismatch(31, "vcpu0-114", 150_930, "window 0 -> 10000", "window stays at 0"));
    return new Replayed.Part(
        guest, guest ? "haltpoll" : "adaptive", config, 2, 1_000, 40, mismatches, 3, 1, 12, first);
  }

  private static Replayed replayed(Optional<WhatIf.Outcome> whatIf, Replayed.Part... parts) {
    Troubles troubles = new Troubles();
    troubles.drop(17, "not a line of a trace: 'x'");
    return new Replayed("a.txt", "ftrace", "6.18.44", 1_034, List.of(parts), 2_000_000_000L, whatIf, troubles);
  }

  private static WhatIf.Outcome outcome(WakeLatency.Estimate latency) {
    return new WhatIf.Outcome(
        latency, 1_000, 5, 0, new WhatIf.Row("recorded", false, 900, 100, 4_500_000, 1_000_000, 90_000_000),
        List.of(
            new WhatIf.Row("off", false, 0, 1_000, 45_000_000, 0, 0),
            new WhatIf.Row("oracle", true, 1_000, 0, 0, 0, 100_000_000)));
  }

  private static final WakeLatency.Estimate SEEN =
      new WakeLatency.Estimate(WakeLatency.Method.WAKER, 45_000, 100);

  @Test
  void jsonHasTheFieldsOfVerification() {
    JsonNode file = JsonMapper.shared()
        .readTree(ReplayJson.of(List.of(replayed(Optional.empty(), part(false, 7))))).get("files").get(0);
    assertThat(file.get("file").asString()).isEqualTo("a.txt");
    assertThat(file.get("kernel").asString()).isEqualTo("6.18.44");
    assertThat(file.get("rule").asString()).isEqualTo("adaptive");
    assertThat(file.get("side").asString()).isEqualTo("host");
    assertThat(file.get("halts").asLong()).isEqualTo(1_000);
    assertThat(file.get("decisions").asLong()).isEqualTo(40);
    assertThat(file.get("mismatches").asLong()).isEqualTo(7);
    assertThat(file.get("firstMismatch").get("line").asLong()).isEqualTo(31);
    assertThat(file.get("config").get("max").asString()).isEqualTo("200us");
    assertThat(file.get("droppedLines").asLong()).isEqualTo(1);
    assertThat(file.get("troubles").get(0).get("line").asLong()).isEqualTo(17);
    assertThat(file.has("whatIf")).isFalse();
  }

  @Test
  void jsonLeavesOutWhatIsNotThere() {
    String json = ReplayJson.of(List.of(replayed(Optional.empty(), part(false, 0))));
    assertThat(json).doesNotContain("firstMismatch").endsWith("}\n");
    assertThat(JsonMapper.shared().readTree(ReplayJson.of(List.of())).get("files").isEmpty()).isTrue();
  }

  @Test
  void aRecordingOfBothSidesIsTwoEntries() {
    JsonNode files = JsonMapper.shared().readTree(
        ReplayJson.of(List.of(replayed(Optional.of(outcome(SEEN)), part(false, 0), part(true, 0))))).get("files");
    assertThat(files).hasSize(2);
    assertThat(files.get(0).has("whatIf")).isTrue();
    assertThat(files.get(1).has("whatIf")).as("a guest's idle episodes were not tried").isFalse();
    assertThat(files.get(1).get("side").asString()).isEqualTo("guest");
  }

  @Test
  void jsonOfTrialsSaysNullWhereTheLatencyIsNotKnown() {
    Replayed known = replayed(Optional.of(outcome(SEEN)), part(false, 0));
    JsonNode off = JsonMapper.shared().readTree(ReplayJson.of(List.of(known)))
        .get("files").get(0).get("whatIf").get("strategies").get(1);
    assertThat(off.get("addedPerHaltNs").decimalValue()).isEqualByComparingTo("45000.000");
    WakeLatency.Estimate none = new WakeLatency.Estimate(WakeLatency.Method.NONE, 0, 0);
    JsonNode whatIf = JsonMapper.shared().readTree(
        ReplayJson.of(List.of(replayed(Optional.of(outcome(none)), part(false, 0))))).get("files").get(0).get("whatIf");
    assertThat(whatIf.get("strategies").get(1).get("addedNs").isNull()).isTrue();
    assertThat(whatIf.get("wakeLatency").get("ns").isNull()).isTrue();
    assertThat(whatIf.get("notes").get(0).asString()).contains("--wake-latency");
  }

  @Test
  void textIsATableWithTheRecordingLast() {
    assertThat(ReplayText.of(List.of(replayed(Optional.of(outcome(SEEN)), part(false, 7))), 70)).isEqualTo("""
         kernel  rule      halts  unverified  decisions  mismatches  recording
        6.18.44  adaptive   1000           3         40           7  a.txt

        40 decisions compared, 7 mismatches
        a.txt:31: first mismatch: vcpu0-114, blocked for 150930 ns: the kernel's window 0 -> 10000, the rule's window \
        stays at 0

        What if: a.txt, 1000 halts in 2.000 s
        Strategies (1 of 2)
                          caught      %  slept  added, us a halt
          recorded           900   90.0    100              4.50
          off                  0    0.0   1000             45.00
          oracle (bound)    1000  100.0      0              0.00

        Strategies (2 of 2)
                          polled in vain, ms  polled, ms  % of a CPU
          recorded                     1.000      90.000         4.5
          off                          0.000       0.000         0.0
          oracle (bound)               0.000     100.000         5.0
        A recorded halt that slept contains the recording's own wake-up
        latency. 45.0 us, from the recorded wakers (100 halts), were taken
        away and added where a strategy sleeps; in truth it differs from halt
        to halt.
        The load is taken as it was: had a wake-up been faster, the next one
        might have come sooner.
        In 5 halts the kernel gave polling up for another thread. Strategies
        that yield are taken to sleep there too, their polling counted as
        nothing.
        """);
  }

  @Test
  void strategies_stand_in_one_table_where_there_is_room() {
    assertThat(ReplayText.of(List.of(replayed(Optional.of(outcome(SEEN)), part(false, 7))), 100)).contains("""
        caught      %  slept  added, us a halt  polled in vain, ms  polled, ms  % of a CPU  strategy
           900   90.0    100              4.50               1.000      90.000         4.5  recorded
             0    0.0   1000             45.00               0.000       0.000         0.0  off
          1000  100.0      0              0.00               0.000     100.000         5.0  oracle (bound)
        """);
  }
}
