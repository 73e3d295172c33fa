package dev.runar.path;

import dev.runar.Node;
import dev.runar.NodeConfig;
import dev.runar.Payload;
import dev.runar.PublishOptions;
import dev.runar.PublishReceipt;
import dev.runar.RunarException;
import dev.runar.Tools;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;
import org.jspecify.annotations.Nullable;

/** A ready node on a free port, with the scripts of one folder, and what it has logged. */
final class ScriptNode implements AutoCloseable {
  static final NodeConfig CONFIG =
      NodeConfig.DEFAULT
          .withServer(NodeConfig.Server.DEFAULT.withPort(0))
          .withDrainTimeout(Duration.ofSeconds(2));

  /** Strong, since loggers that nobody holds are forgotten with their handlers. */
  private static final List<Logger> LOGGERS =
      List.of(Logger.getLogger("runar"), Logger.getLogger("dev.runar"));

  final Node node;
  private final Path folder;
  private final ConcurrentLinkedQueue<String> log = new ConcurrentLinkedQueue<>();
  private final Handler handler =
      new Handler() {
        private final SimpleFormatter formatter = new SimpleFormatter();

        @Override
        public void publish(LogRecord line) {
          log.add(
              line.getLevel() + " " + line.getLoggerName() + " " + formatter.formatMessage(line));
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
      };

  private ScriptNode(Path folder, NodeConfig config, Tools tools) {
    this.folder = folder;
    this.node = Node.builder().config(config).tools(tools).build();
    for (Logger logger : LOGGERS) {
      logger.addHandler(handler);
      logger.setUseParentHandlers(false);
    }
  }

  /** A node that is not started and has no script. */
  static ScriptNode create(Path folder, NodeConfig config) {
    return create(folder, config, Tools.NONE);
  }

  /** A node that is not started and has no script, with tools attached. */
  static ScriptNode create(Path folder, NodeConfig config, Tools tools) {
    return new ScriptNode(folder, config, tools);
  }

  static ScriptNode start(Path folder, String script) {
    return start(folder, CONFIG, script);
  }

  /** A ready node with one script, {@code app.ts}. */
  static ScriptNode start(Path folder, NodeConfig config, String script) {
    var made = create(folder, config);
    try {
      made.add("app.ts", script).node.start().join();
      return made;
    } catch (RuntimeException e) {
      made.close();
      throw e;
    }
  }

  /** Writes a file of the project. */
  ScriptNode file(String name, String text) {
    try {
      Path file = folder.resolve(name);
      Files.createDirectories(file.getParent());
      Files.writeString(file, text);
      return this;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A file of the project. */
  Path path(String name) {
    return folder.resolve(name);
  }

  /** Adds a script and waits for its top level. */
  ScriptNode add(String name, String script) {
    file(name, script);
    value(node.addScript(folder.resolve(name)));
    return this;
  }

  /** What an action answers, as a Java value. */
  @Nullable Object call(String path, @Nullable Object payload) {
    return value(node.request(path, Payload.of(payload))).value();
  }

  @Nullable Object call(String path) {
    return call(path, null);
  }

  /** The answer as JSON text. */
  String json(String path) {
    return value(node.request(path, Payload.of(null))).text();
  }

  /** As {@link #json(String)}, of an action with one parameter. */
  String json(String path, Object argument) {
    return value(node.request(path, Payload.of(List.of(argument)))).text();
  }

  Map<String, Object> status() {
    return map(call("$runtime/status"));
  }

  /** What {@code $runtime/status} says of the only script. */
  Map<String, Object> context() {
    return map(((List<?>) status().get("contexts")).get(0));
  }

  Map<String, Object> ledger() {
    return map(status().get("ledger"));
  }

  List<String> log() {
    return List.copyOf(log);
  }

  /** The records logged so far that hold a text; code frames show the script, which has it too. */
  List<String> logged(String text) {
    return log.stream()
        .filter(record -> record.replaceAll("(?m)^ *(> )? *\\d* \\|.*$", "").contains(text))
        .toList();
  }

  Client connect(String path) {
    return Client.connect(uri(path));
  }

  URI uri(String path) {
    URI base = node.urls().get(0);
    return URI.create("ws://" + base.getHost() + ":" + base.getPort() + path);
  }

  PublishReceipt publish(String topic, @Nullable Object payload) {
    return publish(topic, payload, PublishOptions.DEFAULT);
  }

  PublishReceipt publish(String topic, @Nullable Object payload, PublishOptions options) {
    return value(node.publish(topic, Payload.of(payload), options));
  }

  static long number(Map<String, Object> map, String key) {
    return ((Number) map.get(key)).longValue();
  }

  @SuppressWarnings("unchecked")
  static Map<String, Object> map(@Nullable Object value) {
    return (Map<String, Object>) java.util.Objects.requireNonNull(value);
  }

  /** The value, or the error itself without its wrapper. */
  static <T> T value(CompletableFuture<T> future) {
    try {
      return future.orTimeout(30, java.util.concurrent.TimeUnit.SECONDS).join();
    } catch (CompletionException e) {
      throw e.getCause() instanceof RunarException cause ? cause : e;
    }
  }

  @Override
  public void close() {
    try {
      node.close();
    } finally {
      for (Logger logger : LOGGERS) {
        logger.removeHandler(handler);
        logger.setUseParentHandlers(true);
      }
    }
  }
}
