package dev.haltlab.cli;

import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;

/** The command inside this process, with streams, environment and properties of its own. */
final class Haltlab {
  private final Map<String, String> env = new HashMap<>();
  private final Map<String, String> properties = new HashMap<>();

  Haltlab env(String key, String value) {
    env.put(key, value);
    return this;
  }

  Haltlab property(String key, Object value) {
    properties.put(key, value.toString());
    return this;
  }

  Said run(String... args) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    return run(out, args);
  }

  Said run(OutputStream out, String... args) {
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    int code = Main.run(args, new Console(out, err, env, ""), env, properties::get);
    String said = out instanceof ByteArrayOutputStream bytes ? bytes.toString(StandardCharsets.UTF_8) : "";
    return new Said(code, said, err.toString(StandardCharsets.UTF_8));
  }

  /** What came of it. */
  record Said(int code, String out, String err) {}
}
