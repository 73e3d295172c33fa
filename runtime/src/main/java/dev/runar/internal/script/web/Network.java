package dev.runar.internal.script.web;

import dev.runar.RunarException;
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

  /** Bytes of bodies of one script that are taken before they are asked for. */
  private static final long MAX_UNREAD_BYTES = 16L << 20;

  private final WebPlatform platform;
  private final WebHost host;
  private final Operations operations;
  private final Connections connections;
  private final ByteBudget unread = new ByteBudget(MAX_UNREAD_BYTES);

  Network(WebPlatform platform, WebHost host, Operations operations, Connections connections) {
    this.platform = platform;
    this.host = host;
    this.operations = operations;
    this.connections = connections;
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
   * {@code (method, url, headers, body, resolve, reject)}. Headers are names and values by turns; a
   * body is null, a {@code Uint8Array} or a function, see {@link RequestBody}; {@code resolve} gets
   * the status, such headers, and a {@link BodyReader}.
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
    CompletableFuture<?> running = response;
    Runnable abort = () -> running.cancel(true);
    if (!connections.keep(abort)) {
      abort.run();
    }
    var _ =
        response.whenComplete(
            (received, error) -> {
              connections.forget(abort);
              @Nullable BodyReader body = received == null ? null : body(received.body());
              operations.end(
                  "fetch",
                  () -> {
                    if (received == null || body == null) {
                      reject.executeVoid(message(error));
                      return;
                    }
                    resolve.executeVoid(received.statusCode(), headers(received), body);
                  });
            });
    return (ProxyExecutable)
        none -> {
          abort.run();
          return null;
        };
  }

  private HttpRequest request(Value... arguments) {
    URI target = UrlAsUri.of(arguments[1].asString());
    Value body = arguments[3];
    HttpRequest.Builder request =
        HttpRequest.newBuilder(target)
            .version(
                "https".equals(target.getScheme())
                    ? HttpClient.Version.HTTP_2
                    : HttpClient.Version.HTTP_1_1)
            .method(arguments[0].asString(), publisher(body));
    Value headers = arguments[2];
    for (long i = 0; i + 1 < headers.getArraySize(); i += 2) {
      String name = headers.getArrayElement(i).asString();
      if (!OWN_HEADERS.contains(name.toLowerCase(Locale.ROOT))) {
        request.header(name, headers.getArrayElement(i + 1).asString());
      }
    }
    return request.build();
  }

  private HttpRequest.BodyPublisher publisher(Value body) {
    if (body.isNull()) {
      return BodyPublishers.noBody();
    }
    return body.canExecute()
        ? BodyPublishers.fromPublisher(new RequestBody(host, body))
        : BodyPublishers.ofByteArray(Operations.bytes(body));
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

  private BodyReader body(Flow.Publisher<List<ByteBuffer>> publisher) {
    var body = new ResponseBody(connections, unread);
    publisher.subscribe(body);
    var reader = new BodyReader(operations, body);
    var _ = platform.cleaner().register(reader, body::giveUp);
    return reader;
  }
}
