package dev.runar.internal.boot;

import dev.runar.ActionOptions;
import dev.runar.ActionOptions.Visibility;
import dev.runar.Payload;
import dev.runar.RunarException;
import dev.runar.RunarException.Code;
import dev.runar.Service;
import dev.runar.internal.broker.offline.OfflineQueues;
import dev.runar.internal.broker.offline.QueueKey;
import dev.runar.internal.broker.offline.WaitingMessage;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.BiFunction;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The service {@code $offline}: what programs ask of the offline queues. Its actions wait for the
 * store, on the threads of Java handlers.
 */
final class OfflineService {
  private static final ActionOptions OPTIONS =
      ActionOptions.builder().visibility(Visibility.INTERNAL).build();

  private static final int USUAL_LIMIT = 100;
  private static final int MAX_LIMIT = 1_000;
  private static final int MAX_CAUSE = 1_000;

  private OfflineService() {}

  /** What is done with an input. */
  private interface Deed extends BiFunction<OfflineQueues, Input, Payload> {}

  /**
   * Makes the service.
   *
   * @param port the open one; throws while there is none
   */
  static Service of(Supplier<Port> port) {
    Supplier<OfflineQueues> queues = () -> port.get().offline();
    Service.Builder service =
        Service.at("$offline").name("offline").description("What waits for clients that are away");
    add(service, "join", queues, (all, in) -> level(all.join(in.key())));
    add(service, "leave", queues, (all, in) -> level(all.leave(in.key())));
    add(service, "members", queues, (all, in) -> keys(all.members(in.text("group"))));
    add(service, "offer", queues, OfflineService::offer);
    add(service, "publish", queues, OfflineService::publish);
    add(service, "unacked", queues, OfflineService::unacked);
    add(
        service,
        "ack",
        queues,
        (all, in) ->
            Payload.object(
                "level", result(all.ack(in.key(), in.number("id"))).map(Enum::name).orElse(null)));
    add(
        service,
        "nack",
        queues,
        (all, in) ->
            Payload.object(
                "deliveries",
                result(all.nack(in.key(), in.number("id"), in.cause())).orElse(null)));
    return service.build();
  }

  private static void add(
      Service.Builder service, String action, Supplier<OfflineQueues> queues, Deed deed) {
    service.action(
        action, OPTIONS, (input, context) -> deed.apply(queues.get(), new Input(input.asMap())));
  }

  private static Payload offer(OfflineQueues queues, Input input) {
    var receipt = result(queues.offer(input.key(), input.data()));
    return Payload.object("id", receipt.id(), "level", receipt.level().name());
  }

  private static Payload publish(OfflineQueues queues, Input input) {
    String except = input.fields().get("except") == null ? null : input.text("except");
    var published = result(queues.publish(input.text("group"), except, input.data()));
    return Payload.object(
        "level",
        published.level().name(),
        "taken",
        keys(published.taken()).value(),
        "refused",
        keys(published.refused()).value());
  }

  private static Payload unacked(OfflineQueues queues, Input input) {
    long after = input.number("after", 0);
    long limit = Math.clamp(input.number("limit", USUAL_LIMIT), 1, MAX_LIMIT);
    return Payload.of(
        result(queues.unacked(input.key(), after, (int) limit)).stream()
            .map(OfflineService::message)
            .toList());
  }

  private static Map<String, ?> message(WaitingMessage message) {
    var map = new LinkedHashMap<String, @Nullable Object>();
    map.put("id", message.id());
    message.payload().ifPresent(payload -> map.put("data", payload.value()));
    map.put("damaged", message.payload().isEmpty());
    map.put("deliveries", message.deliveries());
    map.put("redelivered", message.isRedelivered());
    map.put("offeredAt", message.offeredAtMs());
    return map;
  }

  private static Payload level(CompletableFuture<? extends Enum<?>> future) {
    return Payload.object("level", result(future).name());
  }

  private static Payload keys(List<QueueKey> keys) {
    return Payload.of(
        keys.stream().map(key -> Map.of("user", key.user(), "client", key.client())).toList());
  }

  private static <T> T result(CompletableFuture<T> future) {
    try {
      return future.join();
    } catch (CompletionException e) {
      throw e.getCause() instanceof RuntimeException cause ? cause : e;
    }
  }

  /** An input, whose fields are checked as they are asked for. */
  private record Input(Map<String, @Nullable Object> fields) {
    QueueKey key() {
      return new QueueKey(text("group"), text("user"), text("client"));
    }

    String text(String name) {
      if (fields.get(name) instanceof String text) {
        return text;
      }
      throw wrong(name, "text");
    }

    long number(String name) {
      if (fields.get(name) instanceof Number number
          && number.doubleValue() == number.longValue()
          && number.longValue() >= 0) {
        return number.longValue();
      }
      throw wrong(name, "a whole number that is not negative");
    }

    long number(String name, long otherwise) {
      return fields.get(name) == null ? otherwise : number(name);
    }

    Payload data() {
      if (fields.containsKey("data")) {
        return Payload.of(fields.get("data"));
      }
      throw wrong("data", "there");
    }

    String cause() {
      String cause = fields.get("cause") == null ? "" : text("cause");
      return cause.length() > MAX_CAUSE ? cause.substring(0, MAX_CAUSE) : cause;
    }

    private static RunarException wrong(String name, String what) {
      return new RunarException(Code.INVALID_INPUT, "$." + name + " must be " + what);
    }
  }
}
