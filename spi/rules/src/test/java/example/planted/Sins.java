package example.planted;

import dev.haltlab.spi.Guest;
import dev.haltlab.spi.HaltPoll;
import dev.haltlab.spi.HaltPollProvider;
import dev.haltlab.spi.Seat;
import dev.haltlab.spi.WorkloadProvider;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.random.RandomGenerator;
import org.assertj.core.api.Assertions;

/** What a plugin must not do, a class each; the interface is named by the rule that finds it. */
public final class Sins {
  private Sins() {}

  /** Marks the classes that break {@code ONLY_THE_JDK_THE_CONTRACTS_AND_ITS_OWN_CODE}. */
  public interface OnlyTheJdkTheContractsAndItsOwnCode {}

  static final class UsesLibrary implements OnlyTheJdkTheContractsAndItsOwnCode {
    void x() {
      Assertions.fail("");
    }
  }

  static final class UsesManagement implements OnlyTheJdkTheContractsAndItsOwnCode {
    javax.crypto.Cipher[] cipher = {};
  }

  /** Marks. */
  public interface NoClocks {}

  static final class NanoTime implements NoClocks {
    long x() {
      return System.nanoTime();
    }
  }

  static final class Now implements NoClocks {
    Instant x() {
      return Instant.now();
    }
  }

  static final class HasClock implements NoClocks {
    Clock clock = Clock.systemUTC();
  }

  static final class ByReference implements NoClocks {
    java.util.function.LongSupplier x() {
      return System::currentTimeMillis;
    }
  }

  /** Marks. */
  public interface NoOwnRandomness {}

  static final class OwnRandom implements NoOwnRandomness {
    int x() {
      return new Random(1).nextInt();
    }
  }

  static final class OwnSplittable implements NoOwnRandomness {
    RandomGenerator x = new SplittableRandom(1);
  }

  static final class MathRandom implements NoOwnRandomness {
    double x() {
      return Math.random();
    }
  }

  static final class Factory implements NoOwnRandomness {
    RandomGenerator x() {
      return RandomGenerator.of("L64X128MixRandom");
    }
  }

  static final class PerThread implements NoOwnRandomness {
    int x() {
      return ThreadLocalRandom.current().nextInt();
    }
  }

  static final class Identity implements NoOwnRandomness {
    int x() {
      return System.identityHashCode(this);
    }
  }

  static final class ObjectHash implements NoOwnRandomness {
    int x() {
      return new Object().hashCode();
    }
  }

  /** Marks. */
  public interface NoThreads {}

  static final class Starts implements NoThreads {
    void x() {
      new Thread(() -> {}).start();
    }
  }

  static final class Keeps implements NoThreads {
    ThreadLocal<Long> x = new ThreadLocal<>();
  }

  static final class Concurrent implements NoThreads {
    Map<String, String> x = new ConcurrentHashMap<>();
  }

  static final class Locks implements NoThreads {
    synchronized void x() {}
  }

  static final class Runs implements NoThreads {
    Object x() throws IOException {
      return new ProcessBuilder("true").start();
    }
  }

  /** Marks. */
  public interface NoOutsideWorld {}

  static final class Reads implements NoOutsideWorld {
    String x() throws IOException {
      return Files.readString(Path.of("x"));
    }
  }

  static final class OldFile implements NoOutsideWorld {
    boolean x() {
      return new File("x").exists();
    }
  }

  static final class Prints implements NoOutsideWorld {
    void x() {
      System.out.println();
    }
  }

  static final class Environment implements NoOutsideWorld {
    String x() {
      return System.getenv("X");
    }
  }

  static final class Property implements NoOutsideWorld {
    String x() {
      return System.getProperty("x");
    }
  }

  static final class Cores implements NoOutsideWorld {
    int x() {
      return Runtime.getRuntime().availableProcessors();
    }
  }

  static final class Resource implements NoOutsideWorld {
    Object x() {
      return Resource.class.getResource("x");
    }
  }

  static final class Dumps implements NoOutsideWorld {
    void x(Exception e) {
      e.printStackTrace();
    }
  }

  static final class Connects implements NoOutsideWorld {
    java.net.Socket x = new java.net.Socket();
  }

  /** Marks. */
  public interface NoReflection {}

