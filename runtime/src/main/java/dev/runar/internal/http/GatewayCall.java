package dev.runar.internal.http;

import dev.runar.HttpCall;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * One request of an HTTP client on its way to an action. Any thread.
 *
 * @param id names it in the log and in problems
 */
record GatewayCall(String id, HttpRequest request, Reply reply) implements HttpCall {
  private static final int MAX_COOKIES = 200;

  @Override
  public String method() {
    return request.method();
  }

  @Override
  public String path() {
    return request.path();
  }

  @Override
  public String query() {
    return request.query();
  }

  @Override
  public Map<String, String> headers() {
    return request.headers();
  }

  @Override
  public Map<String, String> cookies() {
    var cookies = new LinkedHashMap<String, String>();
    for (String pair : request.header("cookie").orElse("").split(";", MAX_COOKIES + 1)) {
      int equals = pair.indexOf('=');
      if (equals > 0 && cookies.size() < MAX_COOKIES) {
        cookies.putIfAbsent(
            pair.substring(0, equals).strip(), unquoted(pair.substring(equals + 1).strip()));
      }
    }
    return cookies;
  }

  private static String unquoted(String value) {
    boolean quoted = value.length() >= 2 && value.startsWith("\"") && value.endsWith("\"");
    return quoted ? value.substring(1, value.length() - 1) : value;
  }

  @Override
  public Optional<String> bearer() {
    return request
        .header("authorization")
        .filter(value -> value.regionMatches(true, 0, "Bearer ", 0, 7))
        .map(value -> value.substring(7).strip())
        .filter(token -> !token.isEmpty());
  }

  @Override
  public String remoteAddress() {
    return request.remoteAddress();
  }

  @Override
  public void status(int status) {
    reply.status(status);
  }

  @Override
  public void header(String name, String value) {
    reply.header(name, value);
  }

  @Override
  public void cookie(Cookie cookie) {
    reply.cookie(cookie);
  }
}
