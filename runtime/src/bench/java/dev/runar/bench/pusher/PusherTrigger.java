package dev.runar.bench.pusher;

import dev.runar.internal.protocol.pusher.Signature;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Selector;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.HexFormat;

/** A server of an app that triggers events, one request after the other on one connection. */
final class PusherTrigger extends Wire {
  private final StringBuilder answer = new StringBuilder();
  private boolean isFree = true;

  PusherTrigger(Selector selector, InetSocketAddress server) {
    super(selector, server);
  }

  boolean isFree() {
    return isFree;
  }

  @Override
  void connected() {
    isFree = true;
    answer.setLength(0);
  }

  /** Some servers close after each answer. */
  @Override
  void closed() throws IOException {
    connect();
  }

  void trigger(String channel, String data) throws IOException {
    byte[] body =
        ("{\"name\":\"bench\",\"channels\":[\"" + channel + "\"],\"data\":\"" + data + "\"}")
            .getBytes(StandardCharsets.UTF_8);
    String query =
        "auth_key=key&auth_timestamp=%d&auth_version=1.0&body_md5=%s"
            .formatted(System.currentTimeMillis() / 1_000, md5(body));
    String signature = Signature.sign("secret", "POST\n/apps/app/events\n" + query);
    String head =
        "POST /apps/app/events?%s&auth_signature=%s HTTP/1.1\r\nHost: bench\r\n"
                .formatted(query, signature)
            + "Content-Type: application/json\r\nContent-Length: "
            + body.length
            + "\r\n\r\n";
    isFree = false;
    say(head.getBytes(StandardCharsets.US_ASCII));
    say(body);
    flush();
  }

  private static String md5(byte[] body) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("MD5").digest(body));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has MD5", e);
    }
  }

  @Override
  void take(ByteBuffer in) throws IOException {
    answer.append(StandardCharsets.US_ASCII.decode(in));
    int head = answer.indexOf("\r\n\r\n");
    if (head < 0 || answer.length() < head + 4 + length(answer.substring(0, head))) {
      return;
    }
    if (!answer.substring(9, 12).equals("200")) {
      throw new IllegalStateException("a trigger was refused: " + answer);
    }
    boolean closes = answer.indexOf("onnection: close") > 0;
    answer.setLength(0);
    if (closes) {
      close();
      connect();
    }
    isFree = true;
  }

  private static int length(String head) {
    String lower = head.toLowerCase(java.util.Locale.ROOT);
    int at = lower.indexOf("content-length:");
    int end = lower.indexOf('\r', at);
    return at < 0
        ? 0
        : Integer.parseInt(lower.substring(at + 15, end < 0 ? lower.length() : end).trim());
  }
}
