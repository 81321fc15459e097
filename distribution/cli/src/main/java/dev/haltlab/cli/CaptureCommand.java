package dev.haltlab.cli;

import dev.haltlab.trace.capture.Capture;
import dev.haltlab.trace.capture.CaptureException;
import dev.haltlab.trace.capture.CapturePlan;
import dev.haltlab.trace.capture.CaptureScript;
import jakarta.inject.Inject;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.zip.GZIPOutputStream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Records halts on this machine, for a replay. */
@Command(
    name = "capture",
    header = "Records the halts of this host's KVM guests with ftrace, for 'haltlab replay'.",
    description = {
      "%nNeeds root. It records into a tracing instance of its own, which is removed again whatever happens; Ctrl-C"
          + " ends the recording early and keeps what there is. Its head has the kernel's version and parameters. On a"
          + " host without Java, --print-script prints a shell script that does the same."
    },
    optionListHeading = "%nOptions:%n",
    footerHeading = "%nExamples:%n",
    footer = {
      "  sudo haltlab capture --for 30s --out halts.txt.gz",
      "  haltlab replay halts.txt.gz --strategy off --strategy adaptive",
      "  haltlab capture --for 30s --print-script > capture.sh"
    })
final class CaptureCommand implements Callable<Integer> {
  /** So long an interrupted recording may take to be written. */
  private static final long PATIENCE_SECONDS = 60;

  private final Console console;

  @Spec CommandSpec spec;

  @Option(names = "--for", paramLabel = "TIME", description = "How long to record; default: ${DEFAULT-VALUE}.")
  String length = "10s";

  @Option(
      names = "--out",
      paramLabel = "FILE",
      description = "Where to write the recording; packed if the name ends in .gz. Default: ${DEFAULT-VALUE}.")
  Path out = Path.of("halts.txt.gz");

  @Option(names = "--force", description = "Overwrites that file.")
  boolean force;

  @Option(
      names = "--buffer",
      paramLabel = "MIB",
      description = "Memory for what is recorded, of all CPUs together; what does not fit is lost from its beginning."
          + " A halt takes about 150 bytes. Default: ${DEFAULT-VALUE}.")
  int bufferMb = 64;

  @Option(names = "--guest", description = "Records inside a guest: the decisions of its haltpoll governor.")
  boolean guest;

  @Option(names = "--full", description = "Records exits, interrupts and the like too.")
  boolean full;

  @Option(
      names = "--print-script",
      description = "Prints a POSIX shell script that records the same, and records nothing.")
  boolean printScript;

  @Option(names = {"-h", "--help"}, usageHelp = true, description = "Shows this help.")
  boolean help;

  @Inject
  CaptureCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() throws InterruptedException {
    CapturePlan plan = plan();
    if (printScript) {
      console.result(CaptureScript.of(plan, out.toString()));
      return ExitCode.DONE;
    }
    if (Files.exists(out) && !force) {
      throw new Refusal(ExitCode.PROBLEMS, out + " exists already; --force overwrites it");
    }
    Capture capture = new Capture(plan);
    try {
      capture.check(); // before a file is made
      Capture.Recorded recorded = record(capture);
      recorded.warnings().forEach(warning -> console.err().println("haltlab: " + warning));
      console.result(out + ": " + recorded.events() + " events\n");
      return ExitCode.DONE;
    } catch (CaptureException e) {
      throw new Refusal(ExitCode.PROBLEMS, String.valueOf(e.getMessage()));
    }
  }

  /** Under another name until it is whole. */
  private Capture.Recorded record(Capture capture) throws CaptureException, InterruptedException {
    Path name = out.toAbsolutePath().normalize();
    Path fresh = name.resolveSibling("." + name.getFileName() + "." + ProcessHandle.current().pid());
    CountDownLatch done = new CountDownLatch(1);
    Thread atExit = new Thread(() -> endEarly(capture, done), "haltlab-capture");
    Runtime.getRuntime().addShutdownHook(atExit);
    try {
      Capture.Recorded recorded;
      try (OutputStream file = new BufferedOutputStream(Files.newOutputStream(fresh));
          OutputStream packed = packed(name) ? new GZIPOutputStream(file, 1 << 16) : file) {
        recorded = capture.run(packed);
      }
      Files.move(fresh, name, StandardCopyOption.REPLACE_EXISTING);
      return recorded;
    } catch (IOException e) {
      throw new CaptureException("cannot write " + out + ": " + e.getMessage());
    } finally {
      try {
        Files.deleteIfExists(fresh);
      } catch (IOException e) {
        // an empty hidden file is no harm, and the failure that led here is the one to tell
      }
      done.countDown();
      release(atExit);
    }
  }

  private static boolean packed(Path name) {
    return name.toString().endsWith(".gz");
  }

  /** On Ctrl-C: the recording ends, and the process only once it is written and everything is put back. */
  private static void endEarly(Capture capture, CountDownLatch done) {
    capture.stop();
    try {
      done.await(PATIENCE_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void release(Thread atExit) {
    try {
      Runtime.getRuntime().removeShutdownHook(atExit);
    } catch (IllegalStateException e) {
      // the process is ending, and waits for no more than this
    }
  }

  private CapturePlan plan() {
    String ns = Nanoseconds.plain(length);
    if (!ns.matches("[0-9]{1,18}")) {
      throw new ParameterException(spec.commandLine(), "--for: expected a time such as 10s, found " + length);
    }
    if (bufferMb < 1 || bufferMb > 1 << 16) {
      throw new ParameterException(spec.commandLine(), "--buffer must be 1 to 65536, was " + bufferMb);
    }
    try {
      return new CapturePlan(Duration.ofNanos(Long.parseLong(ns)), bufferMb << 10, guest, full);
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), "--for: " + e.getMessage());
    }
  }
}
