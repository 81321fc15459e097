package dev.haltlab.platform.timeline;

import com.google.protobuf.CodedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import perfetto.protos.Perfetto.CounterDescriptor;
import perfetto.protos.Perfetto.DebugAnnotation;
import perfetto.protos.Perfetto.DebugAnnotationName;
import perfetto.protos.Perfetto.EventName;
import perfetto.protos.Perfetto.InternedData;
import perfetto.protos.Perfetto.Trace;
import perfetto.protos.Perfetto.TracePacket;
import perfetto.protos.Perfetto.TraceUuid;
import perfetto.protos.Perfetto.TrackDescriptor;
import perfetto.protos.Perfetto.TrackEvent;

/** Rows of slices, instants and counters as packets of Perfetto's format, in order of time. */
final class PerfettoWriter {
  private static final int SEQUENCE = 1;

  private final List<TracePacket> rows = new ArrayList<>();
  private final List<Event> events = new ArrayList<>();
  private final Map<String, Long> names = new LinkedHashMap<>();
  private final Map<String, Long> factNames = new LinkedHashMap<>();

  /** What happens in one instant, in the order in which it must be told: inner slices end first and begin last. */
  private record Event(long atNs, int order, TrackEvent packet) {}

  /** Facts of a slice, by name: whole numbers, booleans and texts. */
  Map<String, Object> facts() {
    return new LinkedHashMap<>();
  }

  /**
   * A row for slices and instants, or for rows within it.
   *
   * @param parent the row it stands under; null for the top
   * @param place among the rows under its parent
   */
  Row row(String name, @Nullable Row parent, int place, String description) {
    TrackDescriptor.Builder row =
        descriptor(name, parent, place, description).setChildOrdering(TrackDescriptor.ChildTracksOrdering.EXPLICIT);
    return add(row);
  }

  /** A row for a value over time, in ns. */
  Row counter(String name, Row parent, int place, String description) {
    return add(descriptor(name, parent, place, description)
        .setCounter(CounterDescriptor.newBuilder().setUnit(CounterDescriptor.Unit.UNIT_TIME_NS)));
  }

  private TrackDescriptor.Builder descriptor(String name, @Nullable Row parent, int place, String description) {
    TrackDescriptor.Builder row =
        TrackDescriptor.newBuilder().setUuid(rows.size() + 1).setName(name).setSiblingOrderRank(place);
    if (parent != null) {
      row.setParentUuid(parent.uuid);
    }
    if (!description.isEmpty()) {
      row.setDescription(description);
    }
    return row;
  }

  private Row add(TrackDescriptor.Builder descriptor) {
    rows.add(TracePacket.newBuilder().setTrustedPacketSequenceId(SEQUENCE).setTrackDescriptor(descriptor).build());
    return new Row(rows.size());
  }

  /** One row. Slices of one depth do not overlap, deeper ones lie within, and none is empty. */
  final class Row {
    private final int uuid;

    private Row(int uuid) {
      this.uuid = uuid;
    }

    void slice(int depth, String name, long fromNs, long toNs, Map<String, Object> facts) {
      TrackEvent.Builder begin = event(TrackEvent.Type.TYPE_SLICE_BEGIN).setNameIid(id(names, name));
      facts.forEach((fact, value) -> {
        DebugAnnotation.Builder annotation = DebugAnnotation.newBuilder().setNameIid(id(factNames, fact));
        if (value instanceof Long number) {
          annotation.setIntValue(number);
        } else if (value instanceof Boolean yes) {
          annotation.setBoolValue(yes);
        } else {
          annotation.setStringValue((String) value);
        }
        begin.addDebugAnnotations(annotation);
      });
      events.add(new Event(fromNs, depth, begin.build()));
      events.add(new Event(toNs, -1 - depth, event(TrackEvent.Type.TYPE_SLICE_END).build()));
    }

    /** A point in time that an arrow leaves, goes through, or ends at. */
    void instant(String name, long atNs, long flow, boolean last) {
      TrackEvent.Builder point = event(TrackEvent.Type.TYPE_INSTANT).setNameIid(id(names, name));
      if (last) {
        point.addTerminatingFlowIds(flow);
      } else {
        point.addFlowIds(flow);
      }
      events.add(new Event(atNs, 2, point.build()));
    }

    void value(long atNs, long value) {
      events.add(new Event(atNs, 0, event(TrackEvent.Type.TYPE_COUNTER).setCounterValue(value).build()));
    }

    private TrackEvent.Builder event(TrackEvent.Type type) {
      return TrackEvent.newBuilder().setType(type).setTrackUuid(uuid);
    }
  }

  private static long id(Map<String, Long> ids, String name) {
    return ids.computeIfAbsent(name, unused -> ids.size() + 1L);
  }

  /** The whole trace. */
  byte[] bytes() {
    List<Event> sorted = new ArrayList<>(events);
    sorted.sort(
        (a, b) -> a.atNs != b.atNs ? Long.compare(a.atNs, b.atNs)
            : Integer.compare(a.order, b.order)); // stable: instants stay as told, in the order of their arrows
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(64 * events.size());
    CodedOutputStream out = CodedOutputStream.newInstance(bytes);
    try {
      write(out, strings());
      for (TracePacket row : rows) {
        write(out, row);
      }
      for (Event event : sorted) {
        write(out, TracePacket.newBuilder()
            .setTimestamp(event.atNs)
            .setTrustedPacketSequenceId(SEQUENCE)
            .setSequenceFlags(TracePacket.SequenceFlags.SEQ_NEEDS_INCREMENTAL_STATE_VALUE)
            .setTrackEvent(event.packet)
            .build());
      }
      out.flush();
      return identified(bytes.toByteArray());
    } catch (IOException e) {
      throw new UncheckedIOException("an array refused bytes", e);
    }
  }

  /** The trace with a UUID made of its content: without one the viewer takes files that begin alike for one. */
  private static byte[] identified(byte[] trace) throws IOException {
    UUID uuid = UUID.nameUUIDFromBytes(trace);
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(trace.length + 64);
    CodedOutputStream out = CodedOutputStream.newInstance(bytes);
    write(out, TracePacket.newBuilder()
        .setTraceUuid(TraceUuid.newBuilder()
            .setMsb(uuid.getMostSignificantBits())
            .setLsb(uuid.getLeastSignificantBits()))
        .build());
    out.writeRawBytes(trace);
    out.flush();
    return bytes.toByteArray();
  }

  private static void write(CodedOutputStream out, TracePacket packet) throws IOException {
    out.writeMessage(Trace.PACKET_FIELD_NUMBER, packet);
  }

  private TracePacket strings() {
    InternedData.Builder strings = InternedData.newBuilder();
    names.forEach((name, id) -> strings.addEventNames(EventName.newBuilder().setIid(id).setName(name)));
    factNames.forEach((name, id) ->
        strings.addDebugAnnotationNames(DebugAnnotationName.newBuilder().setIid(id).setName(name)));
    return TracePacket.newBuilder()
        .setTrustedPacketSequenceId(SEQUENCE)
        .setSequenceFlags(TracePacket.SequenceFlags.SEQ_INCREMENTAL_STATE_CLEARED_VALUE)
        .setInternedData(strings)
        .build();
  }
}
