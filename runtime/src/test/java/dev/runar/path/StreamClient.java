package dev.runar.path;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpResponse.ResponseInfo;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** A client of the Centrifugal protocol whose session is one response; keeps its lines. */
final class StreamClient implements AutoCloseable {
  static final HttpClient HTTP =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  /** Every line that came. */
  final BlockingQueue<String> received = new LinkedBlockingQueue<>();

  /** Complete at the end of the body, exceptionally if that was cut. */
  final CompletableFuture<Void> ended = new CompletableFuture<>();

  private final CompletableFuture<ResponseInfo> head = new CompletableFuture<>();
  private final CompletableFuture<Flow.Subscription> body = new CompletableFuture<>();
  private final HttpClient http;
  private final String base;

  private StreamClient(HttpClient http, String base, HttpRequest request) {
    this.http = http;
    this.base = base;
    var _ =
        http.sendAsync(
                request,
                info -> {
                  head.complete(info);
                  return BodyHandlers.fromLineSubscriber(new Lines()).apply(info);
                })
            .whenComplete(
                (response, error) -> {
                  if (error != null) {
                    head.completeExceptionally(error);
                  }
                });
  }

  /** Begins a session by a POST. */
  static StreamClient post(String base, String path, String commands) {
    return post(HTTP, base, path, commands);
  }

  /** As a client that trusts other certificates. */
  static StreamClient post(HttpClient http, String base, String path, String commands) {
    return new StreamClient(
        http,
        base,
        HttpRequest.newBuilder(URI.create(base + path))
            .header("content-type", "application/json")
            .POST(BodyPublishers.ofString(commands))
            .build());
  }

  static StreamClient get(String base, String pathAndQuery) {
    return get(HTTP, base, pathAndQuery);
  }

  static StreamClient get(HttpClient http, String base, String pathAndQuery) {
    return new StreamClient(
        http, base, HttpRequest.newBuilder(URI.create(base + pathAndQuery)).build());
  }

  int status() {
    return head.orTimeout(20, TimeUnit.SECONDS).join().statusCode();
  }

  HttpHeaders headers() {
    return head.orTimeout(20, TimeUnit.SECONDS).join().headers();
  }

  String next() {
    try {
      String line = received.poll(20, TimeUnit.SECONDS);
      if (line == null) {
        throw new AssertionError("no line within 20 seconds");
      }
      return line;
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  /** Waits for the end of the body. */
  void awaitEnd() {
    ended.orTimeout(20, TimeUnit.SECONDS).join();
  }

  /** What names the session, out of the reply to connect. */
  static String key(String connected) {
    return connected.replaceAll("(?s).*\"session\":\"([^\"]+)\".*", "$1");
  }

  /** Says something; the status of the answer. */
  int say(String key, String commands) {
    String data = commands.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n");
    return emulate("{\"session\":\"" + key + "\",\"data\":\"" + data + "\"}");
  }

  int emulate(String requestBody) {
    try {
      HttpRequest request =
          HttpRequest.newBuilder(URI.create(base + "/emulation"))
              .header("content-type", "application/json")
              .POST(BodyPublishers.ofString(requestBody))
              .build();
      HttpResponse<Void> answer = http.send(request, BodyHandlers.discarding());
      return answer.statusCode();
    } catch (java.io.IOException | InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  /** Hangs up. */
  @Override
  public void close() {
    var _ = body.thenAccept(Flow.Subscription::cancel);
  }

  private final class Lines implements Flow.Subscriber<String> {
    @Override
    public void onSubscribe(Flow.Subscription subscription) {
      body.complete(subscription);
      subscription.request(Long.MAX_VALUE);
    }

    @Override
    public void onNext(String line) {
      received.add(line);
    }

    @Override
    public void onError(Throwable error) {
      ended.completeExceptionally(error);
    }

    @Override
    public void onComplete() {
      ended.complete(null);
    }
  }
}
