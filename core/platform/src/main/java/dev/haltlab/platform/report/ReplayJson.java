package dev.haltlab.platform.report;

import dev.haltlab.platform.replay.Replayed;
import dev.haltlab.trace.Troubles;
import dev.haltlab.trace.replay.Mismatch;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
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

  private static Map<String, Object> trouble(Troubles.Trouble trouble) {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("line", trouble.line());
    map.put("what", trouble.what());
    map.put("dropped", trouble.dropped());
    return map;
  }
}
