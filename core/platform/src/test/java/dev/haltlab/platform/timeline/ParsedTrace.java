package dev.haltlab.platform.timeline;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.InvalidProtocolBufferException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import perfetto.protos.Perfetto.DebugAnnotation;
import perfetto.protos.Perfetto.Trace;
import perfetto.protos.Perfetto.TracePacket;
import perfetto.protos.Perfetto.TrackDescriptor;
import perfetto.protos.Perfetto.TrackEvent;

/**
 * A trace read back as Perfetto's trace processor does: strings by their numbers once they are said, events in order of
 * time, an end closes the slice of its track that began last. Refuses what that one would drop or count as an error.
 */
final class ParsedTrace {
  final Map<Long, Row> rows = new LinkedHashMap<>();
  /** The ends of each flow, in order of time and, at one time, of the file: the arrows run so. */
  final Map<Long, List<End>> flows = new LinkedHashMap<>();
  private boolean identified;

  /** A mark that an arrow leaves, goes through, or ends at for good. */
  record End(String name, boolean last) {}

  static final class Row {
    final String path;
    final boolean counter;
    final List<Slice> slices = new ArrayList<>();
    final List<long[]> values = new ArrayList<>();
    private final Deque<Slice> open = new ArrayDeque<>();

    Row(String path, boolean counter) {
      this.path = path;
      this.counter = counter;
    }

    List<Slice> depth(int depth) {
      return slices.stream().filter(slice -> slice.depth == depth).toList();
    }
  }

  static final class Slice {
    final String name;
    final int depth;
    final long fromNs;
    long toNs = -1;
    final Map<String, Object> facts = new LinkedHashMap<>();
    final List<Slice> inner = new ArrayList<>();

    Slice(String name, int depth, long fromNs) {
      this.name = name;
      this.depth = depth;
      this.fromNs = fromNs;
    }

    long ns() {
      return toNs - fromNs;
    }

    @Override
    public String toString() {
      return name + " [" + fromNs + ", " + toNs + ")";
    }
  }

  static ParsedTrace of(byte[] bytes) {
    try {
      return new ParsedTrace(Trace.parseFrom(bytes));
    } catch (InvalidProtocolBufferException e) {
      throw new AssertionError(e);
    }
  }

  private ParsedTrace(Trace trace) {
    assertThat(trace.getUnknownFields().asMap()).isEmpty();
    Map<Long, String> names = new HashMap<>();
    Map<Long, String> factNames = new HashMap<>();
    long atNs = 0;
    for (TracePacket packet : trace.getPacketList()) {
      if (packet.hasTraceUuid()) {
        assertThat(identified).isFalse();
        identified = true;
        continue;
      }
      assertThat(packet.getTrustedPacketSequenceId()).isEqualTo(1);
      if (packet.hasInternedData()) {
        assertThat(packet.getSequenceFlags()).isEqualTo(TracePacket.SequenceFlags.SEQ_INCREMENTAL_STATE_CLEARED_VALUE);
        packet.getInternedData().getEventNamesList().forEach(name -> names.put(name.getIid(), name.getName()));
        packet.getInternedData().getDebugAnnotationNamesList()
            .forEach(name -> factNames.put(name.getIid(), name.getName()));
      } else if (packet.hasTrackDescriptor()) {
        row(packet.getTrackDescriptor());
      } else {
        assertThat(packet.getTimestamp()).as("in order of time").isGreaterThanOrEqualTo(atNs);
        atNs = packet.getTimestamp();
        event(packet.getTrackEvent(), atNs, names, factNames);
      }
    }
    assertThat(identified).as("the viewer tells files apart by their UUID").isTrue();
    rows.values().forEach(row -> assertThat(row.open).as("all slices of %s end", row.path).isEmpty());
  }

  private void row(TrackDescriptor row) {
    String parent = row.hasParentUuid() ? rows.get(row.getParentUuid()).path + "/" : "";
    assertThat(rows.put(row.getUuid(), new Row(parent + row.getName(), row.hasCounter()))).isNull();
  }

  private void event(TrackEvent event, long atNs, Map<Long, String> names, Map<Long, String> factNames) {
    Row row = rows.get(event.getTrackUuid());
    assertThat(row.counter).isEqualTo(event.getType() == TrackEvent.Type.TYPE_COUNTER);
    String name = names.get(event.getNameIid());
    event.getFlowIdsList()
        .forEach(id -> flows.computeIfAbsent(id, flow -> new ArrayList<>()).add(new End(name, false)));
    event.getTerminatingFlowIdsList()
        .forEach(id -> flows.computeIfAbsent(id, flow -> new ArrayList<>()).add(new End(name, true)));
    switch (event.getType()) {
      case TYPE_SLICE_BEGIN -> {
        Slice slice = new Slice(name, row.open.size(), atNs);
        assertThat(slice.name).isNotNull();
        for (DebugAnnotation fact : event.getDebugAnnotationsList()) {
          slice.facts.put(
              factNames.get(fact.getNameIid()),
              fact.hasIntValue() ? (Object) fact.getIntValue()
                  : fact.hasBoolValue() ? (Object) fact.getBoolValue() : fact.getStringValue());
        }
        if (!row.open.isEmpty()) {
          row.open.peek().inner.add(slice);
        }
        row.slices.add(slice);
        row.open.push(slice);
      }
      case TYPE_SLICE_END -> {
        Slice slice = row.open.pop();
        slice.toNs = atNs;
        assertThat(slice.ns()).as("%s: %s", row.path, slice).isPositive();
      }
      case TYPE_INSTANT -> assertThat(name).isNotNull();
      case TYPE_COUNTER -> row.values.add(new long[] {atNs, event.getCounterValue()});
      default -> throw new AssertionError(event);
    }
  }

  Row at(String path) {
    return rows.values().stream().filter(row -> row.path.equals(path)).findFirst()
        .orElseThrow(() -> new AssertionError("no row " + path + " among " + rows.values().stream().map(r -> r.path).toList()));
  }

  List<Row> under(String regex) {
    return rows.values().stream().filter(row -> row.path.matches(regex)).toList();
  }
}
