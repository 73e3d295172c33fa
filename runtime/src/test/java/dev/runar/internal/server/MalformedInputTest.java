package dev.runar.internal.server;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.runar.internal.protocol.ClientFrames;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Requests, handshakes and frames that are not as they should be. */
@Timeout(60)
class MalformedInputTest {
  @ParameterizedTest
  @EnumSource(Transport.class)
  void aViolationIsAnsweredWithItsCodeAndTheEnd(Transport transport) throws Exception {
    try (var node = new ServerFixture(transport)) {
      byte[] bad = {(byte) 0xc3, 0x28};
      var table =
          List.of(
              new Violation(ClientFrames.head(0x82, 100L << 20), "close 1009"),
              new Violation(ClientFrames.head(0x82, Long.MAX_VALUE), "close 1009"),
              new Violation(ClientFrames.frame(0x81, bad), "close 1007"),
              new Violation(ClientFrames.frame(0xc1, new byte[0]), "close 1002"),
              new Violation(new byte[] {(byte) 0x81, 1, 'a'}, "close 1002"),
              new Violation(ClientFrames.close(5000, new byte[0]), "close 1002"),
              new Violation(ClientFrames.close(1000, bad), "close 1007"),
              new Violation(ClientFrames.close(1000, new byte[0]), "close 1000"),
              new Violation(ClientFrames.close(4321, new byte[0]), "close 4321"),
              new Violation(ClientFrames.frame(0x88, new byte[0]), "close"));
      for (Violation violation : table) {
        try (var client = node.topics()) {
          client.write(violation.bytes());
          client.write(new byte[50_000]); // it goes on and on, and is not listened to
          assertThat(client.next()).startsWith(violation.answer());
          assertThat(client.isAtEnd()).isTrue();
        }
      }
      await().until(() -> node.broker.sessionCount() == 0);
    }
  }

