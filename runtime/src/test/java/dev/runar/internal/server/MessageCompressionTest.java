package dev.runar.internal.server;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.runar.NodeConfig;
import dev.runar.Payload;
import dev.runar.internal.http.StaticFiles;
import dev.runar.internal.protocol.ClientFrames;
import java.io.IOException;
import java.net.URI;
import java.util.Arrays;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.java_websocket.client.WebSocketClient;
import org.java_websocket.drafts.Draft_6455;
import org.java_websocket.extensions.permessage_deflate.PerMessageDeflateExtension;
import org.java_websocket.handshake.ServerHandshake;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Messages that are compressed, between the port and clients that are not ours. */
@Timeout(60)
class MessageCompressionTest {
  private static final String LONG = "{\"text\":\"a text that says the same again\"},".repeat(200);

  private static ServerFixture node(Transport transport) {
    NodeConfig config = NodeConfig.DEFAULT;
    return new ServerFixture(
        transport, config.withServer(config.server().withCompression(true)), StaticFiles.none());
  }

  private static String array() {
    return "[" + LONG.substring(0, LONG.length() - 1) + "]";
  }

  @ParameterizedTest
  @EnumSource(Transport.class)
  void aClientThatOffersItIsUnderstoodAndUnderstands(Transport transport) throws Exception {
    try (var node = node(transport);
        var client = new Compressing(node.port())) {
      assertThat(client.next()).startsWith("permessage-deflate; server_no_context_takeover");
      node.gate.actions.put("echo/it", CompletableFuture::completedFuture);
      client.send("{\"request\":\"echo/it\",\"data\":" + array() + ",\"id\":1}");
      assertThat(client.next()).isEqualTo("{\"id\":1,\"result\":" + array() + "}");
      client.send("{\"request\":\"echo/it\",\"data\":\"short\",\"id\":2}");
      assertThat(client.next()).isEqualTo("{\"id\":2,\"result\":\"short\"}");
    }
  }

  @Test
  void oneEventReachesThoseWhoCompressAndThoseWhoDoNot() throws Exception {
    try (var node = node(Transport.NIO);
        var compressing = new Compressing(node.port());
        var plain = node.topics()) {
      assertThat(compressing.next()).startsWith("permessage-deflate;");
      compressing.send("{\"subscribe\":\"news\"}");
      assertThat(compressing.next()).startsWith("{\"subscribed\":\"news\"");
      plain.say("{\"subscribe\":\"news\"}");
      assertThat(plain.next()).startsWith("{\"subscribed\":\"news\"");
      for (int i = 1; i <= 3; i++) {
        var _ = node.gate.publish("news", Payload.json(array()), "test");
        String event = "{\"topic\":\"news\",\"data\":" + array() + ",\"offset\":" + i + "}";
        assertThat(compressing.next()).isEqualTo(event);
        assertThat(plain.next()).isEqualTo(event);
      }
    }
  }

  @Test
  void itIsOffUnlessItIsAskedFor() throws Exception {
    try (var node = new ServerFixture(Transport.NIO);
        var client = new RawClient(node.port())) {
      assertThat(handshake(client)).startsWith("HTTP/1.1 101 ").doesNotContain("extensions");
      client.write(ClientFrames.frame(0xc1, ClientFrames.deflated("{\"ping\":1}".getBytes(UTF_8))));
      assertThat(client.next()).isEqualTo("close 1002 a reserved bit is set");
    }
  }

  @Test
  void whatIsCompressedComesInPieces() throws Exception {
    try (var node = node(Transport.NIO);
        var client = new RawClient(node.port())) {
      assertThat(handshake(client))
          .contains(
              "sec-websocket-extensions: permessage-deflate; server_no_context_takeover;"
                  + " client_no_context_takeover\r\n");
      byte[] whole = ClientFrames.deflated("{\"ping\":\"in three frames\"}".getBytes(UTF_8));
      client.write(ClientFrames.frame(0x41, Arrays.copyOfRange(whole, 0, 5)));
      client.write(ClientFrames.frame(0x00, Arrays.copyOfRange(whole, 5, 9)));
      client.write(ClientFrames.frame(0x89, "p".getBytes(UTF_8)));
      client.write(ClientFrames.frame(0x80, Arrays.copyOfRange(whole, 9, whole.length)));
      assertThat(client.next()).isEqualTo("pong p");
      assertThat(client.next()).isEqualTo("{\"pong\":\"in three frames\"}");
      client.say("{\"ping\":\"not compressed\"}");
      assertThat(client.next()).isEqualTo("{\"pong\":\"not compressed\"}");
      client.say("{\"ping\":" + array() + "}");
      assertThat(client.next()).as("final, compressed, text").isEqualTo("frame " + 0xc1);
    }
  }

