package dev.haltlab.idle;

import dev.haltlab.spi.Provider;
import dev.haltlab.tck.junit.ConformanceTests;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.TestFactory;

/** Pins: a built-in that breaks the contract every third party's plugin is held to. */
class ConformanceTest {
  @TestFactory
  Stream<DynamicContainer> every_provider_of_the_module() {
    return ConformanceTest.class.getModule().getDescriptor().provides().stream()
        .flatMap(provides -> provides.providers().stream())
        .map(name -> DynamicContainer.dynamicContainer(name, ConformanceTests.of(made(name))));
  }

  private static Provider<?> made(String name) {
    try {
      return (Provider<?>) Class.forName(name).getConstructor().newInstance();
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(name + " cannot be made as the platform makes it", e);
    }
  }
}
