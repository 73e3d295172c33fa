package dev.runar.internal.http;

import dev.runar.ActionOptions;
import dev.runar.Payload;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What an action answered, as a response. Stateless. */
final class Results {
  private static final int NO_CONTENT = 204;

  private Results() {}

  static HttpResponse of(Payload result, ActionOptions options, GatewayCall call) {
    HttpResponse.@Nullable Body body = body(result);
    int status = status(options, call, body == null ? NO_CONTENT : 200);
    HttpResponse response =
        body == null || status == NO_CONTENT || status == 205 || status == 304
            ? HttpResponse.empty(status)
            : HttpResponse.of(status, type(result), body);
    return call.reply().onto(response);
  }

  /** As the handler said, as the action declares, or as usual. */
  static int status(ActionOptions options, GatewayCall call, int usual) {
    int said = call.reply().status();
    ActionOptions.Http http = options.http();
    int declared = http == null ? 0 : http.status();
    if (said != 0) {
      return said;
    }
    return declared == 0 ? usual : declared;
  }

  private static HttpResponse.@Nullable Body body(Payload result) {
    return switch (result.kind()) {
      case BYTES -> new HttpResponse.Bytes(result.encoded());
      case JSON ->
          switch (first(result)) {
            case 'n' -> null;
            case '"' -> new HttpResponse.Text(result.asString());
            default -> new HttpResponse.Bytes(result.encoded());
          };
      case RICH -> {
        Object value = PlainJson.of(result.value());
        yield switch (value) {
          case null -> null;
          case String text -> new HttpResponse.Text(text);
          default -> new HttpResponse.Bytes(Payload.of(value).encoded());
        };
      }
    };
  }

  private static String type(Payload result) {
    return switch (result.kind()) {
      case BYTES -> "application/octet-stream";
      case JSON -> first(result) == '"' ? "text/plain; charset=utf-8" : "application/json";
      case RICH ->
          PlainJson.of(result.value()) instanceof String
              ? "text/plain; charset=utf-8"
              : "application/json";
    };
  }

  /** The first character of the JSON text says what the value is. */
  private static char first(Payload json) {
    for (byte each : json.encoded()) {
      if (each != ' ' && each != '\t' && each != '\n' && each != '\r') {
        return (char) each;
      }
    }
    return 'n';
  }

  /** One item of a stream as one line of JSON. */
  static byte[] line(Payload item) {
    if (item.kind() == Payload.Kind.JSON && !hasLineEnd(item.encoded())) {
      return item.encoded();
    }
    Object plain = PlainJson.of(item.value());
    return plain == null ? Payload.of(null).encoded() : Payload.of(plain).encoded();
  }

  /** In an event stream CR ends a line just as LF does. */
  private static boolean hasLineEnd(byte[] bytes) {
    for (byte each : bytes) {
      if (each == '\n' || each == '\r') {
        return true;
      }
    }
    return false;
  }

  /** JSON of a few members. */
  static byte[] json(Map<String, ?> members) {
    return Payload.of(members).encoded();
  }
}