  @Test
  void aBombEndsItsClientAndNothingElse() throws Exception {
    try (var node = node(Transport.NIO);
        var other = node.topics();
        var client = new RawClient(node.port())) {
      assertThat(handshake(client)).startsWith("HTTP/1.1 101 ");
      client.write(ClientFrames.frame(0xc1, ClientFrames.deflated(new byte[64 << 20])));
      assertThat(client.lastOfAll())
          .isEqualTo("close 1009 a message is at most 1048576 bytes, uncompressed too");
      other.say("{\"ping\":1}");
      assertThat(other.next()).isEqualTo("{\"pong\":1}");
    }
  }

  @Test
  void brokenFramesAreRefused() throws Exception {
    byte[] good = ClientFrames.deflated("{\"ping\":1}".getBytes(UTF_8));
    assertClosed(ClientFrames.frame(0xc1, new byte[] {7, 7, 7}), "close 1007 ");
    assertClosed(
        ClientFrames.frame(0xc1, ClientFrames.deflated(new byte[] {(byte) 0xc3, 0x28})),
        "close 1007 ");
    assertClosed(ClientFrames.frame(0xe1, good), "close 1002 "); // RSV2 too
    assertClosed(ClientFrames.frame(0xc9, good), "close 1002 "); // a ping
    byte[] first = ClientFrames.frame(0x01, "a".getBytes(UTF_8));
    byte[] continued = ClientFrames.frame(0xc0, good); // not on the first frame
    byte[] both = Arrays.copyOf(first, first.length + continued.length);
    System.arraycopy(continued, 0, both, first.length, continued.length);
    assertClosed(both, "close 1002 ");
  }

  private static void assertClosed(byte[] input, String close) throws IOException {
    try (var node = node(Transport.NIO);
        var client = new RawClient(node.port())) {
      assertThat(handshake(client)).startsWith("HTTP/1.1 101 ");
      client.write(input);
      assertThat(client.next()).startsWith(close);
    }
  }

  private static String handshake(RawClient client) throws IOException {
    String request =
        RawClient.handshake("/topics")
            .replace(
                "\r\n\r\n",
                "\r\nSec-WebSocket-Extensions: permessage-deflate; client_max_window_bits\r\n\r\n");
    client.write(request.getBytes(ISO_8859_1));
    return client.head();
  }

  /** The client of the library Java-WebSocket, which compresses. */
  private static final class Compressing extends WebSocketClient implements AutoCloseable {
    private final BlockingQueue<String> messages = new LinkedBlockingQueue<>();

    Compressing(int port) throws InterruptedException {
      super(
          URI.create("ws://127.0.0.1:" + port + "/topics"),
          new Draft_6455(new PerMessageDeflateExtension()));
      assertThat(connectBlocking(10, TimeUnit.SECONDS)).isTrue();
    }

    @Override
    public void onOpen(ServerHandshake handshake) {
      messages.add(handshake.getFieldValue("Sec-WebSocket-Extensions"));
    }

    @Override
    public void onMessage(String message) {
      messages.add(message);
    }

    @Override
    public void onClose(int code, String reason, boolean byPeer) {
      messages.add("close " + code + " " + reason);
    }

    @Override
    public void onError(Exception error) {
      messages.add("error " + error);
    }

    String next() throws InterruptedException {
      String message = messages.poll(10, TimeUnit.SECONDS);
      if (message == null) {
        throw new AssertionError("no message came");
      }
      return message;
    }
  }
}
