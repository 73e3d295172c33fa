package dev.runar.internal.http;

import dev.runar.PortChoice;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Which pages of other origins may read what the port answers, as the Fetch standard lets a server
 * say it. Immutable; any thread.
 */
public final class CorsRules {
  private static final String ANY = "*";
  private static final String COOKIE = "cookie";

  private final PortChoice.Cors config;

  public CorsRules(PortChoice.Cors config) {
    this.config = config;
  }

  /**
   * The answer to the question that a browser asks before the request itself.
   *
   * @param methods that there are at the path
   */
  Optional<HttpResponse> preflight(HttpRequest request, Collection<String> methods) {
    boolean asks =
        request.method().equals("OPTIONS")
            && request.header("origin").isPresent()
            && request.header("access-control-request-method").isPresent();
    if (!asks || config.origins().isEmpty()) {
      return Optional.empty();
    }
    if (!isAllowed(request)) {
      return Optional.of(HttpResponse.empty(204));
    }
    Collection<String> allowed = config.methods().isEmpty() ? methods : config.methods();
    var headers = new LinkedHashMap<String, String>();
    headers.put("access-control-allow-methods", String.join(", ", allowed));
    headers.put("access-control-allow-headers", String.join(", ", config.headers()));
    headers.put("access-control-max-age", Long.toString(config.maxAge().toSeconds()));
    return Optional.of(HttpResponse.empty(204).withAll(headers));
  }

  /** The response with what lets the page read it, if it may. */
  public HttpResponse apply(HttpRequest request, HttpResponse response) {
    if (config.origins().isEmpty()) {
      return response;
    }
    HttpResponse told = response.with("vary", vary(response));
    if (!isAllowed(request)) {
      return told;
    }
    String origin = config.origins().contains(ANY) ? ANY : request.header("origin").orElse("");
    HttpResponse open = told.withAll(Map.of("access-control-allow-origin", origin));
    return config.credentials() ? open.with("access-control-allow-credentials", "true") : open;
  }

  private static String vary(HttpResponse response) {
    String before = response.headers().get("vary");
    return before == null || before.isEmpty() ? "Origin" : before + ", Origin";
  }

  /**
   * The headers of a request that begins a session, for those who say who its client is. A browser
   * adds its cookies whatever page has made it connect; so those of a page of another origin are
   * left out, unless that origin is let in with credentials.
   */
  Map<String, String> ofClient(HttpRequest request) {
    boolean mayShowCookies = isOfOwnOrigin(request) || (config.credentials() && isAllowed(request));
    if (mayShowCookies || !request.headers().containsKey(COOKIE)) {
      return request.headers();
    }
    var rest = new LinkedHashMap<>(request.headers());
    rest.remove(COOKIE);
    return Map.copyOf(rest);
  }

  /** Who sends neither header is no page, or one that follows no link and sends no form. */
  private static boolean isOfOwnOrigin(HttpRequest request) {
    Optional<String> origin = request.header("origin");
    if (origin.isPresent()) {
      String host = request.header("host").orElse("");
      return origin.get().replaceFirst("^https?://", "").equalsIgnoreCase(host);
    }
    String site = request.header("sec-fetch-site").orElse("none");
    return site.equals("none") || site.equals("same-origin");
  }

  private boolean isAllowed(HttpRequest request) {
    List<String> origins = config.origins();
    return request
        .header("origin")
        .filter(origin -> origins.contains(ANY) || origins.contains(origin))
        .isPresent();
  }
}
