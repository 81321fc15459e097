package dev.haltlab.platform.report;

import dev.haltlab.platform.replay.Replayed;
import dev.haltlab.trace.Troubles;
import dev.haltlab.trace.replay.Mismatch;
import dev.haltlab.trace.replay.WakeLatency;
import dev.haltlab.trace.replay.WhatIf;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Replays as JSON, schema 1: an entry for each recording, and for each side of a recording that shows both. */
public final class ReplayJson {
  private ReplayJson() {}

  /** The whole document, ending in a newline. */
  public static String of(List<Replayed> replays) {
    List<Object> files = new ArrayList<>();
    for (Replayed replay : replays) {
      replay.parts().forEach(part -> files.add(entry(replay, part)));
    }
    Map<String, Object> document = new LinkedHashMap<>();
    document.put("schema", 1);
    document.put("files", files);
    return JsonTree.text(document);
  }

  private static Map<String, Object> entry(Replayed replay, Replayed.Part part) {
    Map<String, Object> entry = new LinkedHashMap<>();
    entry.put("file", replay.file());
    entry.put("format", replay.format());
    entry.put("kernel", replay.kernel());
    entry.put("side", part.guest() ? "guest" : "host");
    entry.put("rule", part.rule());
    entry.put("config", part.config());
    entry.put("vcpus", part.vcpus());
    entry.put("halts", part.halts());
    entry.put("decisions", part.decisions());
    entry.put("mismatches", part.mismatches());
    part.firstMismatch().ifPresent(mismatch -> entry.put("firstMismatch", mismatch(mismatch)));
    entry.put("unverified", part.unverified());
    entry.put("gaps", part.gaps());
    entry.put("lostEvents", part.lostEvents());
    if (!part.guest()) {
      replay.whatIf().ifPresent(whatIf -> entry.put("whatIf", whatIf(whatIf, replay.spanNs())));
    }
    entry.put("lines", replay.lines());
    entry.put("droppedLines", replay.troubles().dropped());
    entry.put("troubles", replay.troubles().first().stream().map(ReplayJson::trouble).toList());
    return entry;
  }

  private static Map<String, Object> mismatch(Mismatch mismatch) {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("line", mismatch.line());
    map.put("vcpu", mismatch.vcpu());
    map.put("blockNs", mismatch.blockNs() < 0 ? null : mismatch.blockNs());
    map.put("kernel", mismatch.traced());
    map.put("rule", mismatch.rule());
    return map;
  }

  private static Map<String, Object> whatIf(WhatIf.Outcome outcome, long spanNs) {
    WakeLatency.Estimate latency = outcome.latency();
    Map<String, Object> wake = new LinkedHashMap<>();
    wake.put("ns", latency.known() ? latency.ns() : null);
    wake.put("method", latency.method().name().toLowerCase(Locale.ROOT));
    wake.put("samples", latency.samples());
    List<Object> strategies = new ArrayList<>();
    strategies.add(row(outcome.recorded(), latency.known()));
    outcome.trials().forEach(trial -> strategies.add(row(trial, latency.known())));
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("spanNs", spanNs);
    map.put("wakeLatency", wake);
    map.put("pollsGivenUp", outcome.givenUp());
    map.put("pollsForbidden", outcome.forbidden());
    map.put("strategies", strategies);
    map.put("notes", ReplayNotes.of(outcome));
    return map;
  }

  private static Map<String, Object> row(WhatIf.Row row, boolean latencyKnown) {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("strategy", row.name());
    map.put("bound", row.bound());
    map.put("caught", row.caught());
    map.put("slept", row.slept());
    map.put("caughtShare", Figures.ratio(row.caught(), row.caught() + row.slept()));
    map.put("addedNs", latencyKnown ? row.addedNs() : null);
    map.put("addedPerHaltNs", latencyKnown ? Figures.meanNs(row.addedNs(), row.caught() + row.slept()) : null);
    map.put("vainNs", row.vainNs());
    map.put("polledNs", row.polledNs());
    return map;
  }

  private static Map<String, Object> trouble(Troubles.Trouble trouble) {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("line", trouble.line());
    map.put("what", trouble.what());
    map.put("dropped", trouble.dropped());
    return map;
  }
}
