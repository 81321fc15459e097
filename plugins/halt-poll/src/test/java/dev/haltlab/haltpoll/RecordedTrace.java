package dev.haltlab.haltpoll;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.GZIPInputStream;

/**
 * A recording of real halts: ftrace text of {@code kvm_vcpu_wakeup} and {@code kvm_halt_poll_ns} with the parameters in
 * its head. As much of the format as these tests need.
 *
 * @param name as recorded
 * @param kernel as recorded
 * @param parameters {@code halt_poll_ns}, {@code grow}, {@code grow_start}, {@code shrink}, and {@code cap} if the VM
 *     had a maximum of its own
 * @param pollingForbidden whether the guest forbade host polling
 * @param records in the order of the file
 */
record RecordedTrace(
    String name, String kernel, Map<String, Long> parameters, boolean pollingForbidden, List<Entry> records) {

  /** A line that matters. */
  sealed interface Entry {
    /** Line number in the file, from 1. */
    int line();
  }

  /** A parameter was written while a halt was in progress. */
  record Change(int line, Map<String, Long> values) implements Entry {}

  /** A halt ended; {@code decision} is null if the rule neither grew nor shrank. */
  record Halt(int line, String thread, long haltNs, boolean slept, Decision decision) implements Entry {}

  /** What {@code kvm_halt_poll_ns} told. */
  record Decision(long newNs, boolean grew, long oldNs) {}

  private static final Pattern ENVELOPE =
      Pattern.compile("^\\s*(.+-\\d+)\\s+\\[\\d+]\\s+\\S+\\s+\\d+\\.\\d+: (\\w+): (.*)$");
  private static final Pattern WINDOW =
      Pattern.compile("vcpu \\d+: halt_poll_ns (\\d+) \\((grow|shrink) (\\d+)\\)");
  private static final Pattern WAKEUP = Pattern.compile("(poll|wait) time (\\d+) ns, polling valid");
  private static final String MARK = "halt_poll_param ";

  static RecordedTrace read(String name, InputStream gzipped) throws IOException {
    Map<String, Long> parameters = new LinkedHashMap<>();
    Map<String, Decision> pending = new HashMap<>();
    List<Entry> records = new ArrayList<>();
    String kernel = "";
    boolean forbidden = false;
    int number = 0;
    try (BufferedReader in =
        new BufferedReader(new InputStreamReader(new GZIPInputStream(gzipped), StandardCharsets.US_ASCII))) {
      for (String line = in.readLine(); line != null; line = in.readLine()) {
        number++;
        if (line.startsWith("# haltlab ")) {
          String[] pair = line.substring("# haltlab ".length()).split("=", 2);
          switch (pair[0]) {
            case "halt_poll_ns", "grow", "grow_start", "shrink", "cap" -> {
              if (!pair[1].isEmpty()) {
                parameters.put(pair[0], Long.parseLong(pair[1]));
              }
            }
            case "kernel" -> kernel = pair[1];
            case "nopoll" -> forbidden = pair[1].equals("1");
            default -> {}
          }
          continue;
        }
        Matcher m = ENVELOPE.matcher(line);
        if (!m.matches()) {
          continue;
        }
        String thread = m.group(1);
        String payload = m.group(3);
        switch (m.group(2)) {
          case "kvm_halt_poll_ns" -> {
            Matcher w = require(WINDOW, payload, name, number);
            pending.put(
                thread,
                new Decision(Long.parseLong(w.group(1)), w.group(2).equals("grow"), Long.parseLong(w.group(3))));
          }
          case "kvm_vcpu_wakeup" -> {
            Matcher w = require(WAKEUP, payload, name, number);
            records.add(
                new Halt(
                    number, thread, Long.parseLong(w.group(2)), w.group(1).equals("wait"), pending.remove(thread)));
          }
          case "tracing_mark_write" -> {
            if (payload.startsWith(MARK)) {
              Map<String, Long> values = new LinkedHashMap<>();
              for (String word : payload.substring(MARK.length()).strip().split("\\s+")) {
                String[] pair = word.split("=", 2);
                values.put(pair[0].replace("halt_poll_ns_", ""), Long.parseLong(pair[1]));
              }
              records.add(new Change(number, values));
            }
          }
          default -> {}
        }
      }
    }
    return new RecordedTrace(name, kernel, parameters, forbidden, records);
  }

  long halts() {
    return records.stream().filter(Halt.class::isInstance).count();
  }

  private static Matcher require(Pattern pattern, String payload, String name, int line) throws IOException {
    Matcher m = pattern.matcher(payload);
    if (!m.matches()) {
      throw new IOException(name + ":" + line + ": not understood: " + payload);
    }
    return m;
  }
}
