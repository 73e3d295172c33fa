package dev.runar.internal.http;

import dev.runar.internal.broker.DialectPaths;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Flow;

/**
 * One HTTP response. Every one says {@code X-Content-Type-Options: nosniff}.
 *
 * @param headers without length and connection, which the server adds
 * @param cookies values of {@code Set-Cookie}
 */
public record HttpResponse(
    int status, Map<String, String> headers, List<String> cookies, Body body) {

  /** The size of a body that is still being made. */
  public static final long UNKNOWN = -1;

  /** What follows the headers. */
  public sealed interface Body {
    /** In bytes; {@link #UNKNOWN}: until it ends. */
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

  /** Bytes in memory; nobody changes them. */
  public static final class Bytes implements Body {
    private final byte[] bytes;

    public Bytes(byte[] bytes) {
      this.bytes = bytes;
    }

    /** Shared, not copied. */
    public byte[] bytes() {
      return bytes;
    }

    @Override
    public long size() {
      return bytes.length;
    }
  }

  /**
   * Bytes that are still being made: as many as the client takes. Whoever takes the response
   * subscribes once, and cancels when the client has gone.
   */
  public record Stream(Flow.Publisher<byte[]> parts) implements Body {
    @Override
    public long size() {
      return UNKNOWN;
    }
  }

  /** The forms in which the messages to a client stand behind one another in a body. */
  public enum MessageForm {
    /** Server-sent events. */
    EVENTS,
    /** Each is a line of text. */
    LINES,
    /** Each says itself where it ends. */
    BYTES
  }

  /**
   * What a client gets in a session, which begins with this response and ends with it.
   *
   * @param query of the request, as far as the session may know it
   * @param subprotocol what a WebSocket would have agreed on; empty: nothing
   * @param first what the client has said already; text, unless the form is of bytes
   */
  public record Live(
      DialectPaths.Opening opening, MessageForm form, String query, String subprotocol, Bytes first)
      implements Body {
    @Override
    public long size() {
      return UNKNOWN;
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
    cookies = List.copyOf(cookies);
  }

  /** Sets no cookies. */
  public HttpResponse(int status, Map<String, String> headers, Body body) {
    this(status, headers, List.of(), body);
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

  /** Nothing follows the headers. */
  public static HttpResponse empty(int status) {
    return new HttpResponse(
        status,
        Map.of("cache-control", REVALIDATE, "x-content-type-options", "nosniff"),
        new HeadersOnly(0));
  }

  /** The same with one more header. */
  public HttpResponse with(String name, String value) {
    return withAll(Map.of(name, value));
  }

  /** The same with more headers. */
  public HttpResponse withAll(Map<String, String> others) {
    if (others.isEmpty()) {
      return this;
    }
    var more = new LinkedHashMap<>(headers);
    more.putAll(others);
    return new HttpResponse(status, more, cookies, body);
  }

  /** The same with cookies. */
  public HttpResponse withCookies(List<String> newCookies) {
    return new HttpResponse(status, headers, newCookies, body);
  }

  /** The same without its body, as HEAD wants it. */
  public HttpResponse headersOnly() {
    return new HttpResponse(status, headers, cookies, new HeadersOnly(body.size()));
  }
}
