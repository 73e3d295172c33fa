package dev.runar.cli.control;

import dev.runar.Delivery;
import dev.runar.Event;
import dev.runar.Payload;
import dev.runar.PublishReceipt;
import dev.runar.PublishReceipt.Refusal;
import dev.runar.RunarException;
import dev.runar.RunarException.Code;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * How the API's values look in the JSON lines of the control socket, both ways. Stateless; any
 * thread.
 *
 * <p>A payload travels as its kind and its text inside a JSON string, so that nothing on the way
 * reads or changes it: {@code {"kind":"JSON","text":"{\"a\":5}"}}.
 */
final class Wire {
  /** Both sides must speak the same one. */
  static final int VERSION = 1;

  private static final int MAX_CAUSES = 10;

  private Wire() {}

  static Map<String, @Nullable Object> read(String line) {
    try {
      return Payload.json(line).asMap();
    } catch (RunarException e) {
      throw new RunarException(
          Code.PROTOCOL, "a line on the control socket is not a JSON object: " + e.getMessage(), e);
    }
  }

  static String write(Map<String, @Nullable Object> message) {
    return Payload.of(message).text();
  }

  static Map<String, @Nullable Object> payload(Payload payload) {
    String text =
        payload.kind() == Payload.Kind.BYTES
            ? Base64.getEncoder().encodeToString(payload.encoded())
            : payload.text();
    return mapOf("kind", payload.kind().name(), "text", text);
  }

  static Payload payload(Map<String, @Nullable Object> map) {
    String text = text(map, "text");
    return switch (text(map, "kind")) {
      case "JSON" -> checked(Payload.json(text));
      case "RICH" -> checked(Payload.encoded(Payload.Kind.RICH, utf8(text)));
      case "BYTES" -> Payload.encoded(Payload.Kind.BYTES, base64(text));
      default -> throw malformed("kind", "JSON, RICH or BYTES");
    };
  }

  static Map<String, @Nullable Object> error(RunarException error) {
    return error(error, 0);
  }

  private static Map<String, @Nullable Object> error(RunarException error, int depth) {
    var map = mapOf("code", error.code().name(), "message", error.getMessage());
    error.remoteName().ifPresent(name -> map.put("name", name));
    error.remoteStack().ifPresent(stack -> map.put("stack", stack));
    error.data().ifPresent(data -> map.put("data", payload(data)));
    error.excerpt().ifPresent(excerpt -> map.put("excerpt", excerpt));
    if (error.getCause() instanceof RunarException cause && depth < MAX_CAUSES) {
      map.put("cause", error(cause, depth + 1));
    }
    List<Map<String, @Nullable Object>> errors =
        Arrays.stream(error.getSuppressed())
            .filter(other -> other instanceof RunarException && depth < MAX_CAUSES)
            .map(other -> error((RunarException) other, depth + 1))
            .toList();
    if (!errors.isEmpty()) {
      map.put("errors", errors);
    }
    return map;
  }

  static RunarException error(Map<String, @Nullable Object> map) {
    return error(map, 0);
  }

  private static RunarException error(Map<String, @Nullable Object> map, int depth) {
    var failure =
        new RemoteFailure(
            code(text(map, "code")),
            text(map, "message"),
            map.get("cause") == null || depth == MAX_CAUSES
                ? null
                : error(map(map, "cause"), depth + 1),
            map.get("data") == null ? null : payload(map(map, "data")),
            map.get("name") == null ? null : text(map, "name"),
            map.get("stack") == null ? null : text(map, "stack"),
            map.get("excerpt") == null ? null : text(map, "excerpt"));
    if (map.get("errors") instanceof List<?> errors && depth < MAX_CAUSES) {
      errors.forEach(other -> failure.addSuppressed(error(asMap("errors", other), depth + 1)));
    }
    return failure;
  }

  /** The node reads the source; this side only shows it. */
  private static final class RemoteFailure extends RunarException {
    private static final long serialVersionUID = 1L;

    private final @Nullable String excerpt;

    RemoteFailure(
        Code code,
        String message,
        @Nullable RunarException cause,
        @Nullable Payload data,
        @Nullable String name,
        @Nullable String stack,
        @Nullable String excerpt) {
      super(code, message, cause, data, name, stack);
      this.excerpt = excerpt;
    }

