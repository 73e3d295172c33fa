import java.io.BufferedReader;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.WebSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Makes the AOT cache of the image: what the JVM loaded and linked in a training run. The run goes
 * through the launcher, so that the cache is made under the very flags it is used under.
 *
 * <p>Usage: {@code AotCache.java LAUNCHER TARGET_FOLDER APP TIME_OF_JARS}. Without an image there
 * is nothing to do, as when nothing has changed. A training that fails is no failure: the program
 * says so in one line and exits with 0, and the launcher starts the image without a cache.
 */
public final class AotCache {
  private static final Duration READY = Duration.ofSeconds(60);
  private static final Duration STOPPED = Duration.ofSeconds(120);
  private static final Duration ANSWERED = Duration.ofSeconds(5);
  private static final Pattern URL = Pattern.compile("http://[^\\s\",]+");

  private final Path launcher;
  private final Path target;
  private final Path app;
  private final FileTime time;
  private final Path cache;
  private final Path made;
  private final Path log;

  private AotCache(Path launcher, Path target, Path app, FileTime time) {
    this.launcher = launcher;
    this.target = target;
    this.app = app;
    this.time = time;
    this.cache = target.resolve("runar.aot");
    this.made = target.resolve("runar.aot.new");
    this.log = target.resolve("aot-cache.log");
  }

  public static void main(String[] arguments) throws IOException, InterruptedException {
    var program =
        new AotCache(
            Path.of(arguments[0]).toRealPath(),
            Path.of(arguments[1]).toAbsolutePath(),
            Path.of(arguments[2]).toAbsolutePath(),
            FileTime.from(Instant.parse(arguments[3])));
    try {
      program.run();
    } catch (IOException | IllegalStateException e) {
      System.out.println("runar: no AOT cache, Runar will start slower: " + e.getMessage());
    }
  }

  private void run() throws IOException, InterruptedException {
    Path image = target.resolve("image/runar.inputs");
    Path stamp = target.resolve("runar.aot.inputs");
    if (!Files.exists(image)) {
      Files.deleteIfExists(cache);
      return;
    }
    String inputs = inputs(image);
    if (Files.exists(cache) && Files.exists(stamp) && Files.readString(stamp).equals(inputs)) {
      dateJars();
      return;
    }
    long start = System.nanoTime();
    Files.deleteIfExists(cache); // before the jars look as old as those that it was made from
    Files.deleteIfExists(made);
    dateJars();
    try {
      train();
    } catch (IllegalStateException e) {
      Files.deleteIfExists(made);
      throw e;
    }
    Files.move(made, cache, StandardCopyOption.ATOMIC_MOVE);
    Files.writeString(stamp, inputs);
    System.out.printf(
        "runar: AOT cache made in %.1f s, %d MB%n",
        (System.nanoTime() - start) / 1e9, Files.size(cache) / 1_000_000);
  }

  /** What the cache is made from, as text: equal text, a cache that fits. */
  private String inputs(Path image) throws IOException {
    var text = new StringBuilder(Files.readString(image));
    text.append(Files.getLastModifiedTime(image)).append('\n');
    text.append(Files.readString(launcher)).append(Files.readString(app));
    text.append(time).append('\n');
    for (Path jar : jars()) {
      text.append(target.relativize(jar)).append(' ').append(sha256(jar)).append('\n');
    }
    return text.toString();
  }

  /**
   * Gives each jar the one time of the build. The JVM takes a cache only with jars of the size and
   * time that it was made with, so they must have a time that they can be given again elsewhere: in
   * an archive whose bytes are the same at each packing, or in a copy of this folder.
   */
  private void dateJars() throws IOException {
    for (Path jar : jars()) {
      Files.setLastModifiedTime(jar, time);
    }
  }

  private List<Path> jars() throws IOException {
    try (Stream<Path> jars = Files.list(target.resolve("lib"))) {
      return Stream.concat(Stream.of(target.resolve("runar.jar")), jars.sorted()).toList();
    }
  }

