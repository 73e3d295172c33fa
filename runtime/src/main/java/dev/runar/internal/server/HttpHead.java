package dev.runar.internal.server;

import dev.runar.internal.http.HttpRequest;
import dev.runar.internal.http.HttpResponse;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/** Between Netty's HTTP heads and the records of {@code http}. Stateless. */
final class HttpHead {
  private HttpHead() {}

  /** A request target, cut at its question mark. */
  record Target(String path, String query) {}

  static Target target(String uri) {
    int question = uri.indexOf('?');
    return question < 0
        ? new Target(uri, "")
        : new Target(uri.substring(0, question), uri.substring(question + 1));
  }

  static HttpRequest request(
      io.netty.handler.codec.http.HttpRequest request, String remoteAddress) {
    Target target = target(request.uri());
    var headers = new HashMap<String, String>();
    for (Map.Entry<String, String> header : request.headers()) {
      headers.putIfAbsent(header.getKey().toLowerCase(Locale.ROOT), header.getValue());
    }
    return new HttpRequest(
        request.method().name(), target.path(), target.query(), headers, remoteAddress);
  }

  /** How the client learns where the body ends. */
  enum Framing {
    LENGTH,
    CHUNKED,
    /** By the end of the connection. */
    CONNECTION
  }

  /** The client may send its body now. */
  static ByteBuf goOn(ByteBufAllocator allocator) {
    byte[] bytes = "HTTP/1.1 100 Continue\r\n\r\n".getBytes(StandardCharsets.ISO_8859_1);
    return allocator.directBuffer(bytes.length).writeBytes(bytes);
  }

  /**
   * What an answer says beside its content.
   *
   * @param date as {@link HttpDate} writes it
   */
  record Manner(Framing framing, boolean keepAlive, String date) {}

  static ByteBuf response(ByteBufAllocator allocator, HttpResponse response, Manner manner) {
    byte[] head = head(response, manner);
    return allocator.directBuffer(head.length).writeBytes(head);
  }

  /** With its body, so that one write takes both. */
  static ByteBuf whole(
      ByteBufAllocator allocator, HttpResponse response, Manner manner, byte[] body) {
    byte[] head = head(response, manner);
    return allocator.directBuffer(head.length + body.length).writeBytes(head).writeBytes(body);
  }

  private static byte[] head(HttpResponse response, Manner manner) {
    var head = new StringBuilder(256);
    head.append("HTTP/1.1 ").append(HttpResponseStatus.valueOf(response.status())).append("\r\n");
    response.headers().forEach((name, value) -> line(head, name, value));
    response.cookies().forEach(cookie -> line(head, "set-cookie", cookie));
    line(head, "date", manner.date());
    boolean bodiless = response.status() == 304 || response.status() == 204;
    if (manner.framing() == Framing.CHUNKED) {
      line(head, "transfer-encoding", "chunked");
    } else if (manner.framing() == Framing.LENGTH && !bodiless && response.body().size() >= 0) {
      line(head, "content-length", Long.toString(response.body().size()));
    }
    line(head, "connection", manner.keepAlive() ? "keep-alive" : "close");
    return head.append("\r\n").toString().getBytes(StandardCharsets.ISO_8859_1);
  }

  private static void line(StringBuilder head, String name, String value) {
    head.append(name).append(": ").append(value).append("\r\n");
  }
}
