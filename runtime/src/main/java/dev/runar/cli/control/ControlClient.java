package dev.runar.cli.control;

import dev.runar.Event;
import dev.runar.Payload;
import dev.runar.PublishReceipt;
import dev.runar.RunarException;
import dev.runar.RunarException.Code;
import dev.runar.Shell;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A command's connection to one running node. One thread at a time uses it; any thread may close
 * it, which ends what the other is waiting for.
 */
public final class ControlClient implements AutoCloseable {
  /** For questions that a node answers without its scripts. */
  public static final Duration PATIENCE = Duration.ofSeconds(5);

  private static final Logger LOG = System.getLogger("runar.control");
  private static final Executor READER = Thread::startVirtualThread;

  /** What a subscribed connection receives. */
  public sealed interface Received {}

  /** An event was published. */
  public record Published(Event event) implements Received {}

  /** So many events are missing here: this side did not read fast enough. */
  public record Missed(long events) implements Received {}

  private final String name;
  private final LineChannel lines;

  ControlClient(String name, SocketChannel channel) {
    this.name = name;
    this.lines = new LineChannel(channel);
  }

  /** The name of the node's socket. */
  public String name() {
    return name;
  }

  public NodeInfo info() {
    return NodeInfo.of(ask("info", Wire.mapOf("op", "info"), PATIENCE));
  }

  /**
   * Calls an action.
   *
   * @param timeout zero: the node's own
   * @throws RunarException what the action failed with; {@code TIMEOUT} also when the node does not
   *     answer at all
   */
  public Payload request(String path, Payload payload, Duration timeout) {
    var message =
        Wire.mapOf(
            "op",
            "request",
            "path",
            path,
            "payload",
            Wire.payload(payload),
            "timeoutMs",
            timeout.toMillis());
    Duration patience = timeout.isZero() ? Duration.ZERO : timeout.plus(PATIENCE);
    return Wire.payload(ask("payload", message, patience));
  }

  public PublishReceipt publish(String topic, Payload payload) {
    var message = Wire.mapOf("op", "publish", "topic", topic, "payload", Wire.payload(payload));
    return Wire.receipt(ask("receipt", message, PATIENCE));
  }

  /** Subscribes; {@link #next} has the events from then on. */
  public void subscribe(String pattern) {
    ask("subscribed", Wire.mapOf("op", "subscribe", "pattern", pattern), PATIENCE);
  }

  /**
   * Opens a shell in the node; from now on the connection is the shell's, which closes it.
   *
   * @param output takes what the shell writes to its console
   */
  public Shell shell(Consumer<String> output) {
    return new RemoteShell(name, lines, output);
  }

  /** The next thing received; null when the node has stopped or this side was closed. Blocks. */
  public @Nullable Received next() {
    String line = readLine();
    if (line == null) {
      return null;
    }
    var message = Wire.read(line);
    if (message.containsKey("error")) {
      throw Wire.error(Wire.map(message, "error"));
    }
    return message.containsKey("gap")
        ? new Missed(Wire.number(Wire.map(message, "gap"), "events"))
        : new Published(Wire.event(Wire.map(message, "event")));
  }

  @Override
  public void close() {
    try {
      lines.close();
    } catch (IOException e) {
      throw new RunarException(Code.INTERNAL, "cannot close the connection to " + name, e);
    }
  }

  private Map<String, @Nullable Object> ask(
      String key, Map<String, @Nullable Object> message, Duration patience) {
    message.put("v", Wire.VERSION);
    message.put("id", 1);
    try {
      lines.write(Wire.write(message));
    } catch (IOException e) { // the other side may have said why before it closed
      LOG.log(Level.DEBUG, "control node={0} written=false reason={1}", name, e.getMessage());
    }
    String line = patience.isZero() ? readLine() : readLine(patience);
    if (line == null) {
      throw gone();
    }
    var answer = Wire.read(line);
    if (answer.containsKey("error")) {
      throw Wire.error(Wire.map(answer, "error"));
    }
    return Wire.map(answer, key);
  }

  private @Nullable String readLine(Duration patience) {
    try {
      return CompletableFuture.supplyAsync(this::readLine, READER)
          .completeOnTimeout("", patience.toMillis(), TimeUnit.MILLISECONDS)
          .thenApply(this::refuseSilence)
          .join();
    } catch (CompletionException e) {
      throw e.getCause() instanceof RunarException cause ? cause : e;
    }
  }

  /** No answer is an empty line. */
  private @Nullable String refuseSilence(@Nullable String line) {
    if (line != null && line.isEmpty()) {
      close();
      throw new RunarException(Code.TIMEOUT, "the node '" + name + "' does not answer");
    }
    return line;
  }

  private @Nullable String readLine() {
    try {
      return lines.read();
    } catch (IOException e) { // closed by this side, or the node's process has died
      return null;
    }
  }

  private RunarException gone() {
    return new RunarException(
        Code.NOT_RUNNING, "the node '" + name + "' stopped before it answered");
  }
}
