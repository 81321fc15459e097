package dev.haltlab.engine.sim.planted;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.LongStream;

/** What a hot room must not do; see ArchitectureTest. */
public final class HotSins {
  private HotSins() {}

  /** Builds a pipeline. */
  public static final class Streams {
    long sum(long[] values) {
      return LongStream.of(values).sum();
    }
  }

  /** Wraps an answer. */
  public static final class Wraps {
    Optional<String> wrapped() {
      return Optional.empty();
    }
  }

  /** Formats. */
  public static final class Formats {
    String text(long ns) {
      return String.format(Locale.ROOT, "%d", ns);
    }
  }

  /** Boxes. */
  public static final class Boxes {
    void add(List<Long> list, long value) {
      list.add(value);
    }
  }

  /** Unboxes. */
  public static final class Unboxes {
    long first(List<Long> list) {
      return list.get(0);
    }
  }

  /** Boxes where it is allowed: while built, and while collected. */
  public static final class BoxesWhenBuilt {
    private final List<Long> list;

    BoxesWhenBuilt(long value) {
      list = List.of(value);
    }

    List<Long> collected(long value) {
      return List.of(list.get(0), value);
    }
  }
}
