package dev.runar.internal.node;

import dev.runar.Middleware.Publication;
import dev.runar.Payload;
import dev.runar.PublishOptions;
import dev.runar.PublishReceipt;
import java.util.concurrent.CompletableFuture;

/** Events on their way to the bus of a node that has something around it. Any thread. */
final class OutgoingEvents {
  private final EventBus bus;
  private final Surroundings around;
  private final Spans spans;

  OutgoingEvents(EventBus bus, Surroundings around, Spans spans) {
    this.bus = bus;
    this.around = around;
    this.spans = spans;
  }

  /** Nothing is around them: the bus can be asked itself. */
  boolean isPlain() {
    return spans.isOff() && !around.hasPublications();
  }

  /**
   * As the bus does.
   *
   * @throws dev.runar.RunarException what the middleware or the bus refuses with
   */
  CompletableFuture<PublishReceipt> publish(String topic, Payload payload, PublishOptions options) {
    Publication event = around.publish(new Publication(topic, payload, options));
    return spans.isOff()
        ? bus.publish(event.topic(), event.payload(), event.options(), null)
        : spans.publish(
            event.topic(),
            event.options().trace(),
            place -> bus.publish(event.topic(), event.payload(), event.options(), place));
  }
}
