package dev.haltlab.trace.capture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Pins: a recording that leaves something behind, records less than it says, or fails without a word of what to do. */
class CaptureTest {
  private static final CapturePlan HOST = new CapturePlan(Duration.ofMillis(1), 1 << 16, false, false);

  @TempDir Path folder;
  private FakeTracefs fake;

  @BeforeEach
  void make() throws IOException {
    fake = new FakeTracefs(folder);
  }

  private Capture capture(CapturePlan plan) {
    return new Capture(plan, List.of(folder.resolve("nowhere"), fake.root), fake.modules, fake.release, fake);
  }

  private List<Path> instances() throws IOException {
    try (Stream<Path> files = Files.list(fake.root.resolve("instances"))) {
      return files.toList();
    }
  }

  private static String oneLine(Throwable e) {
    assertThat(e).isInstanceOf(CaptureException.class);
    assertThat(e.getMessage()).isNotBlank().doesNotContain("\n");
    return e.getMessage();
  }

  @Test
  void aRecordingIsTheTraceBehindTheParameters() throws Exception {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    Capture.Recorded recorded = capture(HOST).run(out);
    assertThat(out.toString(StandardCharsets.UTF_8)).isEqualTo("""
        # haltlab kernel=6.18.44-test
        # haltlab kind=host
        # haltlab running=1
        # haltlab halt_poll_ns=200000
        # haltlab grow=2
        # haltlab grow_start=10000
        # haltlab shrink=2
        """ + FakeTracefs.TRACE);
    assertThat(recorded.events()).isEqualTo(2);
    assertThat(recorded.warnings()).isEmpty();
    assertThat(instances()).isEmpty();
  }

  @Test
  void itTracesWhatAReplayNeedsAndNoMore() throws Exception {
    capture(HOST).run(OutputStream.nullOutputStream());
    assertThat(fake.enabled()).containsExactlyInAnyOrder(
        "kvm/kvm_vcpu_wakeup", "kvm/kvm_halt_poll_ns", "kvm/kvm_msr", "sched/sched_waking");
    assertThat(fake.settings)
        .containsEntry("events/kvm/kvm_msr/filter", "ecx == 0x4b564d05")
        .containsEntry("events/kvm/kvm_vcpu_wakeup/filter", "none")
        .containsEntry("trace_clock", "mono").containsEntry("tracing_on", "0")
        .containsEntry("buffer_size_kb", "32769"); // 64 MiB over two CPUs
    assertThat(fake.settings.get("events/sched/sched_waking/filter")).contains("CPU *", "*vcpu*");
  }

  @Test
  void aGuestsRecordingIsOfItsGovernor() throws Exception {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    capture(new CapturePlan(Duration.ofMillis(1), 1 << 16, true, false)).run(out);
    assertThat(fake.enabled()).containsExactlyInAnyOrder("power/cpu_idle", "power/guest_halt_poll_ns");
    assertThat(out.toString(StandardCharsets.UTF_8)).contains(
        "# haltlab kind=guest\n", "# haltlab guest_halt_poll_ns=200000\n", "# haltlab guest_halt_poll_allow_shrink=Y\n",
        "# haltlab guest_halt_poll_grow=\n"); // not readable here
  }

  @Test
  void aFullRecordingHasAllEvents() throws Exception {
    CapturePlan full = new CapturePlan(Duration.ofMillis(1), 1 << 16, false, true);
    capture(full).run(OutputStream.nullOutputStream());
    assertThat(fake.enabled()).hasSameSizeAs(full.events()).contains("kvm/kvm_exit", "kvm/kvm_apic_ipi");
    assertThat(fake.settings).containsEntry("events/kvm/kvm_msr/filter", "none");
  }

  @Test
  void stoppingEarlyKeepsWhatThereIs() throws Exception {
    Capture capture = capture(new CapturePlan(Duration.ofHours(24), 1 << 16, false, false));
    capture.stop();
    Capture.Recorded recorded = capture.run(OutputStream.nullOutputStream());
    assertThat(recorded.events()).isEqualTo(2);
    assertThat(recorded.warnings()).containsExactly("stopped before its time");
    assertThat(instances()).isEmpty();
  }

  @Test
  void parametersThatChangeMeanwhileAreTold() throws Exception {
    fake.onMake = () -> fake.parameter("kvm", "halt_poll_ns", "0");
    assertThat(capture(HOST).run(OutputStream.nullOutputStream()).warnings()).singleElement().asString()
        .contains("changed meanwhile");
  }

  @Test
  void anEmptyRecordingSaysWhatMayBeWrong() throws Exception {
    fake.trace = "# tracer: nop\n";
    assertThat(capture(HOST).run(OutputStream.nullOutputStream()).warnings()).singleElement().asString()
        .contains("nothing was recorded");
  }

