package dev.runar.internal.script;

import dev.runar.Payload;
import dev.runar.PublishOptions;
import dev.runar.PublishReceipt;
import dev.runar.RequestOptions;
import dev.runar.SubscribeOptions;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The options of one operation as JSON text says them, and the receipt as JSON text. Stateless; any
 * thread.
 */
final class HostOptions {
  private static final Duration DEFAULT_WAIT = Duration.ofSeconds(5);

  private HostOptions() {}

  private static Map<String, @Nullable Object> options(@Nullable String json) {
    return json == null ? Map.of() : Payload.json(json).asMap();
  }

  static RequestOptions request(@Nullable String json) {
    if (json == null) {
      return RequestOptions.DEFAULT;
    }
    Map<String, @Nullable Object> options = options(json);
    var meta = new LinkedHashMap<String, String>();
    if (options.get("meta") instanceof Map<?, ?> map) {
      map.forEach((key, value) -> meta.put(String.valueOf(key), String.valueOf(value)));
    }
    return new RequestOptions(timeout(options, Duration.ZERO), meta);
  }

  static PublishOptions publish(@Nullable String json) {
    if (json == null) {
      return PublishOptions.DEFAULT;
    }
    Map<String, @Nullable Object> options = options(json);
    PublishOptions.Ack ack =
        options.get("ack") instanceof String name
            ? PublishOptions.Ack.valueOf(name.toUpperCase(Locale.ROOT))
            : PublishOptions.Ack.QUEUED;
    return new PublishOptions(ack, millis(options.get("retainFor"), Duration.ZERO));
  }

  private static SubscribeOptions past(Map<String, @Nullable Object> options) {
    return new SubscribeOptions(Boolean.TRUE.equals(options.get("includePast")));
  }

  static SubscribeOptions subscribe(@Nullable String json) {
    return past(options(json));
  }

  /** How long {@code on} waits, and for what. */
  record Wait(Duration timeout, SubscribeOptions subscribe) {}

  static Wait on(@Nullable String json) {
    Map<String, @Nullable Object> options = options(json);
    return new Wait(timeout(options, DEFAULT_WAIT), past(options));
  }

  private static Duration timeout(Map<String, @Nullable Object> options, Duration otherwise) {
    return millis(options.get("timeout"), otherwise);
  }

  private static Duration millis(@Nullable Object value, Duration otherwise) {
    return value instanceof Number number
        ? Duration.ofNanos((long) (number.doubleValue() * 1e6))
        : otherwise;
  }

  static String receipt(PublishReceipt receipt) {
    return Payload.object(
            "id", receipt.id(),
            "matched", receipt.matched(),
            "queued", receipt.queued(),
            "refused", receipt.refused(),
            "clients", receipt.clients(),
            "handled", receipt.handled(),
            "failed", receipt.failed(),
            "refusals",
                receipt.refusals().stream()
                    .map(
                        refusal ->
                            Map.of("pattern", refusal.pattern(), "reason", refusal.reason().name()))
                    .toList())
        .text();
  }
}
