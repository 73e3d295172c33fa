package dev.runar.internal.http;

import dev.runar.Payload;
import dev.runar.RunarException;
import dev.runar.RunarException.Code;
import dev.runar.internal.node.HttpLookup;
import dev.runar.internal.protocol.Utf8;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Makes an action's input of a request: an object of the path's templates, the query and the fields
 * of the body; or the body itself when it is no object. Stateless.
 */
final class ActionInput {
  /** Where bytes go in an object. */
  private static final String BYTES_FIELD = "body";

  private ActionInput() {}

  /** What is known of a body by its content type. */
  private enum Type {
    JSON,
    FORM,
    BYTES
  }

  /**
   * The input.
   *
   * @throws Refusal for what cannot be read, or names one field twice
   */
  static Payload of(HttpLookup.Found found, HttpRequest request, byte[] body) throws Refusal {
    try {
      return input(found, request, body);
    } catch (RunarException e) {
      throw Refusal.invalid(String.valueOf(e.getMessage()));
    }
  }

  private static Payload input(HttpLookup.Found found, HttpRequest request, byte[] body)
      throws Refusal {
    Coercion coercion = Coercion.of(found.options().input());
    var fields = new LinkedHashMap<String, @Nullable Object>();
    found.values().forEach((name, value) -> fields.put(name, coercion.field(name, List.of(value))));
    add(fields, coercion, FormText.pairs(request.query(), "the query"));
    if (body.length == 0) {
      return Payload.of(fields);
    }
    return switch (type(request)) {
      case FORM -> {
        String text = new String(body, java.nio.charset.StandardCharsets.ISO_8859_1);
        add(fields, coercion, FormText.pairs(text, "the form"));
        yield Payload.of(fields);
      }
      case BYTES -> withBytes(found, fields, body);
      case JSON -> withJson(fields, body);
    };
  }

  private static void add(
      Map<String, @Nullable Object> fields, Coercion coercion, Map<String, List<String>> pairs)
      throws Refusal {
    for (var pair : pairs.entrySet()) {
      put(fields, pair.getKey(), coercion.field(pair.getKey(), pair.getValue()));
    }
  }

  private static void put(Map<String, @Nullable Object> fields, String name, @Nullable Object value)
      throws Refusal {
    if (fields.containsKey(name)) {
      throw Refusal.invalid(
          "\"" + name + "\" is given twice: by two of the path, the query and the body");
    }
    fields.put(name, value);
  }

  private static Type type(HttpRequest request) throws Refusal {
    if (!request.header("content-encoding").orElse("identity").equalsIgnoreCase("identity")) {
      throw unsupported("a body with a Content-Encoding");
    }
    Optional<String> header = request.header("content-type");
    if (header.isEmpty()) {
      throw unsupported("a body without a Content-Type");
    }
    String full = header.get().toLowerCase(Locale.ROOT);
    int semicolon = full.indexOf(';');
    String media = (semicolon < 0 ? full : full.substring(0, semicolon)).strip();
    boolean other = full.contains("charset=") && !full.matches(".*charset=\"?utf-8\"?\\s*(;.*)?");
    if (media.equals("application/octet-stream")) {
      return Type.BYTES;
    }
    if (other) {
      throw unsupported("a charset other than UTF-8");
    }
    if (media.equals("application/json") || media.matches("application/[a-z0-9.-]+\\+json")) {
      return Type.JSON;
    }
    if (media.equals("application/x-www-form-urlencoded")) {
      return Type.FORM;
    }
    throw unsupported("Content-Type " + media);
  }

  private static Refusal unsupported(String what) {
    return new Refusal(
        415,
        Code.INVALID_INPUT,
        what
            + " is not read here; send application/json, application/x-www-form-urlencoded or"
            + " application/octet-stream");
  }

  private static Payload withBytes(
      HttpLookup.Found found, Map<String, @Nullable Object> fields, byte[] body) throws Refusal {
    if (found.positional() != null || !found.values().isEmpty()) {
      put(fields, BYTES_FIELD, body);
      return Payload.of(fields);
    }
    alone(fields);
    return Payload.encoded(Payload.Kind.BYTES, body);
  }

  private static Payload withJson(Map<String, @Nullable Object> fields, byte[] body)
      throws Refusal {
    if (!Utf8.isValid(body, 0, body.length) || body[0] == 0 || (body.length > 1 && body[1] == 0)) {
      throw Refusal.invalid("the body is not UTF-8");
    }
    Payload payload = Payload.encoded(Payload.Kind.JSON, body);
    Object value = payload.value();
    if (!(value instanceof Map<?, ?> map)) {
      alone(fields);
      return payload;
    }
    if (fields.isEmpty()) {
      return payload;
    }
    for (var field : map.entrySet()) {
      put(fields, String.valueOf(field.getKey()), field.getValue());
    }
    return Payload.of(fields);
  }

  private static void alone(Map<String, @Nullable Object> fields) throws Refusal {
    if (!fields.isEmpty()) {
      throw Refusal.invalid(
          "the body must be a JSON object, since the path or the query gives " + fields.keySet());
    }
  }
}
