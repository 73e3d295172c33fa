package dev.runar.internal.script.web;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import org.graalvm.polyglot.Value;
import org.graalvm.polyglot.proxy.ProxyExecutable;
import org.jspecify.annotations.Nullable;

/**
 * The body of an answer: a function {@code (resolve, reject)} that gives the next bytes, or null at
 * the end; without arguments it gives the body up. Owner thread and the client's.
 */
final class ResponseBody implements Flow.Subscriber<List<ByteBuffer>>, ProxyExecutable {
  private final Operations operations;
  private final Connections connections;
  private final Runnable giveUp = this::cancel;
  private final CompletableFuture<Flow.Subscription> subscription = new CompletableFuture<>();
  private @Nullable CompletableFuture<byte @Nullable []> asked; // guarded by this
  private @Nullable CompletableFuture<byte @Nullable []> ended; // guarded by this

  ResponseBody(Operations operations, Connections connections) {
    this.operations = operations;
    this.connections = connections;
  }

  @Override
  public @Nullable Object execute(Value... arguments) {
    if (arguments.length == 0) {
      connections.forget(giveUp);
      cancel();
      return null;
    }
    Value resolve = arguments[0];
    Value reject = arguments[1];
    if (!operations.begin()) {
      reject.executeVoid("too many operations are unanswered");
      return null;
    }
    var _ =
        next()
            .whenComplete(
                (bytes, error) ->
                    operations.end(
                        "fetch body",
                        () -> {
                          if (error != null) {
                            reject.executeVoid(Network.message(error));
                          } else if (bytes == null) {
                            resolve.executeVoid((Object) null);
                          } else {
                            resolve.executeVoid(ByteBuffer.wrap(bytes));
                          }
                        }));
    return null;
  }

  private void cancel() {
    var _ = subscription.thenAccept(Flow.Subscription::cancel);
    onError(new IOException("the body was given up")); // the client says nothing after a cancel
  }

  private CompletableFuture<byte @Nullable []> next() {
    CompletableFuture<byte @Nullable []> next;
    synchronized (this) {
      if (ended != null) {
        return ended;
      }
      next = new CompletableFuture<>();
      asked = next;
    }
    var _ = subscription.thenAccept(known -> known.request(1));
    return next;
  }

  @Override
  public void onSubscribe(Flow.Subscription given) {
    subscription.complete(given);
    if (!connections.keep(giveUp)) {
      given.cancel();
      onError(new IOException("too many connections are open in this script"));
    }
  }

  @Override
  public void onNext(List<ByteBuffer> buffers) {
    int length = buffers.stream().mapToInt(ByteBuffer::remaining).sum();
    ByteBuffer joined = ByteBuffer.allocate(length);
    buffers.forEach(joined::put);
    CompletableFuture<byte @Nullable []> waiting;
    synchronized (this) {
      waiting = asked;
      asked = null;
    }
    if (waiting != null) {
      waiting.complete(joined.array());
    }
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
      ended = end;
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
