package dev.runar.internal.script.web;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import org.jspecify.annotations.Nullable;

/**
 * The body of an answer, as it comes from the client. Any thread.
 *
 * <p>The first {@link #AHEAD} bytes are taken before they are asked for, so that a small answer
 * that nobody reads does not hold its connection. It knows nothing of who reads it, so that a
 * reader that is forgotten can be collected: see {@link BodyReader}.
 */
final class ResponseBody implements Flow.Subscriber<List<ByteBuffer>> {
  /** How much may wait to be read; what comes in one piece may exceed it. */
  static final int AHEAD = 64 << 10;

  private final Connections connections;
  private final ByteBudget ahead;
  private final Runnable giveUp = this::giveUp;
  private final CompletableFuture<Flow.Subscription> subscription = new CompletableFuture<>();
  private final ArrayDeque<byte[]> ready = new ArrayDeque<>(); // guarded by this
  private int readyBytes; // guarded by this
  private int reserved; // of the budget; guarded by this
  private boolean requested; // guarded by this
  private @Nullable CompletableFuture<byte @Nullable []> asked; // guarded by this
  private @Nullable CompletableFuture<byte @Nullable []> ended; // guarded by this

  /**
   * @param ahead what all bodies of a script share; one that finds no room there is read no faster
   *     than it is asked for
   */
  ResponseBody(Connections connections, ByteBudget ahead) {
    this.connections = connections;
    this.ahead = ahead;
  }

  /** The next bytes, or null at the end; the one before must have been answered. */
  CompletableFuture<byte @Nullable []> next() {
    CompletableFuture<byte @Nullable []> next;
    synchronized (this) {
      byte[] bytes = ready.poll();
      if (bytes != null) {
        readyBytes -= bytes.length;
        settle();
        next = CompletableFuture.completedFuture(bytes);
      } else if (ended != null) {
        return ended;
      } else {
        next = new CompletableFuture<>();
        asked = next;
      }
    }
    request();
    return next;
  }

  /** Ends the connection; who waits for bytes hears that there are none. */
  void giveUp() {
    connections.forget(giveUp);
    var _ = subscription.thenAccept(Flow.Subscription::cancel);
    var error = new IOException("the body was given up");
    CompletableFuture<byte @Nullable []> waiting;
    synchronized (this) {
      ready.clear();
      readyBytes = 0;
      ended = CompletableFuture.failedFuture(error);
      settle();
      waiting = asked;
      asked = null;
    }
    if (waiting != null) {
      waiting.completeExceptionally(error); // the client says nothing after a cancel
    }
  }

  @Override
  public void onSubscribe(Flow.Subscription given) {
    subscription.complete(given);
    if (!connections.keep(giveUp)) {
      given.cancel();
      onError(new IOException("too many connections are open in this script"));
      return;
    }
    synchronized (this) {
      reserved = ended == null && ahead.take(AHEAD) ? AHEAD : 0;
    }
    request();
  }

  @Override
  public void onNext(List<ByteBuffer> buffers) {
    int length = buffers.stream().mapToInt(ByteBuffer::remaining).sum();
    ByteBuffer joined = ByteBuffer.allocate(length);
    buffers.forEach(joined::put);
    CompletableFuture<byte @Nullable []> waiting;
    synchronized (this) {
      requested = false;
      waiting = asked;
      asked = null;
      if (waiting == null && ended == null) {
        ready.add(joined.array());
        readyBytes += length;
      }
    }
    if (waiting != null) {
      waiting.complete(joined.array());
    }
    request();
  }

  /** Asks the client for more, if somebody waits for it or there is room. */
  private void request() {
    synchronized (this) {
      boolean wanted = asked != null || readyBytes < reserved;
      if (requested || ended != null || !wanted) {
        return;
      }
      requested = true;
    }
    var _ = subscription.thenAccept(known -> known.request(1));
  }

  /** Gives back what it cannot need any more. Under the lock. */
  private void settle() {
    int needed = ended == null ? reserved : Math.min(reserved, readyBytes);
    ahead.giveBack(reserved - needed);
    reserved = needed;
  }

  @Override
  public void onError(Throwable error) {
    end(
        CompletableFuture.failedFuture(
            error instanceof IOException ? error : new IOException(error)));
  }

  @Override
  public void onComplete() {
    end(CompletableFuture.completedFuture(null));
  }

  private void end(CompletableFuture<byte @Nullable []> end) {
    connections.forget(giveUp);
    CompletableFuture<byte @Nullable []> waiting;
    synchronized (this) {
      if (ended != null) {
        return;
      }
      ended = end;
      settle();
      waiting = asked;
      asked = null;
    }
    if (waiting == null) {
      return;
    }
    var _ =
        end.whenComplete(
            (bytes, error) -> {
              if (error != null) {
                waiting.completeExceptionally(error);
              } else {
                waiting.complete(bytes);
              }
            });
  }
}