  private static String sha256(Path file) throws IOException {
    try {
      var digest = MessageDigest.getInstance("SHA-256");
      return HexFormat.of().formatHex(digest.digest(Files.readAllBytes(file)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  private void train() throws IOException, InterruptedException {
    // Of its own, so that no node of the user is met there; short, for the path of a socket is.
    Path runtimeFolder = Files.createTempDirectory("runar");
    var builder =
        new ProcessBuilder(launcher.toString(), "--no-build", "run", app.toString(), "--port", "0");
    builder.directory(target.toFile()).redirectErrorStream(true);
    builder.environment().put("RUNAR_JAVA_OPTS", "-XX:AOTCacheOutput=" + made.getFileName());
    builder.environment().put("XDG_RUNTIME_DIR", runtimeFolder.toString());
    Process process = builder.start();
    try {
      process.getOutputStream().close();
      CompletableFuture<String> ready = readOutput(process);
      visit(ready.get(READY.toSeconds(), TimeUnit.SECONDS));
      process.toHandle().destroy(); // asks; process.destroy() would close the output as well
      if (!process.waitFor(STOPPED.toSeconds(), TimeUnit.SECONDS)) {
        throw new IllegalStateException("the training did not stop in time, see " + log);
      }
    } catch (ExecutionException | TimeoutException e) {
      throw new IllegalStateException("the training did not get ready, see " + log);
    } finally {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly();
      deleteFolder(runtimeFolder);
    }
    if (!Files.exists(made)) {
      throw new IllegalStateException("the JVM wrote none, see " + log);
    }
  }

  /** Writes the output to the log; completes with the line that says ready, or fails at the end. */
  private CompletableFuture<String> readOutput(Process process) throws IOException {
    var ready = new CompletableFuture<String>();
    var lines = new BufferedReader(process.inputReader(StandardCharsets.UTF_8));
    var writer = Files.newBufferedWriter(log);
    Thread.ofVirtual()
        .start(
            () -> {
              try (lines;
                  writer) {
                for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                  writer.append(line).append('\n').flush();
                  if (line.contains("ready")) {
                    ready.complete(line);
                  }
                }
              } catch (IOException e) {
                ready.completeExceptionally(e);
              }
              ready.completeExceptionally(new IOException("ended"));
            });
    return ready;
  }

  /** Opens what a browser would open. What comes back is left to the tests. */
  private static void visit(String readyLine) throws InterruptedException {
    Optional<URI> url =
        URL.matcher(readyLine).results().findFirst().map(found -> URI.create(found.group()));
    if (url.isEmpty()) {
      return;
    }
    try (var client = HttpClient.newBuilder().connectTimeout(ANSWERED).build()) {
      var visits =
          List.of(
              client.sendAsync(get(url.get(), "/up"), BodyHandlers.discarding()),
              client.sendAsync(get(url.get(), "/"), BodyHandlers.discarding()),
              client
                  .newWebSocketBuilder()
                  .buildAsync(
                      URI.create("ws://" + url.get().getAuthority() + "/topics"),
                      new WebSocket.Listener() {})
                  .thenCompose(socket -> talk(socket)));
      for (CompletableFuture<?> visit : visits) {
        try {
          visit.get(ANSWERED.toSeconds(), TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException e) {
          System.out.println("runar: AOT cache: a part was not trained: " + e.getMessage());
        }
      }
      client.shutdownNow();
    }
  }

  private static HttpRequest get(URI base, String path) {
    return HttpRequest.newBuilder(base.resolve(path)).timeout(ANSWERED).build();
  }

  private static CompletableFuture<?> talk(WebSocket socket) {
    return socket
        .sendText("{\"subscribe\":\"training/*\"}", true)
        .thenCompose(
            sent -> sent.sendText("{\"request\":\"training/add\",\"data\":[1,2],\"id\":1}", true))
        .thenCompose(
            sent -> sent.sendText("{\"publish\":\"training/added\",\"data\":3,\"id\":2}", true))
        .thenCompose(sent -> sent.sendClose(WebSocket.NORMAL_CLOSURE, ""));
  }

  private static void deleteFolder(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : (Iterable<Path>) files.sorted(Comparator.reverseOrder())::iterator) {
        Files.delete(file);
      }
    }
  }
}