  private record Violation(byte[] bytes, String answer) {}

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "GET /up HTTP/1.1\\r\\nHost: x\\r\\n\\r\\n|200 ok",
        "GET /live HTTP/1.1\\r\\nHost: x\\r\\n\\r\\n|200 ok",
        "GET /ready HTTP/1.0\\r\\n\\r\\n|200 ok",
        "GET /topics HTTP/1.1\\r\\nHost: x\\r\\n\\r\\n|200 []",
        "POST /up HTTP/1.1\\r\\nHost: x\\r\\nContent-Length: 2\\r\\n\\r\\nab|405 only GET and HEAD",
        "GET /none HTTP/1.1\\r\\nHost: x\\r\\n\\r\\n|404 not found",
        "GET /../x HTTP/1.1\\r\\nHost: x\\r\\n\\r\\n|404 not found",
        "GET /up HTTP/1.1\\r\\n\\r\\n|400 one Host header is needed",
        "GET /up HTTP/1.1\\r\\nHost: x\\r\\nHost: y\\r\\n\\r\\n|400 one Host header is needed",
        "GET up HTTP/1.1\\r\\nHost: x\\r\\n\\r\\n|400 the request target must begin with /",
        "GET /up HTTP/1.1\\r\\nHost : x\\r\\n\\r\\n|400 malformed request",
        "GET /up HTTP/1.1\\r\\nHost: x\\r\\nA: b\\rC: d\\r\\n\\r\\n|400 malformed request",
        "GET /up HTTP/1.1\\r\\nHost: x\\r\\nA: b\\0c\\r\\n\\r\\n|400 malformed request",
        "rubbish\\r\\n\\r\\n|400 malformed request",
        "POST /up HTTP/1.1\\r"
            + "\\n"
            + "Host: x\\r"
            + "\\n"
            + "Content-Length: 3\\r"
            + "\\n"
            + "Transfer-Encoding: chunked\\r"
            + "\\n"
            + "\\r"
            + "\\n"
            + "|400 malformed request",
        "POST /up HTTP/1.1\\r"
            + "\\n"
            + "Host: x\\r"
            + "\\n"
            + "Content-Length: 3\\r"
            + "\\n"
            + "Content-Length: 4\\r"
            + "\\n"
            + "\\r"
            + "\\n"
            + "|400 malformed request",
        "POST /up HTTP/1.1\\r"
            + "\\n"
            + "Host: x\\r"
            + "\\n"
            + "Transfer-Encoding: xchunked\\r"
            + "\\n"
            + "\\r"
            + "\\n"
            + "|400 the only Transfer-Encoding is chunked, in HTTP/1.1",
        "POST /up HTTP/1.1\\r"
            + "\\n"
            + "Host: x\\r"
            + "\\n"
            + "Content-Length: 99999999\\r"
            + "\\n"
            + "\\r"
            + "\\n"
            + "|413 the body is too large",
        "GET /up HTTP/1.1\\r"
            + "\\n"
            + "Host: x\\r"
            + "\\n"
            + "Connection: Upgrade, HTTP2-Settings\\r"
            + "\\n"
            + "Upgrade: h2c\\r"
            + "\\n"
            + "\\r"
            + "\\n"
            + "|200 ok",
        "GET /topics HTTP/1.1\\r"
            + "\\n"
            + "Host: x\\r"
            + "\\n"
            + "Upgrade: websocket\\r"
            + "\\n"
            + "\\r"
            + "\\n"
            + "|400 a WebSocket handshake needs Connection: Upgrade"
      })
  void everyRequestHasItsAnswer(String request, String answer) throws Exception {
    try (var node = new ServerFixture(Transport.best());
        var client = new RawClient(node.port())) {
      client.write(request.translateEscapes().getBytes(ISO_8859_1));
      assertThat(client.response()).isEqualTo(answer);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==||400",
        "dGhlIHNhbXBsZSBub25jZQ==|short|400",
        "Version: 13|Version: 8|426",
        "GET|POST|400",
        "/topics|/nothing|404",
        "\\r\\n\\r\\n|\\r\\nContent-Length: 5\\r\\n\\r\\nhello|400",
        "Key: |Key: dGhlIHNhbXBsZSBub25jZQ==\\r\\nSec-WebSocket-Key: |400"
      })
  void aBadHandshakeIsRefused(String part, String wrong, String status) throws Exception {
    try (var node = new ServerFixture(Transport.best());
        var client = new RawClient(node.port())) {
      String replacement = wrong == null ? "X: y" : wrong.translateEscapes();
      String handshake =
          RawClient.handshake("/topics").replace(part.translateEscapes(), replacement);
      client.write(handshake.getBytes(ISO_8859_1));
      assertThat(client.response()).startsWith(status);
      assertThat(client.isAtEnd()).isTrue();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "GET /up HTTP/1.1\\r\\nHost: x\\r\\nX: a\\r\\n b\\r\\n\\r\\n",
        "GET /up HTTP/1.1\\r\\nHost: x\\r\\nX: a\\r\\n\\tb\\r\\n\\r\\n",
        "GET /up HTTP/1.1\\r\\nHost: x\\r\\nX: a\\r\\n \\r\\n\\r\\n",
        "GET /up HTTP/1.1\\r\\nHost:\\r\\n x\\r\\n\\r\\n",
        "GET /up HTTP/1.1\\r\\n Host: x\\r\\n\\r\\n",
        "POST /up HTTP/1.1\\r\\nHost: x\\r\\nContent-Length: 1\\r\\n 1\\r\\n\\r\\nabc",
      })
  void aFoldedHeaderIsRefusedHoweverItArrives(String request) throws Exception {
    byte[] bytes = request.translateEscapes().getBytes(ISO_8859_1);
    try (var node = new ServerFixture(Transport.best())) {
      try (var client = new RawClient(node.port())) {
        client.write(bytes);
        assertThat(client.response()).isEqualTo("400 malformed request");
        assertThat(client.isAtEnd()).isTrue();
      }
      try (var client = new RawClient(node.port())) {
        for (byte each : bytes) {
          client.write(new byte[] {each});
        }
        assertThat(client.response()).isEqualTo("400 malformed request");
      }
    }
  }

  @Test
  void aBodyWhoseLinesBeginWithASpaceIsNoFoldedHeader() throws Exception {
    try (var node = new ServerFixture(Transport.best());
        var client = new RawClient(node.port())) {
      String get = "GET /up HTTP/1.1\r\nHost: x\r\n";
      client.write(
          ("\r\n" + get + "\r\n" + get + "Content-Length: 8\r\n\r\n x\r\n \ty\n")
              .getBytes(ISO_8859_1));
      assertThat(client.response()).isEqualTo("200 ok");
      assertThat(client.response()).isEqualTo("200 ok");
    }
  }
}
