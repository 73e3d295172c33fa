package dev.runar.internal.script.web;

import dev.runar.RunarException;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Flow;
import org.graalvm.polyglot.Value;
import org.graalvm.polyglot.proxy.ProxyArray;
import org.graalvm.polyglot.proxy.ProxyExecutable;
import org.jspecify.annotations.Nullable;

/** One hop of a {@code fetch}: a request without redirects over the JDK's client. Owner thread. */
final class Network {
  /** Set by the client itself. */
  private static final Set<String> OWN_HEADERS =
      Set.of("connection", "content-length", "expect", "host", "upgrade", "transfer-encoding");

  private final WebPlatform platform;
  private final WebHost host;
  private final Operations operations;

  Network(WebPlatform platform, WebHost host, Operations operations) {
    this.platform = platform;
    this.host = host;
    this.operations = operations;
  }

  /** Why there may be no connection to {@code (host, port)}; null if there may. */
  @Nullable Object refusal(Value... arguments) {
    try {
      host.permissions().net(arguments[0].asString(), arguments[1].asInt());
      return null;
    } catch (RunarException e) {
      return e.getMessage();
    }
  }

  /**
   * {@code (method, url, headers, body, resolve, reject)}. Headers are names and values by turns;
   * {@code resolve} gets the status, such headers, and a function that reads the body.
   *
   * @return a function that aborts, whenever it is called
   */
  Object send(Value... arguments) {
    Value resolve = arguments[4];
    Value reject = arguments[5];
    if (!operations.begin()) {
      reject.executeVoid("too many operations are unanswered");
      return (ProxyExecutable) none -> null;
    }
    CompletableFuture<HttpResponse<Flow.Publisher<List<ByteBuffer>>>> response;
    try {
      response = platform.client().sendAsync(request(arguments), BodyHandlers.ofPublisher());
    } catch (IllegalArgumentException e) {
      response = CompletableFuture.failedFuture(e);
    }
    var _ =
        response.whenComplete(
            (received, error) ->
                operations.end(
                    "fetch",
                    () -> {
                      if (received == null) {
                        reject.executeVoid(message(error));
                        return;
                      }
                      resolve.executeVoid(
                          received.statusCode(), headers(received), body(received.body()));
                    }));
    CompletableFuture<?> running = response;
    return (ProxyExecutable)
        none -> {
          running.cancel(true);
          return null;
        };
  }

  private static HttpRequest request(Value... arguments) {
    URI target = URI.create(arguments[1].asString());
    Value body = arguments[3];
    HttpRequest.Builder request =
        HttpRequest.newBuilder(target)
            .version(
                "https".equals(target.getScheme())
                    ? HttpClient.Version.HTTP_2
                    : HttpClient.Version.HTTP_1_1)
            .method(
                arguments[0].asString(),
                body.isNull()
                    ? BodyPublishers.noBody()
                    : BodyPublishers.ofByteArray(Operations.bytes(body)));
    Value headers = arguments[2];
    for (long i = 0; i + 1 < headers.getArraySize(); i += 2) {
      String name = headers.getArrayElement(i).asString();
      if (!OWN_HEADERS.contains(name.toLowerCase(Locale.ROOT))) {
        request.header(name, headers.getArrayElement(i + 1).asString());
      }
    }
    return request.build();
  }

  private static Object headers(HttpResponse<?> response) {
    var flat = new ArrayList<Object>();
    response
        .headers()
        .map()
        .forEach(
            (name, values) -> {
              if (!name.startsWith(":")) {
                values.forEach(value -> flat.addAll(List.of(name, value)));
              }
            });
    return ProxyArray.fromList(flat);
  }

  static String message(@Nullable Throwable error) {
    Throwable cause =
        error instanceof CompletionException wrapped && wrapped.getCause() != null
            ? wrapped.getCause()
            : error;
    if (cause == null) {
      return "the connection failed";
    }
    String text = cause.getMessage();
    return cause.getClass().getSimpleName() + (text == null ? "" : ": " + text);
  }

  /**
   * A function {@code (resolve, reject)} that gives the next bytes, or null at the end; without
   * arguments it gives the body up.
   */
  private ProxyExecutable body(Flow.Publisher<List<ByteBuffer>> publisher) {
    var body = new ResponseBody(operations);
    publisher.subscribe(body);
    return body;
  }

  /**
   * Takes what comes when it is asked for, one request at a time. Owner thread and the client's.
   */
  private static final class ResponseBody
      implements Flow.Subscriber<List<ByteBuffer>>, ProxyExecutable {
    private final Operations operations;
    private final CompletableFuture<Flow.Subscription> subscription = new CompletableFuture<>();
    private @Nullable CompletableFuture<byte @Nullable []> asked; // guarded by this
    private @Nullable CompletableFuture<byte @Nullable []> ended; // guarded by this

    ResponseBody(Operations operations) {
      this.operations = operations;
    }

    @Override
    public @Nullable Object execute(Value... arguments) {
      if (arguments.length == 0) {
        var _ = subscription.thenAccept(Flow.Subscription::cancel);
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
                              reject.executeVoid(message(error));
                            } else if (bytes == null) {
                              resolve.executeVoid((Object) null);
                            } else {
                              resolve.executeVoid(ByteBuffer.wrap(bytes));
                            }
                          }));
      return null;
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
}