  static final class ByName implements NoReflection {
    Class<?> x() throws ClassNotFoundException {
      return Class.forName("x");
    }
  }

  static final class Digs implements NoReflection {
    Object x() throws ReflectiveOperationException {
      return Digs.class.getDeclaredField("x").get(null);
    }
  }

  static final class Loads implements NoReflection {
    ClassLoader x() {
      return Loads.class.getClassLoader();
    }
  }

  static final class Handles implements NoReflection {
    java.lang.invoke.MethodHandles.Lookup x = java.lang.invoke.MethodHandles.lookup();
  }

  /** Marks. */
  public interface NoInexactMathematics {}

  static final class Logarithm implements NoInexactMathematics {
    double x() {
      return Math.log(2);
    }
  }

  static final class Power implements NoInexactMathematics {
    double x() {
      return Math.pow(2, 3);
    }
  }

  /** Marks. */
  public interface ProvidersCanBeMade {}

  /** Nothing to set. */
  public record Config() {}

  abstract static class Poll implements HaltPollProvider<Config> {
    @Override
    public String id() {
      return "x";
    }

    @Override
    public Config defaults() {
      return new Config();
    }

    @Override
    public HaltPoll create(Config config, Seat seat) {
      return now -> 0;
    }
  }

  static final class Hidden extends Poll implements ProvidersCanBeMade {
    public Hidden() {}
  }

  /** Is not final. */
  public static class Open extends Poll implements ProvidersCanBeMade {}

  /** Wants something. */
  public static final class Wants extends Poll implements ProvidersCanBeMade {
    public Wants(String what) {}
  }

  /** Can be made by itself alone. */
  public static final class Shy extends Poll implements ProvidersCanBeMade {
    private Shy() {}
  }

  /** Needs an outer instance. */
  public final class Inner extends Poll implements ProvidersCanBeMade {}

  /** Remembers. */
  public static final class Stateful extends Poll implements ProvidersCanBeMade {
    private int made;

    int next() {
      return made++;
    }
  }

  /** Marks. */
  public interface ConfigsCanBeBound {}

  /** Holds a double. */
  public record Doubles(double factor) {}

  /** Holds a double deeper down. */
  public record Deep(List<Map<String, Doubles>> all) {}

  /** Holds a set. */
  public record Sets(Set<String> names) {}

  /** Has keys of numbers. */
  public record Numbered(Map<Integer, String> names) {}

  /** Holds an array. */
  public record Array(long[] steps) {}

  record NotPublic(Duration window) {}

  abstract static class Load<C extends Record> implements WorkloadProvider<C> {
    @Override
    public String id() {
      return "x";
    }

    @Override
    public void define(C config, Guest guest) {}
  }

  static final class BindsDoubles extends Load<Doubles> implements ConfigsCanBeBound {
    @Override
    public Doubles defaults() {
      return new Doubles(1);
    }
  }

  static final class BindsDeep extends Load<Deep> implements ConfigsCanBeBound {
    @Override
    public Deep defaults() {
      return new Deep(List.of());
    }
  }

  static final class BindsSets extends Load<Sets> implements ConfigsCanBeBound {
    @Override
    public Sets defaults() {
      return new Sets(Set.of());
    }
  }

  static final class BindsNumbered extends Load<Numbered> implements ConfigsCanBeBound {
    @Override
    public Numbered defaults() {
      return new Numbered(Map.of());
    }
  }

  static final class BindsArray extends Load<Array> implements ConfigsCanBeBound {
    @Override
    public Array defaults() {
      return new Array(new long[0]);
    }
  }

  static final class BindsHidden extends Load<NotPublic> implements ConfigsCanBeBound {
    @Override
    public NotPublic defaults() {
      return new NotPublic(Duration.ZERO);
    }
  }

  /** Marks. */
  public interface NoMutableStatics {}

  static final class Counts implements NoMutableStatics {
    static int made;
  }

  static final class Collects implements NoMutableStatics {
    static final ArrayList<String> ALL = new ArrayList<>();
  }

  static final class Caches implements NoMutableStatics {
    static final HashMap<String, String> ALL = new HashMap<>();
  }

  static final class Builds implements NoMutableStatics {
    static final StringBuilder TEXT = new StringBuilder();
  }
}
