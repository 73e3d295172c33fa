package dev.runar.path;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.runar.Limits;
import dev.runar.Node;
import dev.runar.NodeConfig;
import dev.runar.RunarException;
import dev.runar.RunarException.Code;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is wrong is told in one clear message; the node and other sessions go on. */
@Timeout(60)
class BadInputTest {
  private static final String GOOD =
      """
      import { Node } from "runar-ts";
      const node = new Node();
      await node.addService({
        name: "ok", path: "ok",
        actions: { ping: () => "pong" },
        sockets: { "/echo": { message: (session, data) => { session.send(data); } } },
      });
      """;

  @TempDir Path folder;

  @Test
  void aScriptThatDoesNotLoadIsToldWithFileLineAndColumn() {
    try (ScriptNode app = ScriptNode.start(folder, GOOD)) {
      assertThat(failure(() -> app.add("syntax.ts", "const ok = 1;\nconst x = = 2;\n")))
          .hasMessageContaining("syntax.ts:2:11")
          .hasMessageContaining("const x = = 2;");
      assertThat(failure(() -> app.add("missing.ts", "import './no.js';\n")))
          .hasMessageContaining("missing.ts:1:8")
          .hasMessageContaining("./no.js");
      assertThat(failure(() -> app.add("package.ts", "import x from 'left-pad';\nx();\n")))
          .hasMessageContaining("left-pad");
      assertThat(
              failure(
                  () ->
                      app.add(
                          "throws.ts",
                          "interface Gone {}\n\nthrow new RangeError('top level');\n")))
          .hasMessageContaining("RangeError: top level")
          .hasMessageContaining("throws.ts:3:");
      assertThat(
              failure(
                  () ->
                      app.add("later.ts", "await null;\nawait Promise.reject(new Error('no'));\n")))
          .hasMessageContaining("Error: no");
      assertThat(failure(() -> app.add("thrown.ts", "throw 42;\n")))
          .hasMessageContaining("thrown.ts threw 42");
      app.file("app2.ts", "");
      assertThat(failure(() -> ScriptNode.value(app.node.addScript(folder.resolve("ap.ts")))))
          .hasMessageContaining("there is no script")
          .hasMessageContaining("app.ts, app2.ts");
      for (RunarException e : List.of(failure(() -> app.add("again.ts", "throw 1;")))) {
        assertThat(e.code()).isEqualTo(Code.SCRIPT);
      }
      assertThat(app.call("ok/ping")).isEqualTo("pong");
      assertThat((List<?>) app.status().get("contexts")).hasSize(1);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '#',
      quoteCharacter = '`',
      value = {
        "{ prot: 3000 } # prot",
        "{ server: { prot: 3000 } } # did you mean",
        "{ server: { port: 'x' } } # port",
        "{ server: { port: 70000 } } # server.port must be 0 (any free port) to 65535",
        "{ requestTimeout: -1 } # requestTimeout",
        "{ networkid: 'x' } # did you mean",
        "{ limits: { queuedCalbacks: 1 } } # did you mean",
        "1 # the configuration is not an object",
      })
  void aConfigurationThatIsWrongIsTold(String config, String message) {
    try (ScriptNode app = ScriptNode.start(folder, GOOD)) {
      assertThat(
              failure(
                  () ->
                      app.add(
                          "bad.ts",
                          "import { Node } from 'runar-ts';\nnew Node(%s as never);\n"
                              .formatted(config))))
          .hasMessageContaining("ConfigError")
          .hasMessageContaining(message);
      assertThat(app.call("ok/ping")).isEqualTo("pong");
    }
  }

  @Test
  void aConfigurationFileThatIsWrongIsTold() throws IOException {
    Path file = folder.resolve("runar.yaml");
    Files.writeString(file, "server:\n  prot: 1\n");
    assertThat(failure(() -> NodeConfig.load(file)))
        .hasMessageContaining("runar.yaml")
        .hasMessageContaining("prot")
        .hasMessageContaining("did you mean");
  }

  @Test
  void aPortInUseIsTold() throws IOException {
    try (var taken = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
      RunarException error =
          failure(() -> Node.builder().port(taken.getLocalPort()).start().close());
      assertThat(error.code()).isEqualTo(Code.CONFIG);
      assertThat(error).hasMessageContaining(String.valueOf(taken.getLocalPort()));
    }
  }

  @Test
  void malformedFramesGetAnErrorAndTheSocketLives() {
    try (ScriptNode app = ScriptNode.start(folder, GOOD)) {
      Client client = app.connect("/topics");
      for (String bad :
          List.of(
              "",
              "{",
              "nonsense",
              "[]",
              "1",
              "null",
              "{}",
              "{\"subscribe\":1}",
              "{\"subscribe\":\"a//b\"}",
              "{\"publish\":\"a/>\",\"data\":1}",
              "{\"request\":\"ok/ping\"}",
              "{\"nonsense\":1}",
              "{\"subscribe\":\"a/b\",\"more\":1}",
              "{\"ping\":1} {\"ping\":2}",
              "{\"request\":\"no/one\",\"id\":1}",
              "{\"publish\":\"$registry/x\",\"id\":2}",
              "[".repeat(5_000),
              "{\"ping\":\"\\ud800")) {
        client.send(bad);
        assertThat(client.next()).as(bad).contains("\"error\":{\"code\":", "\"message\":");
      }
      client.send(new byte[] {1, 2});
      assertThat(client.next()).contains("\"error\"");
      client.send("{\"request\":\"ok/ping\",\"id\":3}");
      assertThat(client.next()).isEqualTo("{\"id\":3,\"result\":\"pong\"}");
    }
  }

  @ParameterizedTest
  @CsvSource({
    // a text frame that is no UTF-8
    "81, 04 c3 28 41 41, 1007",
    // a fragmented text that ends inside a character
    "01, 01 e2 80 00, 1007",
    // 100 MB announced
    "82, 7f 00 00 00 00 06 40 00 00, 1009",
    // an unknown operation code
    "83, 00, 1002",
    // a fragmented ping
    "09, 00, 1002",
    // a continuation of nothing
    "80, 00, 1002",
    // reserved bits
    "f1, 00, 1002",
  })
  void aFrameThatBreaksTheProtocolClosesOnlyItsOwnSession(String first, String rest, int code)
      throws IOException {
    try (ScriptNode app = ScriptNode.start(folder, GOOD)) {
      for (String path : List.of("/topics", "/echo")) {
        Client other = app.connect("/echo");
        assertThat(closeCode(app, path, first, rest)).as(path).isEqualTo(code);
        assertThat(other.send("still here").next()).isEqualTo("still here");
      }
      assertThat(app.call("ok/ping")).isEqualTo("pong");
    }
  }

  @Test
  void aMessageOverTheBoundIsClosedWith1009() {
    NodeConfig small = ScriptNode.CONFIG.withLimits(Limits.DEFAULT.withMessageBytes(1_000));
    try (ScriptNode app = ScriptNode.start(folder, small, GOOD)) {
      Client fits = app.connect("/echo").send("x".repeat(1_000));
      assertThat(fits.next()).hasSize(1_000);
      assertThat(app.connect("/echo").send("x".repeat(1_001)).closed()).startsWith("1009");
    }
  }

  /** Writes a masked frame by hand, since no client library sends what is wrong. */
  private static int closeCode(ScriptNode app, String path, String first, String rest)
      throws IOException {
    var uri = app.uri(path);
    try (var socket = new Socket(uri.getHost(), uri.getPort())) {
      socket.setSoTimeout(10_000);
      OutputStream out = socket.getOutputStream();
      InputStream in = socket.getInputStream();
      out.write(
          ("GET "
                  + path
                  + " HTTP/1.1\r\n"
                  + "Host: x\r\n"
                  + "Upgrade: websocket\r\n"
                  + "Connection: Upgrade\r\n"
                  + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
                  + "Sec-WebSocket-Version: 13\r\n\r\n")
              .getBytes(StandardCharsets.US_ASCII));
      var head = new StringBuilder();
      while (!head.toString().endsWith("\r\n\r\n")) {
        head.append((char) in.read());
      }
      assertThat(head.toString()).startsWith("HTTP/1.1 101");
      out.write(frame(first, rest));
      out.flush();
      int opcode = in.read();
      int length = in.read();
      byte[] body = in.readNBytes(length & 0x7f);
      assertThat(opcode).isEqualTo(0x88);
      return ByteBuffer.wrap(body).getShort() & 0xffff;
    }
  }

  /** The length byte gets the mask bit and a mask of zeros, so that the bytes stay as written. */
  private static byte[] frame(String first, String rest) {
    String[] hex = rest.split(" ");
    int length = Integer.parseInt(hex[0], 16);
    int lengthBytes = length == 0x7f ? 8 : 0;
    var frame = ByteBuffer.allocate(64);
    frame.put((byte) Integer.parseInt(first, 16)).put((byte) (0x80 | length));
    for (int i = 1; i <= lengthBytes; i++) {
      frame.put((byte) Integer.parseInt(hex[i], 16));
    }
    frame.putInt(0);
    for (int i = 1 + lengthBytes; i < hex.length; i++) {
      frame.put((byte) Integer.parseInt(hex[i], 16));
    }
    if (first.equals("01")) {
      frame.position(frame.position() - hex.length + 2); // only the announced byte
      frame.put((byte) 0x80).put((byte) 0x80).putInt(0); // the last fragment, empty
    }
    return java.util.Arrays.copyOf(frame.array(), frame.position());
  }

  private static RunarException failure(
      org.assertj.core.api.ThrowableAssert.ThrowingCallable call) {
    Throwable thrown = catchThrowable(call);
    Throwable cause = thrown instanceof CompletionException ? thrown.getCause() : thrown;
    assertThat(cause).isInstanceOf(RunarException.class);
    return (RunarException) cause;
  }
}
