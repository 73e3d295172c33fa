package dev.runar.internal.script.web;

import java.io.ByteArrayOutputStream;
import java.net.URI;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.graalvm.polyglot.Value;
import org.graalvm.polyglot.proxy.ProxyExecutable;
import org.jspecify.annotations.Nullable;

/**
 * One WebSocket that a script has opened. The script calls it on the owner thread, the JDK's client
 * on its own threads, one call at a time; every other method is for any thread.
 *
 * <p>The script's listener hears {@code ("open", protocol)}, {@code ("text", string)}, {@code
 * ("bytes", buffer)}, {@code ("sent", bytes)} and last, once, {@code ("closed", wasClean, code,
 * reason, failure)}, where {@code failure} is null when nothing went wrong. The next message is
 * asked of the network when the listener has returned from the last, so a script that is slow slows
 * its peer.
 */
final class ClientSocket implements WebSocket.Listener, SocketOutbox.Listener, ProxyExecutable {
  /** The largest message that is taken. */
  private static final int MAX_MESSAGE = 16 << 20;

  /** How long the peer may take to answer a close frame. */
  private static final Duration CLOSE_PATIENCE = Duration.ofSeconds(10);

  /** How long a close may take in all, so also what waits to be sent before it. */
  private static final Duration CLOSE_DEADLINE = Duration.ofMinutes(1);

  private static final int ABNORMAL = 1006;
  private static final int TOO_BIG = 1009;

  /** What the JDK lets a client send in place of {@link #TOO_BIG}. */
  private static final int POLICY = 1008;

  private static final int NORMAL = 1000;
  private static final int NO_CODE = 1005;

  private final WebHost host;
  private final Value listener;
  private final SocketOutbox outbox;
  private final ByteBudget received;
  private final CompletableFuture<Void> ended = new CompletableFuture<>();
  private final AtomicBoolean over = new AtomicBoolean();
  private final AtomicInteger unreported = new AtomicInteger();
  private volatile @Nullable CompletableFuture<WebSocket> opening;
  private volatile @Nullable WebSocket socket;
  private volatile boolean closedWithoutCode;

  // The client's threads: the parts of a message so far.
  private final StringBuilder text = new StringBuilder();
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

  /** Bytes of those parts, taken of {@link #received}. */
  private final AtomicInteger size = new AtomicInteger();

  ClientSocket(WebHost host, Value listener, SocketOutbox outbox, ByteBudget received) {
    this.host = host;
    this.listener = listener;
    this.outbox = outbox;
    this.received = received;
  }

  void connect(WebSocket.Builder handshake, URI target) {
    CompletableFuture<WebSocket> begun = handshake.buildAsync(target, this);
    opening = begun;
    var _ =
        begun.whenComplete(
            (open, error) -> {
              if (open == null) {
                finish(false, ABNORMAL, "", Network.message(error));
              }
            });
  }

  /** Completes when the connection is over, whichever way. */
  CompletableFuture<Void> ended() {
    return ended.copy();
  }

  /**
   * {@code ("text", string, bytes)} or {@code ("bytes", Uint8Array)} sends, false when too much
   * waits; {@code ("close", code, reason)} closes, where the code may be null; {@code ("abort")}
   * gives up a connection that the script has not heard to be open.
   */
  @Override
  public @Nullable Object execute(Value... arguments) {
    return switch (arguments[0].asString()) {
      case "text" -> outbox.send(arguments[1].asString(), arguments[2].asInt());
      case "bytes" -> outbox.send(Operations.bytes(arguments[1]));
      case "abort" -> {
        finish(false, ABNORMAL, "", "it was closed before it was open");
        yield null;
      }
      default -> {
        int code = arguments[1].isNull() ? NO_CODE : arguments[1].asInt();
        close(code, arguments[2].asString(), CLOSE_DEADLINE);
        yield null;
      }
    };
  }

  /** Sends the close frame after what waits; ends the connection when that is not over in time. */
  void close(int code, String reason, Duration deadline) {
    closedWithoutCode = code == NO_CODE;
    endAfter(deadline);
    outbox.close(closedWithoutCode ? NORMAL : code, reason); // the JDK sends no close without one
  }

  @Override
  public void closeSent() {
    endAfter(CLOSE_PATIENCE);
  }

