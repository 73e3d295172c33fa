package dev.runar.internal.server;

import dev.runar.internal.http.HttpResponse;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The opening handshake of RFC 6455. Stateless.
 *
 * <p>Any Origin may connect; whether its cookies are shown to those who say who a client is, is for
 * {@link dev.runar.internal.http.HttpApi#headersOfClient}.
 */
final class Handshake {
  private static final String MAGIC = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
  private static final int KEY_BYTES = 16;

  private Handshake() {}

  /**
   * An offer of another protocol, such as {@code h2c}, is ignored, as RFC 9110 lets a server do.
   */
  static boolean isWanted(HttpRequest request) {
    return request.headers().containsValue(HttpHeaderNames.UPGRADE, "websocket", true);
  }

  /** Why the request is no proper handshake; empty when it is one. */
  static Optional<HttpResponse> problem(HttpRequest request) {
    HttpHeaders headers = request.headers();
    if (!request.method().equals(HttpMethod.GET)
        || !request.protocolVersion().equals(HttpVersion.HTTP_1_1)) {
      return refuse("a WebSocket handshake is a GET of HTTP/1.1");
    }
    if (!headers.containsValue(HttpHeaderNames.CONNECTION, "upgrade", true)) {
      return refuse("a WebSocket handshake needs Connection: Upgrade");
    }
    if (HttpUtil.isTransferEncodingChunked(request) || HttpUtil.getContentLength(request, 0L) > 0) {
      return refuse("a WebSocket handshake has no body");
    }
    if (!headers.getAll(HttpHeaderNames.SEC_WEBSOCKET_VERSION).equals(List.of("13"))) {
      return Optional.of(
          HttpResponse.text(426, "only WebSocket version 13").with("sec-websocket-version", "13"));
    }
    List<String> keys = headers.getAll(HttpHeaderNames.SEC_WEBSOCKET_KEY);
    return keys.size() == 1 && isKey(keys.get(0))
        ? Optional.empty()
        : refuse("Sec-WebSocket-Key must be there once and hold 16 bytes in base64");
  }

  private static Optional<HttpResponse> refuse(String why) {
    return Optional.of(HttpResponse.text(400, why));
  }

  private static boolean isKey(String key) {
    try {
      return key.length() == 24 && Base64.getDecoder().decode(key).length == KEY_BYTES;
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  /** The subprotocols that the client offers, in its order. */
  static List<String> subprotocols(HttpRequest request) {
    return request.headers().getAll(HttpHeaderNames.SEC_WEBSOCKET_PROTOCOL).stream()
        .flatMap(line -> Stream.of(line.split(",", -1)))
        .map(String::strip)
        .filter(name -> !name.isEmpty())
        .toList();
  }

  /**
   * The answer that turns the connection into a WebSocket.
   *
   * @param subprotocol one that the client has offered; empty: none is spoken
   * @param extension with its parameters, as agreed; empty: none
   */
  static ByteBuf accept(
      ByteBufAllocator allocator,
      HttpRequest request,
      Optional<String> subprotocol,
      Optional<String> extension) {
    String key = request.headers().get(HttpHeaderNames.SEC_WEBSOCKET_KEY);
    String head =
        "HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\nconnection: upgrade\r\n"
            + "sec-websocket-accept: "
            + Base64.getEncoder().encodeToString(sha1(key + MAGIC))
            + subprotocol.map(name -> "\r\nsec-websocket-protocol: " + name).orElse("")
            + extension.map(agreed -> "\r\nsec-websocket-extensions: " + agreed).orElse("")
            + "\r\n\r\n";
    byte[] bytes = head.getBytes(StandardCharsets.US_ASCII);
    return allocator.directBuffer(bytes.length).writeBytes(bytes);
  }

  private static byte[] sha1(String text) {
    try {
      return MessageDigest.getInstance("SHA-1").digest(text.getBytes(StandardCharsets.US_ASCII));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-1", e);
    }
  }
}
