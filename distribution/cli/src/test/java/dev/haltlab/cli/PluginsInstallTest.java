package dev.haltlab.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import stranger.StrangersPoll;

/**
 * Pins: a plugin that is installed by halves, over another or though it cannot be used, and an archive that writes
 * outside its folder or fills the disk.
 */
class PluginsInstallTest {
  private static final String SERVICES = "META-INF/services/dev.haltlab.spi.HaltPollProvider";

  @TempDir Path folder;
  private Path plugins;

  @BeforeEach
  void choosePlace() {
    plugins = folder.resolve("plugins");
  }

  private static Map<String, byte[]> good() {
    Map<String, byte[]> files = new LinkedHashMap<>();
    files.put(SERVICES, (StrangersPoll.class.getName() + "\n").getBytes(StandardCharsets.UTF_8));
    for (Class<?> type : List.of(StrangersPoll.class, StrangersPoll.Config.class)) {
      String name = type.getName().replace('.', '/') + ".class";
      try (InputStream in = type.getResourceAsStream("/" + name)) {
        files.put(name, in.readAllBytes());
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    return files;
  }

  private Path zip(String name, Map<String, byte[]> files) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ZipOutputStream out = new ZipOutputStream(bytes)) {
      for (Map.Entry<String, byte[]> file : files.entrySet()) {
        out.putNextEntry(new ZipEntry(file.getKey()));
        out.write(file.getValue());
        out.closeEntry();
      }
    }
    return Files.write(folder.resolve(name), bytes.toByteArray());
  }

  private Haltlab.Said install(Path file, String... more) {
    List<String> args = new ArrayList<>(List.of("plugins", "install", file.toString()));
    args.addAll(List.of(more));
    return new Haltlab().property("haltlab.plugins", plugins).run(args.toArray(String[]::new));
  }

  private void refused(Haltlab.Said said, String reason) {
    assertThat(said.err().strip()).contains(reason).doesNotContain("\n").doesNotContain("\tat ");
    assertThat(said.code()).isEqualTo(ExitCode.PROBLEMS);
    assertThat(said.out()).isEmpty();
  }

  private List<String> installed() {
    String[] names = plugins.toFile().list();
    return names == null ? List.of() : List.of(names);
  }

