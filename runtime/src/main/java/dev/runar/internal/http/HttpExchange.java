package dev.runar.internal.http;

import java.util.concurrent.CompletableFuture;

/** One request that an action is asked for. Any thread. */
public interface HttpExchange {
  /** Completes with the response, whatever happens; never exceptionally. */
  CompletableFuture<HttpResponse> response();

  /** The client has gone: the action is told, and the response does not matter any more. */
  void cancel();
}
