package dev.runar.internal.node;

import dev.runar.ActionOptions;
import dev.runar.Payload;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** All that is said of an action, as {@code $registry} shows it. Stateless. */
final class ActionDescription {
  private ActionDescription() {}

  /** What is at its default is null or empty; durations are in ms. */
  static Map<String, @Nullable Object> of(ServiceDefinition.Action action) {
    ActionOptions options = action.options();
    var map = new LinkedHashMap<String, @Nullable Object>();
    map.put("name", action.name());
    map.put("description", options.description());
    map.put("timeout", options.timeout().isZero() ? null : options.timeout().toMillis());
    map.put("params", action.params());
    map.put("input", value(options.input()));
    map.put("output", value(options.output()));
    map.put("idempotent", options.idempotent());
    map.put("retry", retry(options.retry()));
    map.put("cache", cache(options.cache()));
    map.put("bulkhead", bulkhead(options.bulkhead()));
    map.put("breaker", breaker(options.breaker()));
    map.put("errors", options.errors().stream().map(ActionDescription::error).toList());
    map.put("visibility", options.visibility().name());
    map.put("http", http(options.http()));
    map.put("stream", options.stream());
    map.put("takesStream", options.takesStream());
    if (action.endpoint() instanceof ActionStage stage) {
      map.put("counts", stage.counts());
    }
    return map;
  }

  private static @Nullable Map<String, ?> retry(ActionOptions.Retry retry) {
    return retry.attempts() <= 1
        ? null
        : Payload.object(
                "attempts", retry.attempts(),
                "backoff", retry.backoff().toMillis(),
                "maxBackoff", retry.maxBackoff().toMillis(),
                "jitter", retry.jitter())
            .asMap();
  }

  private static @Nullable Map<String, ?> cache(ActionOptions.@Nullable Cache cache) {
    return cache == null
        ? null
        : Payload.object(
                "ttl", millis(cache.ttl()),
                "maxEntries", cache.maxEntries(),
                "keys", cache.keys(),
                "meta", cache.meta(),
                "invalidatedBy", cache.invalidatedBy())
            .asMap();
  }

  private static @Nullable Map<String, ?> bulkhead(ActionOptions.Bulkhead bulkhead) {
    return bulkhead.concurrency() == 0
        ? null
        : Payload.object("concurrency", bulkhead.concurrency(), "queue", bulkhead.queue()).asMap();
  }

  private static @Nullable Map<String, ?> breaker(ActionOptions.@Nullable Breaker breaker) {
    return breaker == null
        ? null
        : Payload.object(
                "failureRate", breaker.failureRate(),
                "window", breaker.window(),
                "openFor", millis(breaker.openFor()),
                "trials", breaker.trials())
            .asMap();
  }

  private static Map<String, ?> error(ActionOptions.DeclaredError error) {
    var map = new LinkedHashMap<String, @Nullable Object>();
    map.put("name", error.name());
    map.put("description", error.description());
    map.put("data", value(error.data()));
    return map;
  }

  private static @Nullable Map<String, ?> http(ActionOptions.@Nullable Http http) {
    return http == null
        ? null
        : Payload.object("method", http.method(), "path", http.path(), "status", http.status())
            .asMap();
  }

  private static long millis(Duration duration) {
    return duration.toMillis();
  }

  private static @Nullable Object value(@Nullable Payload schema) {
    return schema == null ? null : schema.value();
  }
}
