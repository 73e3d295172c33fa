package dev.runar.internal.webhook;

import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** By the JDK's HTTP client, which begins with the first call. Follows no redirects. Any thread. */
final class HttpPost implements WebhookPost {
  private static final Duration CONNECT = Duration.ofSeconds(5);
  private static final long WHOLE_SECONDS = 10;

  private final Executor work;
  private @Nullable HttpClient client; // guarded by this
  private boolean closed; // guarded by this

  /**
   * No call is made yet.
   *
   * @param work runs what may block, such as finding the address of a name
   */
  HttpPost(Executor work) {
    this.work = work;
  }

  @Override
  public CompletableFuture<Integer> make(Call call) {
    CompletableFuture<HttpResponse<Void>> answer =
        CompletableFuture.supplyAsync(() -> request(call), work)
            .thenCompose(request -> client().sendAsync(request, BodyHandlers.discarding()));
    // The client's own limit ends with the headers: whoever sends a body for ever is cut off too.
    return answer
        .orTimeout(WHOLE_SECONDS, TimeUnit.SECONDS)
        .thenApply(HttpResponse::statusCode)
        .whenComplete((status, error) -> answer.cancel(true));
  }

  private static HttpRequest request(Call call) {
    var request =
        HttpRequest.newBuilder(call.url())
            .timeout(Duration.ofSeconds(WHOLE_SECONDS))
            .POST(BodyPublishers.ofByteArray(call.body()));
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
