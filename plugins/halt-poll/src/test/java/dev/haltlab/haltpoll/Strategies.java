package dev.haltlab.haltpoll;

import dev.haltlab.spi.HaltPollProvider;
import java.util.List;

/** The strategies this module provides, made as the platform makes them. */
final class Strategies {
  private Strategies() {}

  static List<HaltPollProvider<?>> all() {
    return Strategies.class.getModule().getDescriptor().provides().stream()
        .filter(provides -> provides.service().equals(HaltPollProvider.class.getName()))
        .flatMap(provides -> provides.providers().stream())
        .<HaltPollProvider<?>>map(Strategies::named)
        .toList();
  }

  private static HaltPollProvider<?> named(String className) {
    try {
      return (HaltPollProvider<?>) Class.forName(className).getConstructor().newInstance();
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(className + " cannot be made as the platform makes it", e);
    }
  }
}
