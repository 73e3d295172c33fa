package dev.runar.internal.webhook;

import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodySubscribers;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** By the JDK's HTTP client, which begins with the first call. Follows no redirects. Any thread. */
final class HttpPost implements WebhookPost {
  private static final Duration CONNECT = Duration.ofSeconds(5);
  private static final Duration WHOLE = Duration.ofSeconds(10);

  private final Executor work;
  private final Duration whole;
  private @Nullable HttpClient client; // guarded by this
  private boolean closed; // guarded by this

  /**
   * No call is made yet.
   *
   * @param work runs what may block, such as finding the address of a name
   */
  HttpPost(Executor work) {
    this(work, WHOLE);
  }

  /**
   * As the other, for a test.
   *
   * @param whole how long a call may take, with the body of its answer
   */
  HttpPost(Executor work, Duration whole) {
    this.work = work;
    this.whole = whole;
  }

  @Override
  public CompletableFuture<Integer> make(Call call) {
    var status = new CompletableFuture<Integer>();
    var over = new CompletableFuture<Void>();
    // A limit of the client's own would end with the headers: this one is for the body too.
    return CompletableFuture.supplyAsync(() -> request(call), work)
        .thenComposeAsync(request -> begin(request, status, over), work)
        .orTimeout(whole.toNanos(), TimeUnit.NANOSECONDS)
        .thenApply(HttpResponse::statusCode)
        .exceptionallyCompose(
            error -> status.isDone() ? status : CompletableFuture.failedFuture(error))
        .whenComplete((any, error) -> over.complete(null));
  }

  /**
   * Begins a call.
   *
   * @param status known with the headers: no body changes it
   * @param over ends the exchange and its connection, if they have not ended; only the future that
   *     the client gave can do so, none that depends on it
   */
  private CompletableFuture<HttpResponse<Void>> begin(
      HttpRequest request, CompletableFuture<Integer> status, CompletableFuture<Void> over) {
    CompletableFuture<HttpResponse<Void>> exchange =
        client()
            .sendAsync(
                request,
                headers -> {
                  status.complete(headers.statusCode());
                  return BodySubscribers.discarding();
                });
    var _ = over.thenRun(() -> exchange.cancel(true));
    return exchange;
  }

  private static HttpRequest request(Call call) {
    var request =
        HttpRequest.newBuilder(call.url()).POST(BodyPublishers.ofByteArray(call.body().encoded()));
    call.headers().forEach(request::setHeader);
    return request.build();
  }

  private synchronized HttpClient client() {
    if (closed) {
      throw new IllegalStateException("the node has stopped");
    }
    HttpClient made = client;
    if (made == null) {
      made =
          HttpClient.newBuilder()
              .version(HttpClient.Version.HTTP_1_1)
              .connectTimeout(CONNECT)
              .followRedirects(HttpClient.Redirect.NEVER)
              .executor(work)
              .build();
      client = made;
    }
    return made;
  }

  @Override
  public synchronized void close() {
    closed = true;
    if (client != null) {
      client.shutdownNow();
    }
  }
}