  @Test
  void a_jar_is_put_in_place_as_it_is_and_is_usable_at_once() throws IOException {
    Path jar = zip("my-poll-1.0.jar", good());
    Haltlab.Said said = install(jar);

    assertThat(said.err()).isEmpty();
    assertThat(said.code()).isEqualTo(ExitCode.DONE);
    assertThat(said.out()).contains("my-poll-1.0.jar", "haltPoll: installed");
    assertThat(installed()).containsExactly("my-poll-1.0.jar");
    assertThat(plugins.resolve("my-poll-1.0.jar")).hasSameBinaryContentAs(jar);
    assertThat(new Haltlab().property("haltlab.plugins", plugins).run("plugins", "list").out())
        .containsPattern("haltPoll +installed +1\\.0 ");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "classes/", "my-poll-1.0/", "somewhere/classes/"})
  void a_zip_becomes_a_folder_whether_or_not_it_was_packed_with_one_around(String around) throws IOException {
    Map<String, byte[]> files = new LinkedHashMap<>();
    good().forEach((name, bytes) -> files.put(around + name, bytes));
    Haltlab.Said said = install(zip("my-poll-1.0.zip", files));

    assertThat(said.err()).isEmpty();
    assertThat(said.out()).contains("haltPoll: installed");
    assertThat(installed()).containsExactly("my-poll-1.0");
    String inside = around.replace("my-poll-1.0/", "").replace("somewhere/", "");
    assertThat(plugins.resolve("my-poll-1.0").resolve(inside + SERVICES)).isRegularFile();
  }

  @Test
  void what_is_installed_stays_unless_forced() throws IOException {
    Path old = zip("my-poll.jar", good());
    install(old);
    byte[] before = Files.readAllBytes(old);
    Map<String, byte[]> changed = good();
    changed.put("more.txt", new byte[] {1});
    Path fresh = zip("my-poll.jar", changed);

    refused(install(fresh), "--force");
    assertThat(plugins.resolve("my-poll.jar")).hasBinaryContent(before);
    assertThat(install(fresh, "--force").code()).isEqualTo(ExitCode.DONE);
    assertThat(plugins.resolve("my-poll.jar")).hasSameBinaryContentAs(fresh);
    assertThat(installed()).containsExactly("my-poll.jar");
  }

  @Test
  void a_folder_is_replaced_whole() throws IOException {
    Map<String, byte[]> first = good();
    first.put("old.txt", new byte[] {1});
    install(zip("my-poll.zip", first));

    assertThat(install(zip("my-poll.zip", good()), "--force").code()).isEqualTo(ExitCode.DONE);
    assertThat(plugins.resolve("my-poll/old.txt")).doesNotExist();
    assertThat(plugins.resolve("my-poll").resolve(SERVICES)).exists();
    assertThat(installed()).containsExactly("my-poll");
  }

  @Test
  void a_refused_replacement_leaves_the_installed_one() throws IOException {
    install(zip("my-poll.jar", good()));
    refused(install(Files.writeString(folder.resolve("my-poll.jar"), "no jar"), "--force"), "not a jar or zip");
    assertThat(new Haltlab().property("haltlab.plugins", plugins).run("plugins", "list").out()).contains("installed");
  }

  @Test
  void an_id_that_is_taken_by_another_file_is_refused() throws IOException {
    install(zip("first.jar", good()));
    refused(install(zip("second.jar", good())), "exists already (from " + plugins.toRealPath().resolve("first.jar"));
    assertThat(installed()).containsExactly("first.jar");
  }

  @Test
  void another_version_of_a_plugin_names_the_one_that_is_there() throws IOException {
    install(zip("my-poll-1.0.jar", good()));
    refused(install(zip("my-poll-1.1.jar", good())), "my-poll-1.0.jar; remove one");
  }

  @Test
  void what_cannot_be_used_is_not_installed() throws IOException {
    Map<String, byte[]> files = good();
    files.remove(SERVICES);
    refused(install(zip("my-poll.jar", files)), "no plugin in it");
    files.put(SERVICES, "Gone\n".getBytes(StandardCharsets.UTF_8));
    refused(install(zip("my-poll.zip", files)), "Gone not found");
    assertThat(installed()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
      "../evil.txt, leads out", "a/../../evil.txt, leads out", "./evil.txt, leads out", "a//b, leads out",
      "/etc/evil, an absolute path", "C:/evil, no portable name", "a\\..\\evil, no portable name",
      "a\u0007b, no portable name"})
  void a_name_that_leads_out_is_refused_and_nothing_is_written(String name, String reason) throws IOException {
    for (String kind : List.of("evil.zip", "evil.jar")) {
      Map<String, byte[]> files = good();
      files.put(name, new byte[] {1});
      refused(install(zip(kind, files)), reason);
    }
    assertThat(installed()).isEmpty();
    assertThat(folder.toFile().list()).containsExactlyInAnyOrder("evil.zip", "evil.jar", "plugins");
    assertThat(folder.resolve("evil.txt")).doesNotExist();
  }

  /** Writes the file type, as Unix tools do, into the archive's directory entry of that name. */
  private static void setType(Path zip, String name, int type) throws IOException {
    byte[] bytes = Files.readAllBytes(zip);
    ByteBuffer buffer = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    byte[] wanted = name.getBytes(StandardCharsets.UTF_8);
    for (int at = 0; at + 46 + wanted.length <= bytes.length; at++) {
      if (buffer.getInt(at) == 0x02014b50
          && java.util.Arrays.equals(bytes, at + 46, at + 46 + wanted.length, wanted, 0, wanted.length)) {
        bytes[at + 5] = 3;
        buffer.putInt(at + 38, (type | 0777) << 16);
      }
    }
    Files.write(zip, bytes);
  }

  @ParameterizedTest
  @CsvSource({"0xa000, a symbolic link", "0x1000, no ordinary file", "0x6000, no ordinary file"})
  void links_and_devices_are_refused(int type, String reason) throws IOException {
    Map<String, byte[]> files = good();
    files.put("lib/link", "/etc/passwd".getBytes(StandardCharsets.UTF_8));
    Path zip = zip("linked.zip", files);
    setType(zip, "lib/link", type);
    refused(install(zip), "'lib/link'");
    refused(install(zip), reason);
    setType(zip, "lib/link", 0x8000);
    assertThat(install(zip).code()).as("an ordinary file").isEqualTo(ExitCode.DONE);
  }

  @ParameterizedTest
  @ValueSource(strings = {"bomb.zip", "bomb.jar"})
  void an_archive_that_unpacks_to_too_much_is_refused(String name) throws IOException {
    Path bomb = folder.resolve(name);
    byte[] megabyte = new byte[1 << 20];
    try (ZipOutputStream out = new ZipOutputStream(Files.newOutputStream(bomb))) {
      for (int file = 0; file < 3; file++) {
        out.putNextEntry(new ZipEntry("zeros-" + file));
        for (int i = 0; i < 100; i++) {
          out.write(megabyte);
        }
        out.closeEntry();
      }
    }
    assertThat(Files.size(bomb)).isLessThan(1 << 20);
    refused(install(bomb), "more than 256 MiB");
    assertThat(installed()).isEmpty();
  }

  @Test
  void an_archive_that_lies_about_its_sizes_is_counted_as_it_unpacks() throws IOException {
    Map<String, byte[]> files = new LinkedHashMap<>();
    files.put("zeros", new byte[1 << 20]);
    Path zip = zip("liar.zip", files);
    byte[] bytes = Files.readAllBytes(zip);
    ByteBuffer buffer = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    for (int at = 0; at + 46 < bytes.length; at++) {
      if (buffer.getInt(at) == 0x02014b50) {
        buffer.putInt(at + 24, 1); // uncompressed size
      }
    }
    Files.write(zip, bytes);
    Haltlab.Said said = install(zip);
    assertThat(said.code()).isEqualTo(ExitCode.PROBLEMS);
    assertThat(installed()).isEmpty();
  }

  @Test
  void too_many_entries_and_too_large_a_file_are_refused() throws IOException {
    Map<String, byte[]> files = new LinkedHashMap<>();
    for (int i = 0; i <= 10_000; i++) {
      files.put("empty-" + i, new byte[0]);
    }
    refused(install(zip("many.zip", files)), "more than 10000 entries");
    Path large = folder.resolve("large.jar");
    try (RandomAccessFile file = new RandomAccessFile(large.toFile(), "rw")) {
      file.setLength((64 << 20) + 1); // no bytes on the disk
    }
    refused(install(large), "larger than 64 MiB");
  }

  @Test
  void damaged_archives_are_said_to_be_damaged() throws IOException {
    byte[] whole = Files.readAllBytes(zip("whole.jar", good()));
    for (int length : new int[] {0, 1, 21, whole.length / 2, whole.length - 1}) {
      Path cut = Files.write(folder.resolve("cut.jar"), java.util.Arrays.copyOf(whole, length));
      refused(install(cut), "not a jar or zip, or a damaged one");
    }
    byte[] flipped = whole.clone();
    flipped[30 + SERVICES.length() + 4] ^= 1; // in the compressed bytes of the first file
    refused(install(Files.write(folder.resolve("flipped.jar"), flipped)), "not a jar or zip, or a damaged one");
    assertThat(installed()).isEmpty();
  }

  @Test
  void what_is_no_archive_is_said_so() throws IOException {
    refused(install(folder.resolve("gone.jar")), "there is no such file");
    refused(install(folder), "not a jar or zip");
    refused(install(Files.writeString(folder.resolve("notes.txt"), "?")), "not a jar or zip");
    refused(install(Files.writeString(folder.resolve(".my-poll.jar"), "?")), "hidden");
  }

  @Test
  void a_folder_of_ones_own_is_made_and_used() throws IOException {
    Path own = folder.resolve("my own/plugins");
    assertThat(install(zip("my-poll.jar", good()), "--to", own.toString()).code()).isEqualTo(ExitCode.DONE);
    assertThat(own.resolve("my-poll.jar")).exists();
    assertThat(plugins).doesNotExist();
  }

  @Test
  void without_a_launcher_there_is_no_place_to_install_to() throws IOException {
    refused(new Haltlab().run("plugins", "install", zip("my-poll.jar", good()).toString()), "--to");
  }

  @Test
  void a_place_that_cannot_be_made_is_one_line() throws IOException {
    Files.writeString(plugins, "a file in the way");
    refused(install(zip("my-poll.jar", good())), "cannot install into");
  }
}
