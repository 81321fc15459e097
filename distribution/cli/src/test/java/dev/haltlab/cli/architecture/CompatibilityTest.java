package dev.haltlab.cli.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import dev.haltlab.platform.catalog.Catalogs;
import dev.haltlab.spi.Stability;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.module.ModuleDescriptor;
import java.lang.reflect.Modifier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/**
 * Pins what plugins and embedding programs are built against. A change there is seldom meant to be one, and never seen
 * by tests that are compiled anew; here it is a difference from what is on record. {@code -Dhaltlab.update=true}
 * rewrites the record, and the difference stands in the commit for everybody to read.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class CompatibilityTest {
  private static final Path GOLDEN =
      Path.of(System.getProperty("basedir", ".")).resolve("src/test/resources/golden");

  /** The modules of the SDK, as far as they are there: what a plugin's build depends on. */
  private static final List<String> SDK = List.of("dev.haltlab.spi", "dev.haltlab.tck", "dev.haltlab.rules");

  private final Map<String, ModuleDescriptor> modules = new TreeMap<>();
  private final Map<String, Class<?>> types = new TreeMap<>();

  @BeforeAll
  void importTheProduct() throws ClassNotFoundException {
    JavaClasses product = new ClassFileImporter().withImportOption(new ImportOption.DoNotIncludeTests())
        .importPackages("dev.haltlab");
    for (JavaClass each : product) {
      ModuleDescriptor module = ArchitectureTest.moduleOf(each);
      modules.put(module.name(), module);
      boolean exported = module.exports().stream().anyMatch(e -> e.source().equals(each.getPackageName()));
      if (SDK.contains(module.name()) && exported && !each.getSimpleName().equals("package-info")) {
        Class<?> type = Class.forName(each.getName(), false, CompatibilityTest.class.getClassLoader());
        if (isSeen(type)) {
          types.put(type.getName(), type);
        }
      }
    }
  }

  private static boolean isSeen(Class<?> type) {
    for (Class<?> each = type; each != null; each = each.getEnclosingClass()) {
      boolean open = Modifier.isPublic(each.getModifiers()) || Modifier.isProtected(each.getModifiers());
      if (!open || each.isAnonymousClass() || each.isLocalClass()) {
        return false;
      }
    }
    return true;
  }

  @Test
  void theContractsAreThoseOnRecord() {
    List<String> lines = new ArrayList<>(List.of("SPI level " + Catalogs.SPI_LEVEL));
    types.values().forEach(type -> lines.addAll(Signatures.of(type)));
    assertThat(lines).hasSizeGreaterThan(150);
    compare(
        "contracts.txt", lines, "a line that went, or an abstract method that came, breaks plugins that are built:"
            + " raise the first number of Catalogs.SPI_LEVEL; what only adds raises the second");
  }

  @Test
  void theModulesAreThoseOnRecord() {
    List<String> lines = new ArrayList<>();
    modules.values().forEach(module -> lines.addAll(Signatures.of(module)));
    assertThat(modules).hasSizeGreaterThanOrEqualTo(8);
    compare("modules.txt", lines, "an export is a promise, and a requirement is one more thing to ship");
  }

  @Test
  void everyTypeOfTheContractsSaysHowStableItIs() {
    assertThat(types).hasSizeGreaterThan(30);
    assertThat(types.values().stream().filter(type -> Signatures.stability(type).isEmpty()))
        .as("public types without @Stability").isEmpty();
  }

  /** Something of everything a dump must show, and of what it must not. */
  @Stability(Stability.Level.PROVISIONAL)
  public abstract static sealed class Planted<C extends Record & Comparable<C>> implements Comparable<String>
      permits Planted.Only {
    /** A constant. */
    public static final int ANSWER = 42;

    private final int hidden = 1;

    /** For the one. */
    protected Planted(String... given) {}

    int invisible() {
      return hidden;
    }

    /** A method of a bit of everything. */
    protected abstract <X extends Exception> List<? super C> all(int[] numbers, Map<String, C> map, long... more)
        throws X, IOException;

    @Override
    public String toString() {
      return "of no interest";
    }

    abstract static non-sealed class Only extends Planted<OnlyRecord> {}

    record OnlyRecord(int x) implements Comparable<OnlyRecord> {
      @Override
      public int compareTo(OnlyRecord other) {
        return 0;
      }
    }
  }

  @Test
  void aDumpShowsWhateverSomebodyCouldBeBuiltAgainst() {
    String planted = Planted.class.getName();
    assertThat(Signatures.of(Planted.class)).containsExactly(
        "public abstract static sealed class " + planted + "<C extends java.lang.Record & java.lang.Comparable<C>>"
            + " is a java.lang.Comparable<java.lang.String> permits " + planted + "$Only [provisional]",
        "  constructor protected (java.lang.String...)",
        "  field public static final int ANSWER = 42",
        "  method protected abstract <X extends java.lang.Exception> java.util.List<? super C> all(int[],"
            + " java.util.Map<java.lang.String, C>, long...) throws X, java.io.IOException");
  }

  private static void compare(String name, List<String> actual, String consequence) {
    Path file = GOLDEN.resolve(name);
    try {
      if (Boolean.getBoolean("haltlab.update")) {
        Files.createDirectories(GOLDEN);
        Files.write(file, actual);
      }
      List<String> recorded = Files.readAllLines(file);
      List<String> differences = new ArrayList<>();
      withOwner(recorded).stream().filter(line -> !withOwner(actual).contains(line))
          .forEach(line -> differences.add("gone: " + line));
      withOwner(actual).stream().filter(line -> !withOwner(recorded).contains(line))
          .forEach(line -> differences.add("new:  " + line));
      assertThat(differences).as("%s; if it is meant, run again with -Dhaltlab.update=true, which rewrites %s",
          consequence, file).isEmpty();
      assertThat(recorded).isEqualTo(actual); // nothing twice, nothing out of order
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Members with the head they stand under: the same method may go from one type and come in another. */
  private static List<String> withOwner(List<String> lines) {
    List<String> result = new ArrayList<>();
    String owner = "";
    for (String line : lines) {
      boolean member = line.startsWith("  ");
      owner = member ? owner : line;
      result.add(member ? owner + ": " + line.strip() : line);
    }
    return result;
  }
}