    @Override
    public Optional<String> excerpt() {
      return Optional.ofNullable(excerpt);
    }
  }

  static Map<String, @Nullable Object> receipt(PublishReceipt receipt) {
    List<Map<String, @Nullable Object>> refusals =
        receipt.refusals().stream()
            .map(refusal -> mapOf("pattern", refusal.pattern(), "reason", refusal.reason().name()))
            .toList();
    return mapOf(
        "id", receipt.id(),
        "matched", receipt.matched(),
        "queued", receipt.queued(),
        "refused", receipt.refused(),
        "clients", receipt.clients(),
        "handled", receipt.handled(),
        "failed", receipt.failed(),
        "refusals", refusals);
  }

  static PublishReceipt receipt(Map<String, @Nullable Object> map) {
    if (!(map.get("refusals") instanceof List<?> refusals)) {
      throw malformed("refusals", "an array");
    }
    return new PublishReceipt(
        number(map, "id"),
        (int) number(map, "matched"),
        (int) number(map, "queued"),
        (int) number(map, "refused"),
        (int) number(map, "clients"),
        (int) number(map, "handled"),
        (int) number(map, "failed"),
        refusals.stream().map(refusal -> refusal(asMap("refusals", refusal))).toList());
  }

  private static Refusal refusal(Map<String, @Nullable Object> map) {
    return new Refusal(text(map, "pattern"), Delivery.valueOf(text(map, "reason")));
  }

  static Map<String, @Nullable Object> event(Event event) {
    return mapOf(
        "id", event.id(),
        "topic", event.topic(),
        "timestampMs", event.timestampMs(),
        "payload", payload(event.payload()));
  }

  static Event event(Map<String, @Nullable Object> map) {
    return new Event(
        number(map, "id"),
        text(map, "topic"),
        payload(map(map, "payload")),
        number(map, "timestampMs"));
  }

  static Map<String, @Nullable Object> map(Map<String, @Nullable Object> map, String key) {
    return asMap(key, map.get(key));
  }

  static String text(Map<String, @Nullable Object> map, String key) {
    if (map.get(key) instanceof String text) {
      return text;
    }
    throw malformed(key, "a string");
  }

  static long number(Map<String, @Nullable Object> map, String key) {
    if (map.get(key) instanceof Number number) {
      return number.longValue();
    }
    throw malformed(key, "a number");
  }

  /** A map of alternating names and values that may be added to. */
  static Map<String, @Nullable Object> mapOf(@Nullable Object... namesAndValues) {
    var map = new LinkedHashMap<String, @Nullable Object>();
    for (int i = 0; i < namesAndValues.length; i += 2) {
      map.put((String) Objects.requireNonNull(namesAndValues[i]), namesAndValues[i + 1]);
    }
    return map;
  }

  @SuppressWarnings("unchecked") // a decoded payload has only String keys
  private static Map<String, @Nullable Object> asMap(String key, @Nullable Object value) {
    if (value instanceof Map<?, ?> map) {
      return (Map<String, @Nullable Object>) map;
    }
    throw malformed(key, "an object");
  }

  /** A newer node may know codes that this side does not. */
  private static Code code(String name) {
    for (Code code : Code.values()) {
      if (code.name().equals(name)) {
        return code;
      }
    }
    return Code.INTERNAL;
  }

  /** Refuses text that is not JSON: it came from outside. */
  private static Payload checked(Payload payload) {
    payload.value();
    return payload;
  }

  private static byte[] utf8(String text) {
    return text.getBytes(java.nio.charset.StandardCharsets.UTF_8);
  }

  private static byte[] base64(String text) {
    try {
      return Base64.getDecoder().decode(text);
    } catch (IllegalArgumentException e) {
      throw new RunarException(Code.PROTOCOL, "a payload of kind BYTES is not base64", e);
    }
  }

  private static RunarException malformed(String key, String wanted) {
    return new RunarException(
        Code.PROTOCOL, "a message on the control socket lacks \"" + key + "\", " + wanted);
  }
}
