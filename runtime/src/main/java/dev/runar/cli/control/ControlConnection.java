package dev.runar.cli.control;

import dev.runar.Event;
import dev.runar.Node;
import dev.runar.Payload;
import dev.runar.RequestOptions;
import dev.runar.RunarException;
import dev.runar.RunarException.Code;
import dev.runar.Subscription;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * One command's connection, on the side of the node. {@link #serve} runs on the connection's own
 * virtual thread; any thread may close it.
 *
 * <p>Every message is answered, in the order in which the answers come. When the command goes away
 * its requests are cancelled and its subscription ends.
 */
final class ControlConnection {
  /** Unanswered requests of one connection; then {@code OVERLOADED}. */
  static final int MAX_PENDING = 16;

  private static final Logger LOG = System.getLogger("runar.control");

  private final LineChannel lines;
  private final NodeInfo info;
  private final Node node;
  private final EventBuffer events = new EventBuffer();
  private final Map<Long, CompletableFuture<?>> pending = new ConcurrentHashMap<>();

  private final ControlShell shell;

  // Touched by the connection's own thread only.
  private @Nullable Subscription subscription;
  private long requests;

  ControlConnection(LineChannel lines, NodeInfo info, Node node) {
    this.lines = lines;
    this.info = info;
    this.node = node;
    this.shell = new ControlShell(node, this::write);
  }

  /** Answers until the other side goes away. */
  void serve() {
    try {
      String line = lines.read();
      while (line != null) {
        receive(line);
        line = lines.read();
      }
    } catch (RunarException e) {
      refuse(e);
    } catch (IOException e) {
      LOG.log(Level.DEBUG, "control connection=lost reason={0}", e.getMessage());
    } finally {
      close();
      events.close();
      shell.close();
      pending.values().forEach(answer -> answer.cancel(false));
      if (subscription != null) {
        subscription.close();
      }
    }
  }

  /** Says why and closes. */
  void refuse(RunarException reason) {
    answer(null, "error", Wire.error(reason));
    close();
  }

  void close() {
    try {
      lines.close();
    } catch (IOException e) {
      LOG.log(Level.DEBUG, "control connection=lost reason={0}", e.getMessage());
    }
  }

  private void receive(String line) {
    var message = Wire.read(line);
    Object id = message.get("id");
    try {
      if (Wire.number(message, "v") != Wire.VERSION) {
        throw new RunarException(
            Code.PROTOCOL,
            "this node is of Runar %s and speaks version %d of the control socket"
                .formatted(info.version(), Wire.VERSION));
      }
      perform(id, message);
    } catch (RunarException e) {
      answer(id, "error", Wire.error(e));
    }
  }

  private void perform(@Nullable Object id, Map<String, @Nullable Object> message) {
    String op = Wire.text(message, "op");
    if (ControlShell.knows(op)) {
      shell.perform(id, op, message);
      return;
    }
    switch (op) {
      case "info" -> answer(id, "info", info.asMap());
      case "request" -> request(id, message);
      case "publish" -> publish(id, message);
      case "subscribe" -> subscribe(id, Wire.text(message, "pattern"));
      default ->
          throw new RunarException(
              Code.PROTOCOL,
              "op is one of info, request, publish, subscribe, evaluate, complete and interrupt");
    }
  }

  private void request(@Nullable Object id, Map<String, @Nullable Object> message) {
    var timeout = Duration.ofMillis(Wire.number(message, "timeoutMs"));
    Payload payload = Wire.payload(Wire.map(message, "payload"));
    refuseTooManyPending();
    track(
        id,
        "payload",
        node.request(
            Wire.text(message, "path"),
            payload,
            new RequestOptions(timeout, Map.of(), "runar call")),
        Wire::payload);
  }

  private void publish(@Nullable Object id, Map<String, @Nullable Object> message) {
    Payload payload = Wire.payload(Wire.map(message, "payload"));
    refuseTooManyPending();
    track(id, "receipt", node.publish(Wire.text(message, "topic"), payload), Wire::receipt);
  }

  private void refuseTooManyPending() {
    if (pending.size() >= MAX_PENDING) {
      throw new RunarException(
          Code.OVERLOADED, MAX_PENDING + " requests of this connection are unanswered");
    }
  }

  /** The answer is written by a thread of its own: the completing one may be an owner thread. */
  private <T> void track(
      @Nullable Object id,
      String key,
      CompletableFuture<T> answer,
      java.util.function.Function<T, Map<String, @Nullable Object>> form) {
    long number = requests++;
    pending.put(number, answer);
    var _ =
        answer.whenCompleteAsync(
            (result, failure) -> {
              pending.remove(number);
              if (failure == null) {
                answer(id, key, form.apply(result));
              } else {
                answer(id, "error", Wire.error(typed(failure)));
              }
            },
            Thread::startVirtualThread);
  }

  private void subscribe(@Nullable Object id, String pattern) {
    if (subscription != null) {
      throw new RunarException(Code.PROTOCOL, "a connection has one subscription");
    }
    subscription = node.subscribe(pattern, (event, context) -> events.offer(event));
    answer(id, "subscribed", Wire.mapOf("pattern", pattern));
    Thread.ofVirtual().name("runar-control-events").start(this::writeEvents);
  }

  private void writeEvents() {
    try {
      EventBuffer.Entry entry = events.take();
      while (entry != null) {
        switch (entry) {
          case EventBuffer.Shown(Event event, int bytes) ->
              answer(null, "event", Wire.event(event));
          case EventBuffer.Gap(long missing) -> answer(null, "gap", Wire.mapOf("events", missing));
        }
        entry = events.take();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void answer(@Nullable Object id, String key, Map<String, @Nullable Object> value) {
    write(id, Wire.mapOf(key, value));
  }

  private void write(@Nullable Object id, Map<String, @Nullable Object> message) {
    if (id != null) {
      message.put("id", id);
    }
    try {
      try {
        lines.write(Wire.write(message));
      } catch (RunarException e) { // too large: nothing of it was written
        lines.write(Wire.write(Wire.mapOf("id", id, "error", Wire.error(e))));
      }
    } catch (IOException e) {
      LOG.log(Level.DEBUG, "control connection=lost reason={0}", e.getMessage());
      close();
    }
  }

  private static RunarException typed(Throwable failure) {
    Throwable cause = failure;
    while (cause instanceof CompletionException && cause.getCause() != null) {
      cause = cause.getCause();
    }
    return cause instanceof RunarException error
        ? error
        : new RunarException(Code.INTERNAL, String.valueOf(cause), cause);
  }
}
