package dev.runar.internal.node.stage;

import dev.runar.ActionOptions.Cache;
import dev.runar.Payload;
import dev.runar.internal.node.Invocation;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a cached result depends on: the values of the path's templates always, then the input, or
 * the fields of it that count, then the caller's meta as far as it counts, and always for whom the
 * request is made and whether an HTTP client has. Immutable.
 *
 * @param params of the path
 * @param input the whole, or the values of the fields
 * @param meta the values
 * @param identity of the request; one's result is not for another
 * @param isHttp only then its handler can have said a status and headers
 */
record CacheKey(
    Map<String, String> params,
    Object input,
    List<@Nullable String> meta,
    @Nullable Payload identity,
    boolean isHttp) {
  /** No value. */
  private enum Absent {
    ABSENT
  }

  static CacheKey of(Cache cache, Invocation call) {
    return new CacheKey(
        call.pathParams(),
        input(cache.keys(), call),
        values(cache.meta(), call.meta()),
        call.options().identity(),
        call.http().isPresent());
  }

  private static Object input(List<String> fields, Invocation call) {
    Payload payload = call.payload();
    boolean isWhole = payload.kind() == Payload.Kind.RICH && fields.isEmpty();
    if (isWhole || payload.kind() == Payload.Kind.BYTES) {
      return payload; // by its bytes, which say of each value what it is
    }
    Object input = payload.value();
    if (fields.isEmpty()) {
      return orAbsent(input);
    }
    if (!(input instanceof Map<?, ?> map)) {
      return orAbsent(input);
    }
    var values = new ArrayList<Object>(fields.size());
    for (String field : fields) {
      values.add(orAbsent(map.get(field)));
    }
    return values;
  }

  private static Object orAbsent(@Nullable Object value) {
    return switch (value) {
      case null -> Absent.ABSENT;
      case byte[] bytes -> Payload.bytes(bytes);
      default -> value;
    };
  }

  private static List<@Nullable String> values(List<String> keys, Map<String, String> meta) {
    if (keys.isEmpty()) {
      return List.of();
    }
    var values = new ArrayList<@Nullable String>(keys.size());
    keys.forEach(key -> values.add(meta.get(key)));
    return values;
  }
}
