package dev.runar.internal.webhook;

import dev.runar.Payload;
import java.net.URI;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/** Makes one call of a webhook. Any thread; never blocks. */
interface WebhookPost extends AutoCloseable {
  /** What is sent, with all its headers. */
  record Call(URI url, Map<String, String> headers, Payload body) {}

  /**
   * Makes the call.
   *
   * @return the status, in bounded time, whatever body comes with it; fails when there was none
   */
  CompletableFuture<Integer> make(Call call);

  /** Gives up what is under way. Repeatable. */
  @Override
  void close();
}
