package dev.runar.internal.boot;

import dev.runar.Payload;
import dev.runar.RequestOptions;
import dev.runar.internal.http.ItemSource;
import dev.runar.internal.node.Failures;
import dev.runar.internal.node.NodeGate;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import java.util.concurrent.atomic.AtomicBoolean;

/** The one result of an action as a stream of one item. Any thread. */
record OneItem(NodeGate gate) implements ItemSource {
  @Override
  public Flow.Publisher<Payload> items(String path, Payload payload, RequestOptions options) {
    return subscriber -> {
      CompletableFuture<Payload> result = gate.request(path, payload, options);
      var begun = new AtomicBoolean();
      subscriber.onSubscribe(
          new Flow.Subscription() {
            @Override
            public void request(long count) {
              if (begun.compareAndSet(false, true)) {
                var _ =
                    result.whenComplete(
                        (item, error) -> {
                          if (error == null) {
                            subscriber.onNext(item);
                            subscriber.onComplete();
                          } else {
                            subscriber.onError(Failures.of(error));
                          }
                        });
              }
            }

            @Override
            public void cancel() {
              result.cancel(true);
            }
          });
    };
  }
}
