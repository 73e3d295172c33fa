package dev.runar.path;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.runar.NodeConfig;
import dev.runar.internal.protocol.ClientFrames;
import dev.runar.internal.server.RawClient;
import java.io.ByteArrayOutputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.zip.Deflater;
import java.util.zip.Inflater;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What the sections 12 and 13 of the Autobahn test suite ask of RFC 7692, and what they do not: the
 * build of the suite that Maven has ends before them. Against an echo that is written in a script.
 */
@Timeout(120)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class CompressionConformanceTest {
  private static final String ECHO =
      """
      import { Node } from "runar-ts";
      const node = new Node();
      node.addService({
        name: "echo", path: "echo",
        sockets: { "/echo": { message: (session, data) => { session.send(data); } } },
      });
      await node.start();
      """;

  private static final int TEXT = 0x81;
  private static final int BINARY = 0x82;
  private static final int COMPRESSED = 0x40;
  private static final int FIN = 0x80;
  private static final int MESSAGE_BYTES = 1 << 20;

  private ScriptNode node;
  private RawClient bystander;

  @BeforeAll
  void start(@TempDir Path folder) throws Exception {
    NodeConfig.Server server = ScriptNode.CONFIG.server().withCompression(true);
    NodeConfig config = ScriptNode.CONFIG.withServer(patient(server));
    node = ScriptNode.start(folder, config, ECHO);
    bystander = echo("permessage-deflate");
  }

  /** Whatever became of the others, the node and its other clients go on. */
  @AfterAll
  void itIsStillServed() throws Exception {
    try (ScriptNode app = node;
        RawClient client = bystander) {
      client.say("still here");
      assertThat(client.next()).isEqualTo("still here");
      assertThat(app.status()).isNotEmpty();
    }
  }

  /** These clients answer no ping, however long it all takes. */
  private static NodeConfig.Server patient(NodeConfig.Server server) {
    return server.withPingInterval(Duration.ofHours(1)).withIdleTimeout(Duration.ofHours(2));
  }

  private RawClient echo(String offer) throws Exception {
    return client(new ArrayList<>(), offer);
  }

  private RawClient client(List<String> heads, String offer) throws Exception {
    var client = new RawClient(node.uri("/").getPort());
    String extension = "\r\nSec-WebSocket-Extensions: " + offer + "\r\n\r\n";
    client.write(RawClient.handshake("/echo").replace("\r\n\r\n", extension).getBytes(ISO_8859_1));
    heads.add(client.head());
    assertThat(heads.getFirst()).startsWith("HTTP/1.1 101 ");
    return client;
  }

  private static byte[] message(int opcode, int size, int seed) {
    var random = new Random(seed);
    byte[] message = new byte[size];
    for (int i = 0; i < size; i++) {
      int letters = i % 2_000 < 1_000 ? 3 : opcode == TEXT ? 26 : 256;
      message[i] = (byte) ((opcode == TEXT ? 'a' : 0) + random.nextInt(letters));
    }
    return message;
  }

  /** A compressed message in frames of at most so many bytes; 0: one frame. */
  private static byte[] frames(int opcode, byte[] message, int most) {
    byte[] all = ClientFrames.deflated(message);
    int size = most == 0 ? all.length : most;
    var out = new ByteArrayOutputStream();
    for (int from = 0; from == 0 || from < all.length; from += size) {
      int to = Math.min(all.length, from + size);
      int first = from == 0 ? (opcode & 0x0f) | COMPRESSED : 0;
      int last = to == all.length ? FIN : 0;
      out.writeBytes(ClientFrames.frame(first | last, Arrays.copyOfRange(all, from, to)));
    }
    return out.toByteArray();
  }

  /** The next message of the node, inflated by a window of its own if it is compressed. */
  private static byte[] answer(RawClient client, int opcode) throws Exception {
    RawClient.Frame frame = client.nextFrame();
    if (frame.first() == opcode) {
      return frame.payload();
    }
    assertThat(frame.first()).isEqualTo(opcode | COMPRESSED);
    assertThat(frame.payload().length).isLessThan(MESSAGE_BYTES);
    var out = new ByteArrayOutputStream();
    try (var inflater = new Inflater(true)) {
      byte[] tail = {0, 0, (byte) 0xff, (byte) 0xff};
      inflater.setInput(ClientFrames.join(frame.payload(), tail));
      byte[] buffer = new byte[65_536];
      for (int size = inflater.inflate(buffer); size > 0; size = inflater.inflate(buffer)) {
        out.write(buffer, 0, size);
      }
    }
    return out.toByteArray();
  }

  /** As 12.1 to 12.5: every size as text and as bytes, whole and in frames of every size. */
  @ParameterizedTest
  @CsvSource({
    "0, 0",
    "1, 0",
    "16, 0",
    "16, 1",
    "64, 0",
    "64, 7",
    "256, 0",
    "256, 100",
    "1023, 0",
    "1024, 0",
    "1024, 256",
    "4096, 0",
    "4096, 1000",
    "8192, 0",
    "8192, 1",
    "16384, 256",
    "32768, 0",
    "32768, 4096",
    "65535, 0",
    "65536, 0",
    "65536, 1024",
    "131072, 0",
    "131072, 256",
    "131072, 32768",
    "1048576, 0",
    "1048576, 65536"
  })
  void everyMessageComesBackAsItWas(int size, int frame) throws Exception {
    try (RawClient client = echo("permessage-deflate; client_max_window_bits")) {
      for (int seed = 0; seed < (size > 100_000 ? 2 : 10); seed++) {
        for (int opcode : new int[] {TEXT, BINARY}) {
          byte[] message = message(opcode, size, seed);
          client.write(frames(opcode, message, frame));
          assertThat(answer(client, opcode)).isEqualTo(message);
          client.write(ClientFrames.frame(opcode, message)); // a message need not be compressed
          assertThat(answer(client, opcode)).isEqualTo(message);
        }
      }
    }
  }

  /** As 13.1 to 13.7: what is offered, and what is agreed on. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "permessage-deflate",
        "permessage-deflate; client_no_context_takeover",
        "permessage-deflate; server_no_context_takeover",
        "permessage-deflate; client_max_window_bits=9",
        "permessage-deflate; client_max_window_bits=15; server_max_window_bits=15",
        "permessage-deflate; server_max_window_bits=9, permessage-deflate; client_max_window_bits",
        "permessage-deflate; server_no_context_takeover; client_no_context_takeover"
      })
  void whatIsAgreedOnIsDone(String offer) throws Exception {
    var heads = new ArrayList<String>();
    try (RawClient client = client(heads, offer)) {
      assertThat(heads.getFirst())
          .contains("server_no_context_takeover; client_no_context_takeover");
      byte[] message = message(TEXT, 5_000, 1);
      for (int i = 0; i < 20; i++) { // the same again: nobody refers to what came before
        client.write(frames(TEXT, message, 0));
        assertThat(answer(client, TEXT)).isEqualTo(message);
      }
    }
  }

  @Test
  void nothingIsCompressedForWhomNothingWasAgreedOn() throws Exception {
    var heads = new ArrayList<String>();
    try (RawClient client = client(heads, "permessage-deflate; server_max_window_bits=9")) {
      assertThat(heads.getFirst()).doesNotContain("permessage-deflate");
      byte[] message = message(TEXT, 50_000, 1);
      client.write(ClientFrames.frame(TEXT, message));
      assertThat(client.nextFrame().first()).isEqualTo(TEXT);
      client.write(frames(TEXT, message, 0));
      assertThat(client.lastOfAll()).startsWith("close 1002 ");
    }
  }

  @Test
  void controlFramesComeBetweenTheFramesOfACompressedMessage() throws Exception {
    try (RawClient client = echo("permessage-deflate")) {
      byte[] message = message(TEXT, 100, 1);
      byte[] all = ClientFrames.deflated(message);
      for (int i = 0; i < all.length; i++) {
        int first = (i == 0 ? 1 | COMPRESSED : 0) | (i == all.length - 1 ? FIN : 0);
        client.write(ClientFrames.frame(0x89, new byte[] {'p'}));
        client.write(ClientFrames.frame(first, new byte[] {all[i]}));
        assertThat(client.next()).isEqualTo("pong p");
      }
      assertThat(answer(client, TEXT)).isEqualTo(message);
    }
  }

  private void refused(String close, byte[]... frames) throws Exception {
    try (RawClient client = echo("permessage-deflate")) {
      client.write(ClientFrames.join(frames));
      assertThat(client.lastOfAll()).startsWith("close " + close + " ");
    }
  }

  @Test
  void aFlagWhereItMustNotBeIs1002() throws Exception {
    byte[] good = ClientFrames.deflated("hello".getBytes(UTF_8));
    refused("1002", ClientFrames.frame(0xa1, good)); // RSV2
    refused("1002", ClientFrames.frame(0x91, good)); // RSV3
    refused("1002", ClientFrames.frame(0xf1, good)); // all
    for (int control : new int[] {0xc8, 0xc9, 0xca}) {
      refused("1002", ClientFrames.frame(control, new byte[0]));
    }
    refused("1002", ClientFrames.frame(0x41, good), ClientFrames.frame(0xc0, good));
    byte[] plain = {'a'};
    refused("1002", ClientFrames.frame(0x01, plain), ClientFrames.frame(0xc0, good));
    refused("1002", ClientFrames.frame(0x41, good), ClientFrames.frame(0xc1, good));
    refused("1002", ClientFrames.frame(0xc0, good)); // nothing to continue
  }

  @Test
  void whatIsNoDeflateIs1007() throws Exception {
    byte[] good = ClientFrames.deflated(message(TEXT, 2_000, 1));
    refused("1007", ClientFrames.frame(TEXT | COMPRESSED, new byte[] {7, 7, 7}));
    refused("1007", ClientFrames.frame(TEXT | COMPRESSED, Arrays.copyOf(good, good.length - 3)));
    refused("1007", ClientFrames.frame(TEXT | COMPRESSED, Arrays.copyOf(good, good.length / 2)));
    byte[] longer = Arrays.copyOf(good, good.length + 4); // an empty block, and half a head
    longer[good.length] = 1;
    refused("1007", ClientFrames.frame(TEXT | COMPRESSED, longer));
    byte[] notUtf8 = {'a', (byte) 0xc3, 0x28};
    refused("1007", frames(TEXT, notUtf8, 0));
    refused("1007", frames(TEXT, notUtf8, 1));
  }

  /** The node has said that each message stands for itself. */
  @Test
  void aMessageThatRefersToTheOneBeforeIs1007() throws Exception {
    byte[] message = message(TEXT, 3_000, 1);
    byte[][] both = new byte[2][];
    try (var deflater = new Deflater(9, true)) {
      for (int i = 0; i < 2; i++) {
        deflater.setInput(message);
        byte[] out = new byte[8_000];
        int size = deflater.deflate(out, 0, out.length, Deflater.SYNC_FLUSH);
        both[i] = Arrays.copyOf(out, size - 4);
      }
    }
    assertThat(both[1].length).isLessThan(both[0].length / 10);
    refused(
        "1007",
        ClientFrames.frame(TEXT | COMPRESSED, both[0]),
        ClientFrames.frame(TEXT | COMPRESSED, both[1]));
  }

  @Test
  void aBombIs1009InWhateverFramesItComes() throws Exception {
    byte[] bomb = new byte[32 << 20];
    refused("1009", frames(BINARY, bomb, 0));
    refused("1009", frames(BINARY, bomb, 1_000));
    refused("1009", frames(TEXT, new byte[MESSAGE_BYTES + 1], 0));
  }
}
