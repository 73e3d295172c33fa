package dev.runar.internal.http;

import dev.runar.HttpCall;
import dev.runar.Payload;
import dev.runar.RequestOptions;
import java.util.concurrent.Flow;

/** Where the items of an action that streams come from. Any thread; never blocks. */
@FunctionalInterface
public interface ItemSource {
  /**
   * The items, from the first subscription on; a failure is a {@code RunarException}.
   *
   * @param path what is requested
   */
  Flow.Publisher<Payload> items(
      String path, Payload payload, RequestOptions options, HttpCall http);
}
