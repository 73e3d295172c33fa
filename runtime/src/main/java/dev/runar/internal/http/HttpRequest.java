package dev.runar.internal.http;

import java.util.Map;
import java.util.Optional;

/**
 * One HTTP request without its body. Immutable; any thread.
 *
 * @param method in capitals
 * @param path as it came, still percent-encoded, without the query
 * @param query without its question mark; empty when there is none
 * @param headers by lower-case name; of several of one name the first
 * @param remoteAddress host and port of the connection's other end; empty: not known
 */
public record HttpRequest(
    String method, String path, String query, Map<String, String> headers, String remoteAddress) {
  public HttpRequest {
    headers = Map.copyOf(headers);
  }

  /** From nobody knows where. */
  public HttpRequest(String method, String path, String query, Map<String, String> headers) {
    this(method, path, query, headers, "");
  }

  /** A header's value by its lower-case name. */
  public Optional<String> header(String name) {
    return Optional.ofNullable(headers.get(name));
  }

  /** GET or HEAD. */
  public boolean isRead() {
    return method.equals("GET") || method.equals("HEAD");
  }
}