  private void endAfter(Duration patience) {
    var _ =
        ended()
            .orTimeout(patience.toMillis(), TimeUnit.MILLISECONDS)
            .exceptionally(
                late -> {
                  finish(false, ABNORMAL, "", null);
                  return null;
                });
  }

  /** Ends a connection that cannot be made. */
  void fail(String reason) {
    finish(false, ABNORMAL, "", reason);
  }

  /** Ends the connection at once; the script hears no more of it when its context is gone. */
  void abort() {
    finish(false, ABNORMAL, "", null);
  }

  @Override
  public void onOpen(WebSocket open) {
    socket = open;
    if (over.get()) {
      open.abort();
      return;
    }
    outbox.open(open, this);
    tell(open, "open", open.getSubprotocol(), () -> {});
  }

  @Override
  public @Nullable CompletionStage<?> onText(WebSocket from, CharSequence part, boolean last) {
    if (!grow(from, Utf8Length.of(part))) {
      return null;
    }
    text.append(part);
    if (!last) {
      from.request(1);
      return null;
    }
    String message = text.toString();
    text.setLength(0);
    deliver(from, "text", message);
    return null;
  }

  @Override
  public @Nullable CompletionStage<?> onBinary(WebSocket from, ByteBuffer part, boolean last) {
    if (!grow(from, part.remaining())) {
      return null;
    }
    byte[] copy = new byte[part.remaining()];
    part.get(copy);
    bytes.writeBytes(copy);
    if (!last) {
      from.request(1);
      return null;
    }
    ByteBuffer message = ByteBuffer.wrap(bytes.toByteArray());
    bytes.reset();
    deliver(from, "bytes", message);
    return null;
  }

  private boolean grow(WebSocket from, int more) {
    if (size.get() + (long) more > MAX_MESSAGE || !received.take(more)) {
      refuse(from);
      return false;
    }
    size.addAndGet(more);
    if (over.get()) {
      received.giveBack(size.getAndSet(0));
      return false;
    }
    return true;
  }

  private void refuse(WebSocket from) {
    String reason = "a message is too big";
    var _ =
        from.sendClose(POLICY, reason)
            .orTimeout(CLOSE_PATIENCE.toMillis(), TimeUnit.MILLISECONDS)
            .whenComplete((sent, error) -> finish(false, TOO_BIG, reason, reason));
  }

  private void deliver(WebSocket from, String kind, Object message) {
    int took = size.getAndSet(0);
    tell(from, kind, message, () -> received.giveBack(took));
  }

  private void tell(WebSocket from, String what, Object value, Runnable first) {
    host.post(
        "WebSocket " + what,
        () -> {
          first.run();
          try {
            listener.executeVoid(what, value);
          } finally {
            from.request(1);
          }
        });
  }

  @Override
  public @Nullable CompletionStage<?> onPing(WebSocket from, ByteBuffer message) {
    from.request(1); // the JDK answers it
    return null;
  }

  @Override
  public @Nullable CompletionStage<?> onPong(WebSocket from, ByteBuffer message) {
    from.request(1);
    return null;
  }

  @Override
  public @Nullable CompletionStage<?> onClose(WebSocket from, int code, String reason) {
    boolean answered = closedWithoutCode && code == NORMAL && reason.isEmpty();
    finish(code != ABNORMAL, answered ? NO_CODE : code, reason, null);
    return null;
  }

  @Override
  public void onError(WebSocket from, Throwable error) {
    finish(false, ABNORMAL, "", Network.message(error));
  }

  @Override
  public void failed() {
    finish(false, ABNORMAL, "", "it cannot be written to");
  }

  /** One callback at most waits to tell what was sent. */
  @Override
  public void sent(int count) {
    if (count > 0 && unreported.getAndAdd(count) == 0) {
      host.post("WebSocket sent", () -> listener.executeVoid("sent", unreported.getAndSet(0)));
    }
  }

  private void finish(boolean wasClean, int code, String reason, @Nullable String failure) {
    if (!over.compareAndSet(false, true)) {
      return;
    }
    outbox.clear();
    received.giveBack(size.getAndSet(0));
    CompletableFuture<WebSocket> begun = opening;
    if (begun != null) {
      begun.cancel(true);
    }
    WebSocket open = socket;
    if (open != null && !wasClean) {
      open.abort();
    }
    host.post(
        "WebSocket close", () -> listener.executeVoid("closed", wasClean, code, reason, failure));
    ended.complete(null);
  }
}
