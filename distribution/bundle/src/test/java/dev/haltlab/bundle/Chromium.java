package dev.haltlab.bundle;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A headless Chromium and one page in it, driven by the DevTools protocol over the JDK's own WebSocket. What the page
 * logs, throws or asks the network for is kept.
 */
final class Chromium implements AutoCloseable {
  private static final long PATIENCE_SECONDS = 120; // against a hang, not against slowness
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final Pattern ADDRESS = Pattern.compile("DevTools listening on (ws://\\S+)");

  private final Process process;
  private final AtomicInteger ids = new AtomicInteger();
  private final Map<Integer, CompletableFuture<JsonNode>> answers = new ConcurrentHashMap<>();
  private final List<String> complaints = new CopyOnWriteArrayList<>();
  private final List<String> requests = new CopyOnWriteArrayList<>();
  private volatile CompletableFuture<JsonNode> loaded = new CompletableFuture<>();
  private final WebSocket socket;
  private @Nullable String session;

  private Chromium(Process process, URI address) {
    this.process = process;
    this.socket = await(HttpClient.newHttpClient().newWebSocketBuilder().buildAsync(address, new Ear()));
  }

  /** Where Chromium is: HALTLAB_CHROMIUM, else on the PATH under one of its names. */
  static Optional<Path> installed() {
    String named = System.getenv().getOrDefault("HALTLAB_CHROMIUM", "");
    if (!named.isEmpty()) {
      return Optional.of(Path.of(named)).filter(Files::isExecutable);
    }
    return Stream.of(System.getenv("PATH").split(":"))
        .flatMap(folder -> Stream.of("chromium", "chromium-browser", "google-chrome")
            .map(name -> Path.of(folder, name)))
        .filter(Files::isExecutable)
        .findFirst();
  }

  /** Starts the browser with an empty page. */
  static Chromium start(Path command, Path profile) throws IOException {
    Process process = new ProcessBuilder(
            command.toString(), "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
            "--disable-background-networking", "--disable-component-update", "--disable-sync",
            "--remote-debugging-port=0", "--user-data-dir=" + profile, "about:blank")
        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
        .start();
    BufferedReader said = process.errorReader(StandardCharsets.UTF_8);
    for (String line = said.readLine(); line != null; line = said.readLine()) {
      Matcher address = ADDRESS.matcher(line);
      if (address.find()) {
        // Read on, or the browser would wait for us once the pipe is full.
        Thread drain = new Thread(() -> said.lines().forEach(rest -> {}), "chromium-stderr");
        drain.setDaemon(true);
        drain.start();
        Chromium chromium = new Chromium(process, URI.create(address.group(1)));
        chromium.attach();
        return chromium;
      }
    }
    process.destroyForcibly();
    throw new IllegalStateException("Chromium ended without a word about its DevTools");
  }

  private void attach() {
    String target = call("Target.createTarget", Map.of("url", "about:blank")).get("targetId").stringValue();
    session = call("Target.attachToTarget", Map.of("targetId", target, "flatten", true)).get("sessionId").stringValue();
    for (String domain : List.of("Page", "Runtime", "Log", "Network")) {
      call(domain + ".enable", Map.of());
    }
  }

  /** Opens a file and waits until it is loaded. */
  void open(Path file) {
    complaints.clear();
    requests.clear();
    loaded = new CompletableFuture<>();
    call("Page.navigate", Map.of("url", file.toUri().toString()));
    await(loaded);
  }

  /** Gives the page another size, in CSS pixels. */
  void size(int width, int height) {
    call("Emulation.setDeviceMetricsOverride",
        Map.of("width", width, "height", height, "deviceScaleFactor", 1, "mobile", width < 500));
  }

  /**
   * Shows the page in another medium and colour scheme.
   *
   * @param medium {@code screen}, {@code print}, or empty for what it is
   * @param scheme {@code light} or {@code dark}
   */
  void medium(String medium, String scheme) {
    call("Emulation.setEmulatedMedia", Map.of(
        "media", medium, "features", List.of(Map.of("name", "prefers-color-scheme", "value", scheme))));
  }

