package dev.runar.internal.script;

import dev.runar.HttpCall;
import dev.runar.Payload;
import dev.runar.RunarException;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import org.graalvm.polyglot.HostAccess;
import org.jspecify.annotations.Nullable;

/**
 * One request of an HTTP client as a script's SDK sees it. Owner thread only. What fails is
 * answered as JSON text of the error, since a Java exception would reach the script as a foreign
 * object.
 */
public final class HostHttp {
  private final HttpCall http;

  HostHttp(HttpCall http) {
    this.http = http;
  }

  /** What is asked for. */
  @HostAccess.Export
  public String requestJson() {
    return Payload.object(
            "method", http.method(),
            "path", http.path(),
            "query", http.query())
        .text();
  }

  /** Who asks: who reads it makes an answer for this client alone. */
  @HostAccess.Export
  public String clientJson() {
    return Payload.object(
            "headers", http.headers(),
            "cookies", http.cookies(),
            "remoteAddress", http.remoteAddress())
        .text();
  }

  @HostAccess.Export
  public @Nullable String status(int status) {
    return error(() -> http.status(status));
  }

  @HostAccess.Export
  public @Nullable String header(String name, String value) {
    return error(() -> http.header(name, value));
  }

  /** The SDK has checked the types of the members and filled in defaults. */
  @HostAccess.Export
  public @Nullable String cookie(String json) {
    Map<String, @Nullable Object> cookie = Payload.json(json).asMap();
    Duration maxAge =
        cookie.get("maxAge") instanceof Number ms ? Duration.ofMillis(ms.longValue()) : null;
    return error(
        () ->
            http.cookie(
                new HttpCall.Cookie(
                    String.valueOf(cookie.get("name")),
                    String.valueOf(cookie.get("value")),
                    maxAge,
                    cookie.get("domain") instanceof String domain ? domain : null,
                    String.valueOf(cookie.get("path")),
                    Boolean.TRUE.equals(cookie.get("secure")),
                    Boolean.TRUE.equals(cookie.get("httpOnly")),
                    sameSite(String.valueOf(cookie.get("sameSite"))))));
  }

  private static HttpCall.SameSite sameSite(String name) {
    return HttpCall.SameSite.valueOf(name.toUpperCase(Locale.ROOT));
  }

  private static @Nullable String error(Runnable step) {
    try {
      step.run();
      return null;
    } catch (RunarException e) {
      return ScriptErrors.toJson(e);
    }
  }
}
