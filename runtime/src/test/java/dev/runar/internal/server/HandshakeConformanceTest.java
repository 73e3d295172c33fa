package dev.runar.internal.server;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import dev.runar.internal.protocol.ClientFrames;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Opening handshakes that RFC 6455 does not allow, or that two servers could read as two different
 * requests: each is refused, with the reason, and nothing behind it is looked at.
 */
@Timeout(60)
class HandshakeConformanceTest {
  private static final String SMUGGLED = "GET /up HTTP/1.1\r\nHost: x\r\n\r\n";

  /** What is put in the place of what, and the status of the answer. */
  @ParameterizedTest(name = "{0} -> {1}: {2}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        // the request line
        "GET /topics HTTP/1.1|get /topics HTTP/1.1|400",
        "GET /topics HTTP/1.1|GET http://x/topics HTTP/1.1|400",
        "GET /topics HTTP/1.1|GET topics HTTP/1.1|400",
        "GET /topics HTTP/1.1|GET * HTTP/1.1|400",
        "GET /topics HTTP/1.1|GET /topics HTTP/1.0|400",
        "GET /topics HTTP/1.1|GET /topics HTTP/2.0|505",
        "GET /topics HTTP/1.1|GET /topics|400",
        "GET /topics HTTP/1.1|GET /topics HTTP/1.1 x|400",
        "GET /topics HTTP/1.1|GET /top ics HTTP/1.1|400",
        "GET /topics HTTP/1.1|CONNECT x:80 HTTP/1.1|400",
        "GET /topics HTTP/1.1|PRI * HTTP/2.0|400",
        "GET /topics HTTP/1.1|DELETE /topics HTTP/1.1|400",
        // the host
        "Host: x|Host: x\\r\\nHost: y|400",
        "Host: x|X: y|400",
        // lines
        "Host: x|Host : x|400",
        "Host: x|Host: x\\r\\n folded|400",
        "Upgrade: websocket|Upgrade:\\r\\n websocket|400",
        "Upgrade: websocket|Upgrade: websocket\\r\\n\\tx|400",
        "Host: x|Host: x\\nX: bare|400",
        "Host: x|Host: x\\rX: bare|400",
        "Host: x|Host: x\\0|400",
        "Host: x|Host: x\\r\\nno colon|400",
        "Host: x|Host: x\\r\\n: no name|400",
        "Host: x|Host: x\\r\\nA b: c|400",
        // a body, in one way or two
        "Host: x|Host: x\\r\\nContent-Length: 5|400",
        "Host: x|Host: x\\r\\nContent-Length: 5\\r\\nContent-Length: 5|400",
        "Host: x|Host: x\\r\\nContent-Length: 0\\r\\nContent-Length: 33|400",
        "Host: x|Host: x\\r\\nContent-Length: +5|400",
        "Host: x|Host: x\\r\\nContent-Length: -1|400",
        "Host: x|Host: x\\r\\nContent-Length: 0x5|400",
        "Host: x|Host: x\\r\\nContent-Length: 5, 5|400",
        "Host: x|Host: x\\r\\nTransfer-Encoding: chunked|400",
        "Host: x|Host: x\\r\\nTransfer-Encoding: gzip, chunked|400",
        "Host: x|Host: x\\r\\nTransfer-Encoding: xchunked|400",
        "Host: x|Host: x\\r\\nTransfer-Encoding : chunked|400",
        "Host: x|Host: x\\r\\nTransfer-Encoding: chunked\\r\\nContent-Length: 0|400",
        // what RFC 6455 asks for
        "Connection: Upgrade|X: y|400",
        "Connection: Upgrade|Connection: keep-alive|400",
        "Sec-WebSocket-Version: 13|X: y|426",
        "Sec-WebSocket-Version: 13|Sec-WebSocket-Version: 8|426",
        "Sec-WebSocket-Version: 13|Sec-WebSocket-Version: 013|426",
        "Sec-WebSocket-Version: 13|Sec-WebSocket-Version: 13, 8|426",
        "Sec-WebSocket-Version: 13|Sec-WebSocket-Version: 13\\r\\nSec-WebSocket-Version: 13|426",
        "dGhlIHNhbXBsZSBub25jZQ==||400",
        "dGhlIHNhbXBsZSBub25jZQ==|dGhlIHNhbXBsZSBub25jZQ|400",
        "dGhlIHNhbXBsZSBub25jZQ==|dGhlIHNhbXBsZSBub25jZQ== x|400",
        "dGhlIHNhbXBsZSBub25jZQ==|dGhlIHNhbXBsZSBub25j|400",
        "dGhlIHNhbXBsZSBub25jZQ==|dGhlIHNhbXBsZSBub25jZQ==AAAA|400",
        "dGhlIHNhbXBsZSBub25jZQ==|dGhlIHNhb*BsZSBub25jZQ==|400",
      })
  void isRefusedWithAllThatIsBehindIt(String part, String wrong, String status) throws Exception {
    String request =
        RawClient.handshake("/topics").replace(part, wrong == null ? "" : wrong.translateEscapes());
    try (var node = new ServerFixture(Transport.best());
        var client = new RawClient(node.port())) {
      client.write((request + SMUGGLED).getBytes(ISO_8859_1));
      String all = client.rest();
      assertThat(all).startsWith("HTTP/1.1 " + status + " ");
      assertThat(all.split("HTTP/1\\.1 \\d{3} ", -1)).as("the only answer").hasSize(2);
      assertThat(node.broker.sessionCount()).isZero();
      if (status.equals("426")) {
        assertThat(all).containsIgnoringCase("\r\nsec-websocket-version: 13\r\n");
      }
    }
  }

  /** What the RFC allows, though it looks odd. */
  @ParameterizedTest(name = "{0} -> {1}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "Upgrade: websocket|upgrade: WebSocket",
        "Upgrade: websocket|Upgrade: h2c, websocket",
        "Upgrade: websocket|Upgrade: h2c\\r\\nUpgrade: websocket",
        "Connection: Upgrade|Connection: keep-alive, UPGRADE",
        "Connection: Upgrade|Connection: keep-alive\\r\\nConnection: upgrade",
        "Host: x|Host: x\\r\\nContent-Length: 0",
        "Host: x|Host:x",
        "Host: x|Host: [::1]:80",
        "Sec-WebSocket-Version: 13|Sec-WebSocket-Version:   13  ",
        "Host: x|Host: x\\r\\nOrigin: https://example.com",
        "Host: x|Host: x\\r\\nSec-WebSocket-Protocol: a, b",
        "Host: x|Host: x\\r\\nSec-WebSocket-Extensions: foo; bar=1, baz",
      })
  void isAccepted(String part, String other) throws Exception {
    String request = RawClient.handshake("/topics").replace(part, other.translateEscapes());
    try (var node = new ServerFixture(Transport.best());
        var client = new RawClient(node.port())) {
      client.write(request.getBytes(ISO_8859_1));
      assertThat(client.head())
          .startsWith("HTTP/1.1 101 ")
          .contains("sec-websocket-accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n")
          .doesNotContainIgnoringCase("sec-websocket-protocol")
          .doesNotContainIgnoringCase("sec-websocket-extensions");
      client.say("{\"ping\":1}");
      assertThat(client.next()).isEqualTo("{\"pong\":1}");
    }
  }

  /** From the handshake on all that comes is frames, also what came together with it. */
  @Test
  void aRequestBehindAHandshakeIsNoRequest() throws Exception {
    try (var node = new ServerFixture(Transport.best());
        var client = new RawClient(node.port())) {
      client.write((RawClient.handshake("/topics") + SMUGGLED).getBytes(ISO_8859_1));
      assertThat(client.head()).startsWith("HTTP/1.1 101 ");
      assertThat(client.next()).startsWith("close 1002 ");
      assertThat(client.isAtEnd()).isTrue();
    }
  }

  @Test
  void framesThatComeTogetherWithTheHandshakeAreRead() throws Exception {
    try (var node = new ServerFixture(Transport.best());
        var client = new RawClient(node.port())) {
      byte[] handshake = RawClient.handshake("/topics").getBytes(ISO_8859_1);
      client.write(ClientFrames.join(handshake, ClientFrames.text("{\"ping\":1}")));
      assertThat(client.head()).startsWith("HTTP/1.1 101 ");
      assertThat(client.next()).isEqualTo("{\"pong\":1}");
    }
  }

  /** Nothing that a client has sent comes back in a head, so no line can be put into one. */
  @Test
  void noHeadRepeatsWhatAClientSent() throws Exception {
    try (var node = new ServerFixture(Transport.best());
        var client = new RawClient(node.port())) {
      String request =
          RawClient.handshake("/topics?x=%0d%0aSet-Cookie:%20a=b")
              .replace("Host: x", "Host: x\r\nSec-WebSocket-Protocol: evil%0d%0aX: y")
              .replace("\r\n\r\n", "\r\nOrigin: http://evil%0d%0aX: y\r\n\r\n");
      client.write(request.getBytes(ISO_8859_1));
      assertThat(client.head())
          .startsWith("HTTP/1.1 101 ")
          .doesNotContainIgnoringCase("evil")
          .doesNotContainIgnoringCase("cookie");
    }
  }

  @Test
  void anHttp2PrefaceIsNoRequest() throws Exception {
    try (var node = new ServerFixture(Transport.best());
        var client = new RawClient(node.port())) {
      client.write("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\4\0\0\0\0\0".getBytes(ISO_8859_1));
      assertThat(client.rest()).startsWith("HTTP/1.1 400 ").containsOnlyOnce("HTTP/1.1 ");
    }
  }
}
