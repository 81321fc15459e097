package dev.haltlab.engine.planted;

import dev.haltlab.platform.planted.PlatformSins;
import java.io.File;
import java.lang.reflect.Method;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.Random;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicLong;
import java.util.random.RandomGenerator;

/** What the engine must not do; see ArchitectureTest. */
public final class EngineSins {
  private EngineSins() {}

  /** Sees the platform. */
  public static final class KnowsPlatform {
    Class<?> known = PlatformSins.class;
  }

  /** Reads a clock. */
  public static final class ReadsNanoTime {
    long now() {
      return System.nanoTime();
    }
  }

  /** Reads a clock. */
  public static final class ReadsInstant {
    Instant now() {
      return Instant.now();
    }
  }

  /** Reads a clock. */
  public static final class ReadsClock {
    long now(Clock clock) {
      return clock.millis();
    }
  }

  /** Draws from its own generator. */
  public static final class OwnRandom {
    Random random = new Random(1);
  }

  /** Draws from the thread's generator. */
  public static final class ThreadRandom {
    int next() {
      return ThreadLocalRandom.current().nextInt();
    }
  }

  /** Draws from a hidden generator. */
  public static final class MathRandom {
    double next() {
      return Math.random();
    }
  }

  /** Draws from whatever the JDK prefers. */
  public static final class DefaultRandom {
    RandomGenerator random = RandomGenerator.getDefault();
  }

  /** Starts a thread. */
  public static final class StartsThread {
    void start() {
      new Thread(() -> {}).start();
    }
  }

  /** Keeps something for each thread. */
  public static final class KeepsPerThread {
    ThreadLocal<String> kept = new ThreadLocal<>();
  }

  /** Counts across threads. */
  public static final class CountsAcrossThreads {
    AtomicLong count = new AtomicLong();
  }

  /** Locks. */
  public static final class Locks {
    synchronized void locked() {}
  }

  /** Names a file. */
  public static final class NamesPath {
    Path path = Path.of("x");
  }

  /** Names a file, the old way. */
  public static final class NamesFile {
    File file = new File("x");
  }

  /** Looks inside others. */
  public static final class Reflects {
    Method[] methods = String.class.getMethods();
  }

  /** Loads by name. */
  public static final class LoadsByName {
    Class<?> load() throws ClassNotFoundException {
      return Class.forName("x");
    }
  }

  /** Asks the environment. */
  public static final class AsksEnvironment {
    String ask() {
      return System.getenv("HOME");
    }
  }

  /** Prints. */
  public static final class Prints {
    void print() {
      System.err.println();
    }
  }

  /** Its last bit is the platform's choice. */
  public static final class TakesLogarithm {
    double log(double x) {
      return Math.log(x);
    }
  }

  /** Shared by every run of the process. */
  public static final class KeepsStaticState {
    static int count;
  }
}
