package dev.runar.conformance;

import dev.runar.Limits;
import dev.runar.Node;
import dev.runar.NodeConfig;
import dev.runar.Payload;
import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** Runs files of web-platform-tests, each in a script context of its own. One thread. */
final class WebPlatformTests implements AutoCloseable {
  private static final int SECONDS_FOR_A_FILE = 150;
  private static final Duration BUDGET = Duration.ofSeconds(SECONDS_FOR_A_FILE);

  /** A node keeps the context of every file that ran: more than there are files. */
  private static final int CONTEXTS = 2_000;

  private final Path root;
  private final Path work;
  private final Node node;
  private final Map<String, CompletableFuture<List<Outcome>>> waiting = new ConcurrentHashMap<>();
  private int count;

  /** What became of one test of a file. */
  record Outcome(String test, boolean passed, String message) {}

  WebPlatformTests(Path root, Path work) {
    this.root = root;
    this.work = work;
    this.node =
        Node.create(
            NodeConfig.DEFAULT
                .withServer(NodeConfig.Server.DEFAULT.withPort(0))
                .withLimits(Limits.DEFAULT.withTurnBudget(BUDGET).withContexts(CONTEXTS)));
    node.subscribe("wpt/results", (event, context) -> take(event.payload()));
    node.start().join();
  }

  /** The files that a glob such as {@code url/*.any.js} names, in order, in all their variants. */
  List<WebPlatformFile> files(String glob) throws IOException {
    PathMatcher matcher = FileSystems.getDefault().getPathMatcher("glob:" + glob);
    try (Stream<Path> files = Files.walk(root)) {
      return files
          .map(root::relativize)
          .filter(matcher::matches)
          .map(Path::toString)
          .sorted()
          .flatMap(file -> WebPlatformFile.of(root, file).stream())
          .toList();
    }
  }

  /** What became of each test; one failed outcome when the file does not end. */
  List<Outcome> run(WebPlatformFile file) throws IOException {
    var results = new CompletableFuture<List<Outcome>>();
    waiting.put(file.name(), results);
    Path script = work.resolve("wpt-" + count++ + ".mjs");
    Files.writeString(script, file.script());
    try {
      node.addScript(script).orTimeout(SECONDS_FOR_A_FILE, TimeUnit.SECONDS).join();
      return results.orTimeout(SECONDS_FOR_A_FILE, TimeUnit.SECONDS).join();
    } catch (RuntimeException e) {
      return List.of(new Outcome("(the file)", false, "did not end: " + e.getMessage()));
    } finally {
      waiting.remove(file.name());
    }
  }

  private void take(Payload payload) {
    Map<String, Object> told = Payload.json((String) payload.value()).asMap();
    var outcomes = new ArrayList<Outcome>();
    for (Object row : (List<?>) told.get("results")) {
      List<?> cells = (List<?>) row;
      outcomes.add(
          new Outcome(
              (String) cells.get(0),
              ((Number) cells.get(1)).intValue() == 0,
              (String) cells.get(2)));
    }
    CompletableFuture<List<Outcome>> asked = waiting.get((String) told.get("file"));
    if (asked != null) {
      asked.complete(outcomes);
    }
  }

  @Override
  public void close() {
    node.close();
  }

  /** Prints what fails: {@code FOLDER GLOB…}. */
  public static void main(String... arguments) throws IOException {
    Path root = Path.of(arguments[0]);
    var totals = new TreeMap<String, int[]>();
    try (var tests = new WebPlatformTests(root, Files.createTempDirectory("wpt"))) {
      for (int i = 1; i < arguments.length; i++) {
        for (WebPlatformFile file : tests.files(arguments[i])) {
          long begun = System.nanoTime();
          List<Outcome> outcomes = tests.run(file);
          long passed = outcomes.stream().filter(Outcome::passed).count();
          System.out.printf(
              "%s %d/%d %d ms%n",
              file.name(), passed, outcomes.size(), (System.nanoTime() - begun) / 1_000_000);
          outcomes.stream()
              .filter(outcome -> !outcome.passed())
              .forEach(o -> System.out.println("  FAIL " + o.test() + ": " + o.message()));
          int[] total = totals.computeIfAbsent(arguments[i], glob -> new int[2]);
          total[0] += (int) passed;
          total[1] += outcomes.size();
        }
      }
    }
    totals.forEach((glob, total) -> System.out.println(glob + " " + total[0] + "/" + total[1]));
  }
}
