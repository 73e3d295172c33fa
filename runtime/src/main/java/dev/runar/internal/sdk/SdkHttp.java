package dev.runar.internal.sdk;

import dev.runar.HttpCall;
import dev.runar.Payload;
import dev.runar.SocketHandler;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What the SDK is told of HTTP, and says of it. Stateless; any thread. */
public final class SdkHttp {
  private SdkHttp() {}

  /** What is asked for. */
  public static Payload request(HttpCall http) {
    return Payload.object(
        "method", http.method(),
        "path", http.path(),
        "query", http.query());
  }

  /** Who asks: who reads it makes an answer for this client alone. */
  public static Payload client(HttpCall http) {
    return Payload.object(
        "headers", http.headers(),
        "cookies", http.cookies(),
        "remoteAddress", http.remoteAddress());
  }

  /** Who wants to open a raw socket. */
  public static Payload socket(SocketHandler.Request request) {
    return Payload.of(
        Map.of(
            "path", request.path(),
            "query", request.query(),
            "headers", request.headers(),
            "remoteAddress", request.remoteAddress(),
            "protocols", request.protocols()));
  }

  /** The SDK has checked the types of the members and filled in defaults. */
  public static HttpCall.Cookie cookie(String json) {
    Map<String, @Nullable Object> cookie = Payload.json(json).asMap();
    Duration maxAge =
        cookie.get("maxAge") instanceof Number ms ? Duration.ofMillis(ms.longValue()) : null;
    return new HttpCall.Cookie(
        String.valueOf(cookie.get("name")),
        String.valueOf(cookie.get("value")),
        maxAge,
        cookie.get("domain") instanceof String domain ? domain : null,
        String.valueOf(cookie.get("path")),
        Boolean.TRUE.equals(cookie.get("secure")),
        Boolean.TRUE.equals(cookie.get("httpOnly")),
        sameSite(String.valueOf(cookie.get("sameSite"))));
  }

  private static HttpCall.SameSite sameSite(String name) {
    return HttpCall.SameSite.valueOf(name.toUpperCase(Locale.ROOT));
  }
}
