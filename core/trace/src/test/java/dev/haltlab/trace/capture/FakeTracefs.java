package dev.haltlab.trace.capture;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** A folder like tracefs: making an instance fills it with files, removing it takes them away. */
final class FakeTracefs implements Tracefs.Instances {
  static final String TRACE = """
      # tracer: nop
      #
      # entries-in-buffer/entries-written: 2/2   #P:2
      #
       CPU 0/KVM-114   [000] .....  6.000300: kvm_halt_poll_ns: vcpu 0: halt_poll_ns 10000 (grow 0)
       CPU 0/KVM-114   [000] .....  6.000300: kvm_vcpu_wakeup: wait time 150000 ns, polling valid
      """;

  final Path root;
  final Path modules;
  final Path release;
  /** What an instance's files said when it was removed. */
  final Map<String, String> settings = new LinkedHashMap<>();
  String trace = TRACE;
  String missing = "none";
  boolean removable = true;
  Runnable onMake = () -> { };

  FakeTracefs(Path folder) throws IOException {
    root = folder.resolve("tracefs");
    modules = folder.resolve("module");
    release = Files.writeString(folder.resolve("osrelease"), "6.18.44-test\n");
    Files.createDirectories(root.resolve("events"));
    Files.createDirectories(root.resolve("instances"));
    for (String[] parameter : new String[][] {
        {"kvm", "halt_poll_ns", "200000"}, {"kvm", "halt_poll_ns_grow", "2"},
        {"kvm", "halt_poll_ns_grow_start", "10000"}, {"kvm", "halt_poll_ns_shrink", "2"},
        {"haltpoll", "guest_halt_poll_ns", "200000"}, {"haltpoll", "guest_halt_poll_allow_shrink", "Y"}}) {
      parameter(parameter[0], parameter[1], parameter[2]);
    }
  }

  void parameter(String module, String name, String value) {
    try {
      Path folder = Files.createDirectories(modules.resolve(module).resolve("parameters"));
      Files.writeString(folder.resolve(name), value + "\n");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void make(Path folder) throws IOException {
    Files.createDirectory(folder);
    for (String file : List.of(
        "tracing_on", "trace_clock", "buffer_size_kb", "per_cpu/cpu0/stats", "per_cpu/cpu1/stats")) {
      file(folder, file, "1");
    }
    for (boolean guest : new boolean[] {false, true}) {
      for (CapturePlan.Traced event : new CapturePlan(Duration.ofSeconds(1), 1 << 16, guest, true).events()) {
        file(folder, "events/" + event.name() + "/enable", "0");
        file(folder, "events/" + event.name() + "/filter", "none");
      }
    }
    file(folder, "trace", trace);
    delete(folder.resolve(missing));
    onMake.run();
  }

  @Override
  public void remove(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.filter(Files::isRegularFile).sorted().toList()) {
        settings.put(folder.relativize(file).toString(), Files.readString(file).strip());
      }
    }
    if (!removable) {
      throw new IOException("Device or resource busy");
    }
    delete(folder);
  }

  List<String> enabled() {
    return settings.entrySet().stream().filter(e -> e.getKey().endsWith("/enable") && e.getValue().equals("1"))
        .map(e -> e.getKey().replace("events/", "").replace("/enable", "")).toList();
  }

  private static void file(Path folder, String name, String content) throws IOException {
    Path file = folder.resolve(name);
    Files.createDirectories(file.getParent());
    Files.writeString(file, content);
  }

  static void delete(Path folder) throws IOException {
    if (!Files.exists(folder)) {
      return;
    }
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
