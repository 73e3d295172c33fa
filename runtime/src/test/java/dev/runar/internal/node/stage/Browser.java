package dev.runar.internal.node.stage;

import dev.runar.HttpCall;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The request of an HTTP client that is signed in, and what it was told. One thread. */
final class Browser implements HttpCall {
  final List<String> told = new ArrayList<>();

  @Override
  public String method() {
    return "GET";
  }

  @Override
  public String path() {
    return "/a";
  }

  @Override
  public String query() {
    return "b=1";
  }

  @Override
  public Map<String, String> headers() {
    return Map.of("accept-language", "de", "cookie", "sid=1", "authorization", "Bearer t");
  }

  @Override
  public Map<String, String> cookies() {
    return Map.of("sid", "1");
  }

  @Override
  public Optional<String> bearer() {
    return Optional.of("t");
  }

  @Override
  public String remoteAddress() {
    return "127.0.0.1:4711";
  }

  @Override
  public void status(int status) {
    told.add("status " + status);
  }

  @Override
  public void header(String name, String value) {
    told.add(name + ": " + value);
  }

  @Override
  public void cookie(Cookie cookie) {
    told.add("cookie " + cookie.name());
  }
}
