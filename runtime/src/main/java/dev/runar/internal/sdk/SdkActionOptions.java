package dev.runar.internal.sdk;

import dev.runar.ActionOptions;
import dev.runar.ActionOptions.Breaker;
import dev.runar.ActionOptions.Bulkhead;
import dev.runar.ActionOptions.Cache;
import dev.runar.ActionOptions.DeclaredError;
import dev.runar.ActionOptions.Http;
import dev.runar.ActionOptions.Retry;
import dev.runar.ActionOptions.Visibility;
import dev.runar.Payload;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the SDK says of one action, as the node takes it. The SDK has checked it and filled in
 * defaults (js-sdk/src/definition-action.ts).
 */
final class SdkActionOptions {
  private SdkActionOptions() {}

  static ActionOptions of(Map<?, ?> action) {
    var options =
        ActionOptions.builder()
            .description(text(action, "description"))
            .timeout(millis(action, "timeout"))
            .input(schema(action.get("input")))
            .output(schema(action.get("output")))
            .stream(Boolean.TRUE.equals(action.get("stream")))
            .takesStream(Boolean.TRUE.equals(action.get("takesStream")))
            .idempotent(Boolean.TRUE.equals(action.get("idempotent")))
            .errors(list(action, "errors").stream().map(SdkActionOptions::error).toList());
    if (action.get("retry") instanceof Map<?, ?> retry) {
      options.retry(retry(retry));
    }
    if (action.get("cache") instanceof Map<?, ?> cache) {
      options.cache(cache(cache));
    }
    if (action.get("bulkhead") instanceof Map<?, ?> bulkhead) {
      options.bulkhead(new Bulkhead(count(bulkhead, "max"), count(bulkhead, "queue")));
    }
    if (action.get("breaker") instanceof Map<?, ?> breaker) {
      options.breaker(breaker(breaker));
    }
    if (action.get("visibility") instanceof String visibility) {
      options.visibility(Visibility.valueOf(visibility.toUpperCase(Locale.ROOT)));
    }
    if (action.get("http") instanceof Map<?, ?> http) {
      options.http(new Http(text(http, "method"), text(http, "path"), count(http, "status")));
    }
    return options.build();
  }

  private static Retry retry(Map<?, ?> retry) {
    return new Retry(
        count(retry, "attempts"),
        millis(retry, "backoff"),
        millis(retry, "maxBackoff"),
        number(retry, "jitter"));
  }

  private static Cache cache(Map<?, ?> cache) {
    return new Cache(
        millis(cache, "ttl"),
        count(cache, "maxEntries"),
        texts(cache, "keys"),
        texts(cache, "meta"),
        texts(cache, "invalidatedBy"));
  }

  private static Breaker breaker(Map<?, ?> breaker) {
    return new Breaker(
        number(breaker, "failureRate"),
        count(breaker, "window"),
        millis(breaker, "openFor"),
        count(breaker, "trials"));
  }

  private static DeclaredError error(Object declared) {
    Map<?, ?> error = (Map<?, ?>) declared;
    return new DeclaredError(
        text(error, "name"), text(error, "description"), schema(error.get("data")));
  }

  private static @Nullable Payload schema(@Nullable Object schema) {
    return schema == null ? null : Payload.of(schema);
  }

  private static String text(Map<?, ?> map, String key) {
    return map.get(key) instanceof String text ? text : "";
  }

  private static Duration millis(Map<?, ?> map, String key) {
    return OperationOptions.millis(map.get(key), Duration.ZERO);
  }

  private static int count(Map<?, ?> map, String key) {
    return map.get(key) instanceof Number number ? number.intValue() : 0;
  }

  private static double number(Map<?, ?> map, String key) {
    return map.get(key) instanceof Number number ? number.doubleValue() : 0;
  }

  private static List<String> texts(Map<?, ?> map, String key) {
    return list(map, key).stream().map(String::valueOf).toList();
  }

  private static List<?> list(Map<?, ?> map, String key) {
    return map.get(key) instanceof List<?> list ? list : List.of();
  }
}