  /** The value of an expression, a promise's included. */
  JsonNode eval(String expression) {
    JsonNode answer = call("Runtime.evaluate",
        Map.of("expression", expression, "returnByValue", true, "awaitPromise", true));
    if (answer.has("exceptionDetails")) {
      throw new IllegalStateException("the page threw: " + answer.get("exceptionDetails"));
    }
    JsonNode value = answer.get("result").get("value");
    return value == null ? JSON.nullNode() : value;
  }

  /** The whole page as PNG. */
  byte[] picture() {
    JsonNode box = call("Page.getLayoutMetrics", Map.of()).get("cssContentSize");
    return bytes(call("Page.captureScreenshot", Map.of("captureBeyondViewport", true, "clip", Map.of(
        "x", 0, "y", 0, "width", box.get("width").doubleValue(), "height", box.get("height").doubleValue(),
        "scale", 1))));
  }

  /** The page printed, as PDF. */
  byte[] print() {
    return bytes(call("Page.printToPDF", Map.of("printBackground", true, "paperWidth", 8.27, "paperHeight", 11.69,
        "preferCSSPageSize", true)));
  }

  private static byte[] bytes(JsonNode answer) {
    return Base64.getDecoder().decode(answer.get("data").stringValue());
  }

  /** Errors and warnings since the page was opened. */
  List<String> complaints() {
    return complaints;
  }

  /** What it asked for since it was opened, itself included. */
  List<String> requests() {
    return requests;
  }

  private JsonNode call(String method, Map<String, Object> parameters) {
    int id = ids.incrementAndGet();
    CompletableFuture<JsonNode> answer = new CompletableFuture<>();
    answers.put(id, answer);
    Map<String, Object> message = new LinkedHashMap<>();
    message.put("id", id);
    message.put("method", method);
    message.put("params", parameters);
    if (session != null) {
      message.put("sessionId", session);
    }
    await(socket.sendText(JSON.writeValueAsString(message), true));
    JsonNode said = await(answer);
    if (said.has("error")) {
      throw new IllegalStateException(method + ": " + said.get("error"));
    }
    return said.get("result");
  }

  private void heard(JsonNode message) {
    if (message.has("id")) {
      CompletableFuture<JsonNode> answer = answers.remove(message.get("id").intValue());
      if (answer != null) {
        answer.complete(message);
      }
      return;
    }
    JsonNode parameters = message.get("params");
    switch (message.get("method").stringValue()) {
      case "Page.loadEventFired" -> loaded.complete(parameters);
      case "Runtime.exceptionThrown" -> complaints.add(parameters.toString());
      case "Runtime.consoleAPICalled" -> {
        if (List.of("error", "warning", "assert").contains(parameters.get("type").stringValue())) {
          complaints.add(parameters.get("args").toString());
        }
      }
      case "Log.entryAdded" -> complaints.add(parameters.get("entry").toString());
      case "Network.requestWillBeSent" -> requests.add(parameters.get("request").get("url").stringValue());
      default -> {
        // of no interest
      }
    }
  }

  private static <T> T await(CompletableFuture<T> future) {
    try {
      return future.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException | ExecutionException | TimeoutException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Lets the browser end by itself, so that it takes its links out of the profile's folder. */
  @Override
  public void close() {
    List<ProcessHandle> all = new ArrayList<>(process.descendants().toList());
    all.add(process.toHandle());
    session = null;
    call("Browser.close", Map.of());
    all.forEach(handle -> await(handle.onExit()));
  }

  private final class Ear implements WebSocket.Listener {
    private final StringBuilder text = new StringBuilder();

    @Override
    public @Nullable CompletionStage<?> onText(WebSocket webSocket, CharSequence data, boolean last) {
      text.append(data);
      if (last) {
        heard(JSON.readTree(text.toString()));
        text.setLength(0);
      }
      webSocket.request(1);
      return null;
    }
  }
}
