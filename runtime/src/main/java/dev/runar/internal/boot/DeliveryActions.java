package dev.runar.internal.boot;

import dev.runar.Payload;
import dev.runar.RunarException;
import dev.runar.RunarException.Code;
import dev.runar.Service;
import dev.runar.internal.node.Deliveries;
import java.util.Map;

/** What {@code $runtime} tells of events: who took them, where they are, which have failed. */
final class DeliveryActions {
  private DeliveryActions() {}

  static Service.Builder addTo(Service.Builder runtime, Deliveries deliveries) {
    return runtime
        .action(
            "deliveries",
            (input, context) ->
                Payload.object(
                    "subscriptions", deliveries.bySubscription(), "sums", deliveries.sums()))
        .action("trace", (input, context) -> Payload.of(deliveries.trace(id(input, "an event"))))
        .action(
            "deadletters",
            (input, context) ->
                Payload.object("letters", deliveries.deadLetters(), "sums", deliveries.sums()))
        .action(
            "deadletters/replay",
            (input, context) ->
                Payload.object("event", deliveries.replay(id(input, "a dead letter"))))
        .action(
            "deadletters/clear",
            (input, context) -> Payload.object("cleared", cleared(deliveries, input)));
  }

  /** Without an id, all. */
  private static int cleared(Deliveries deliveries, Payload input) {
    if (input.value() instanceof Map<?, ?> named && named.get("id") != null) {
      deliveries.clear(id(input, "a dead letter"));
      return 1;
    }
    return deliveries.clear();
  }

  private static long id(Payload input, String of) {
    if (input.kind() != Payload.Kind.BYTES
        && input.value() instanceof Map<?, ?> named
        && named.get("id") instanceof Number id) {
      return id.longValue();
    }
    throw new RunarException(Code.INVALID_INPUT, "the input must be {\"id\": N}, the id of " + of);
  }
}