  @ParameterizedTest
  @CsvSource({
      "events/kvm, modprobe kvm", "events/kvm/kvm_vcpu_wakeup, kvm_vcpu_wakeup", "trace_clock, trace_clock",
      "buffer_size_kb, smaller buffer", "trace, trace"})
  void whatTheKernelLacksIsOneLineAndTheInstanceIsRemoved(String missing, String said) throws IOException {
    fake.missing = missing;
    assertThatThrownBy(() -> capture(HOST).run(OutputStream.nullOutputStream()))
        .satisfies(e -> assertThat(oneLine(e)).contains(said));
    assertThat(instances()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({"events/sched/sched_waking, sched/sched_waking", "events/kvm/kvm_msr/filter, kvm/kvm_msr"})
  void whatIsNotNeededMayBeMissing(String missing, String said) throws Exception {
    fake.missing = missing;
    assertThat(capture(HOST).run(OutputStream.nullOutputStream()).warnings()).singleElement().asString()
        .contains(said, "recorded without");
    assertThat(fake.enabled()).contains("kvm/kvm_vcpu_wakeup").doesNotContain(said);
  }

  @Test
  void aFullDiskIsOneLineAndTheInstanceIsRemoved() throws IOException {
    OutputStream full = new OutputStream() {
      @Override
      public void write(int b) throws IOException {
        throw new IOException("No space left on device");
      }
    };
    assertThatThrownBy(() -> capture(HOST).run(full))
        .satisfies(e -> assertThat(oneLine(e)).contains("No space left on device"));
    assertThat(instances()).isEmpty();
  }

  @Test
  void anInstanceThatCannotBeRemovedIsNamedWithWhatToDo() {
    fake.removable = false;
    assertThatThrownBy(() -> capture(HOST).run(OutputStream.nullOutputStream()))
        .satisfies(e -> assertThat(oneLine(e)).contains("cannot remove", "rmdir " + fake.root));
    fake.missing = "events/kvm";
    assertThatThrownBy(() -> capture(HOST).run(OutputStream.nullOutputStream()))
        .satisfies(e -> assertThat(oneLine(e)).contains("cannot make"));
  }

  @Test
  void whatAKilledRecordingLeftIsTold() throws Exception {
    Files.createDirectory(fake.root.resolve("instances/haltlab-999999999"));
    Files.createDirectory(fake.root.resolve("instances/haltlab-" + ProcessHandle.current().pid() + "x"));
    assertThat(capture(HOST).run(OutputStream.nullOutputStream()).warnings()).singleElement().asString()
        .contains("rmdir").contains("haltlab-999999999");
    assertThat(instances()).hasSize(2);
  }

  @Test
  void withoutTracefsItSaysHowToMountIt() throws IOException {
    FakeTracefs.delete(fake.root);
    assertThatThrownBy(() -> capture(HOST).check()).satisfies(e -> assertThat(oneLine(e)).contains("mount -t tracefs"));
    Files.createDirectories(fake.root.resolve("events"));
    assertThatThrownBy(() -> capture(HOST).check()).satisfies(e -> assertThat(oneLine(e)).contains("instances"));
  }

  @Test
  void whoeverMayNotWriteIsToldToBeRoot() throws IOException {
    Path instances = fake.root.resolve("instances");
    assertThat(instances.toFile().setWritable(false)).isTrue();
    assumeTrue(!Files.isWritable(instances), "skipped: this user may write everywhere");
    assertThatThrownBy(() -> capture(HOST).check()).satisfies(e -> assertThat(oneLine(e)).contains("root", "sudo"));
  }

  @Test
  void thisKernelRecordsAndIsLeftAsItWas() throws Exception {
    Path instances = Path.of("/sys/kernel/tracing/instances");
    assumeTrue(Files.isWritable(instances), "skipped: tracefs is not mounted at /sys/kernel/tracing, or not writable");
    assumeTrue(
        Files.isDirectory(Path.of("/sys/kernel/tracing/events/kvm")), "skipped: this kernel has no events of kvm");
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    new Capture(HOST).run(out);
    assertThat(out.toString(StandardCharsets.UTF_8))
        .startsWith("# haltlab kernel=").contains("# haltlab halt_poll_ns=", "# tracer: nop");
    assertThat(instances.resolve("haltlab-" + ProcessHandle.current().pid())).doesNotExist();
  }

  @ParameterizedTest
  @CsvSource({"0, 65536", "90000000, 65536", "1000, 1023", "1000, 67108865"})
  void plansOutOfRangeAreRefused(long millis, int bufferKb) {
    assertThatThrownBy(() -> new CapturePlan(Duration.ofMillis(millis), bufferKb, false, false))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
