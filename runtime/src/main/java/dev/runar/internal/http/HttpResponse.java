package dev.runar.internal.http;

import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * One HTTP response. Every one says {@code X-Content-Type-Options: nosniff}.
 *
 * @param headers without length and connection, which the server adds
 */
public record HttpResponse(int status, Map<String, String> headers, Body body) {

  /** What follows the headers. */
  public sealed interface Body {
    /** In bytes. */
    long size();
  }

  /** Text in memory. */
  public record Text(String text) implements Body {
    @Override
    public long size() {
      return utf8().length;
    }

    /** The text on the wire. */
    public byte[] utf8() {
      return text.getBytes(StandardCharsets.UTF_8);
    }
  }

  /** An open file; whoever takes the response closes it. */
  public record OpenFile(FileChannel channel, long size) implements Body {}

  /** Only the size of what a GET would bring. */
  public record HeadersOnly(long size) implements Body {}

  /** The longest time a browser may treat a file as fresh without asking: none. */
  private static final String REVALIDATE = "no-cache";

  public HttpResponse {
    headers = Map.copyOf(headers);
  }

  /** A short plain text, ended by a line break. */
  public static HttpResponse text(int status, String text) {
    return of(status, "text/plain; charset=utf-8", new Text(text + "\n"));
  }

  /** JSON text. */
  public static HttpResponse json(int status, String json) {
    return of(status, "application/json", new Text(json));
  }

  /** Any body with its type. */
  public static HttpResponse of(int status, String contentType, Body body) {
    return new HttpResponse(
        status,
        Map.of(
            "content-type", contentType,
            "cache-control", REVALIDATE,
            "x-content-type-options", "nosniff"),
        body);
  }

  /** The same with one more header. */
  public HttpResponse with(String name, String value) {
    var more = new LinkedHashMap<>(headers);
    more.put(name, value);
    return new HttpResponse(status, more, body);
  }

  /** The same without its body, as HEAD wants it. */
  public HttpResponse headersOnly() {
    return new HttpResponse(status, headers, new HeadersOnly(body.size()));
  }
}
