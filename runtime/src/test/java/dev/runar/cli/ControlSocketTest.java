package dev.runar.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.runar.Payload;
import dev.runar.RunarException;
import dev.runar.RunarException.Code;
import dev.runar.cli.control.ControlFolder;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The socket as another program would use it: raw lines, raw files. */
@Timeout(30)
class ControlSocketTest {
  @TempDir Path folder;
  private CliFixture cli;
  private final InMemoryNode node = InMemoryNode.withMath();

  @BeforeEach
  void open() {
    cli = new CliFixture(folder);
  }

  @AfterEach
  void close() {
    cli.close();
  }

  @Test
  void onlyTheOwnerReachesTheSocket() throws IOException {
    Path socket = cli.serve("one", node).socket();

    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(socket)))
        .isEqualTo("rw-------");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(cli.folder.path())))
        .isEqualTo("rwx------");
    try (var files = Files.list(cli.folder.path())) {
      assertThat(files).containsExactly(socket);
    }
  }

  @Test
  void aFolderThatOthersCanEnterIsRefused() throws IOException {
    cli.folder.prepare();
    Files.setPosixFilePermissions(cli.folder.path(), PosixFilePermissions.fromString("rwxr-x---"));

    var result = cli.run("services");

    assertThat(result.exitCode()).isEqualTo(77);
    assertThat(result.err())
        .isEqualTo(
            "runar: PERMISSION_DENIED: the control folder %s is open to others; run: chmod 700 %s\n"
                .formatted(cli.folder.path(), cli.folder.path()));
    assertThatThrownBy(() -> cli.serve("one", node)).isInstanceOf(RunarException.class);
  }

  @Test
  void aLinkInPlaceOfTheFolderIsRefused() throws IOException {
    Path elsewhere = Files.createDirectory(folder.resolve("elsewhere"));
    Files.createSymbolicLink(cli.folder.path(), elsewhere);

    assertThat(cli.run("services").exitCode()).isEqualTo(77);
  }

  @Test
  void theSocketOfADeadProcessIsRemoved() throws IOException {
    cli.folder.prepare();
    Path stale = cli.folder.path().resolve("dead.sock");
    try (var dead = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      dead.bind(UnixDomainSocketAddress.of(stale));
    }
    assertThat(stale).exists();

    assertThat(cli.run("services").exitCode()).isEqualTo(69);
    assertThat(stale).doesNotExist();
  }

  @Test
  void aNameIsTakenOnlyWhileItsNodeRuns() throws IOException {
    var server = cli.serve("one", node);

    assertThatThrownBy(() -> cli.serve("one", node))
        .isInstanceOfSatisfying(
            RunarException.class, e -> assertThat(e.code()).isEqualTo(Code.CONFIG))
        .hasMessage("a node named 'one' is running here; choose another --name");
    server.close();
    assertThat(server.socket()).doesNotExist();
    assertThat(cli.serve("one", node).socket()).exists();
  }

  @Test
  void aNameThatIsNoFileNameIsRefused() {
    for (String name : new String[] {"", "a/b", "..", ".hidden", "x".repeat(65), "ä"}) {
      assertThatThrownBy(() -> cli.serve(name, node))
          .isInstanceOf(RunarException.class)
          .hasMessageContaining("is refused");
    }
  }

  @Test
  void theRuntimeFolderOfTheUserComesFirst() {
    assertThat(ControlFolder.ofUser(Map.of("XDG_RUNTIME_DIR", folder.toString())).path())
        .isEqualTo(folder.resolve("runar"));
    assertThat(ControlFolder.ofUser(Map.of()).path().toString()).matches(".*/runar-\\d+");
    assertThat(ControlFolder.ofUser(Map.of("XDG_RUNTIME_DIR", "/no/such")).path().toString())
        .matches(".*/runar-\\d+");
  }

  @Test
  void badLinesAreAnsweredAndTheNodeGoesOn() throws IOException {
    Path socket = cli.serve("one", node).socket();

    assertThat(exchange(socket, "hello\n")).contains("\"code\":\"PROTOCOL\"");
    assertThat(exchange(socket, "[]\n")).contains("\"code\":\"PROTOCOL\"");
    assertThat(exchange(socket, "{\"v\":9,\"id\":4,\"op\":\"info\"}\n"))
        .contains("\"code\":\"PROTOCOL\"", "speaks version 1", "\"id\":4");
    assertThat(exchange(socket, "{\"v\":1,\"id\":\"x\",\"op\":\"dance\"}\n"))
        .contains(
            "op is one of info, request, publish, subscribe, evaluate, complete and interrupt",
            "\"id\":\"x\"");
    assertThat(exchange(socket, "{\"v\":1,\"id\":1,\"op\":\"publish\",\"topic\":\"t\"}\n"))
        .contains("lacks \\\"payload\\\"");
    assertThat(
            exchange(
                socket,
                "{\"v\":1,\"id\":1,\"op\":\"publish\",\"topic\":\"t\",\"payload\":"
                    + "{\"kind\":\"JSON\",\"text\":\"{\"}}\n"))
        .contains("\"code\":\"UNSUPPORTED_VALUE\"");
    assertThat(exchange(socket, "\u00ff\n".getBytes(StandardCharsets.ISO_8859_1)))
        .contains("not UTF-8");
    assertThat(cli.run("call", "math/add", "--a", "1", "--b", "1").out()).isEqualTo("2\n");
  }

  @Test
  void aLineWithoutEndIsRefusedAtItsBound() throws IOException {
    Path socket = cli.serve("one", node).socket();

    assertThat(exchange(socket, "x".repeat((4 << 20) + 1))).contains("\"code\":\"TOO_LARGE\"");
  }

  @Test
  void aResultThatIsTooLargeIsAnError() {
    cli.serve("one", node);
    cli.in = "\"" + "x".repeat((4 << 20) - 8_000) + "\"";

    assertThat(cli.run("call", "math/echo", "-").out()).hasSize((4 << 20) - 8_000 + 1);
    node.addService(
            dev.runar.Service.at("big")
                .action("get", (payload, context) -> Payload.of("x".repeat(5 << 20)))
                .build())
        .join();
    assertThat(cli.run("call", "big/get").exitCode()).isEqualTo(65);
  }

  @Test
  void theSixtyFifthConnectionIsRefusedAndThePlaceComesBack() throws IOException {
    var server = cli.serve("one", node);
    var open = new ArrayList<SocketChannel>();
    for (int i = 0; i < 64; i++) {
      open.add(SocketChannel.open(UnixDomainSocketAddress.of(server.socket())));
    }
    await().until(() -> server.connections() == 64);

    var result = cli.run("services");
    assertThat(result.exitCode()).isEqualTo(75);
    assertThat(result.err())
        .isEqualTo("runar: OVERLOADED: the control socket serves 64 at a time\n");

    for (SocketChannel channel : open) {
      channel.close();
    }
    await().until(() -> server.connections() == 0);
    assertThat(cli.run("services").exitCode()).isZero();
  }

  @Test
  void aSlowTerminalGetsACountedGap() throws IOException {
    Path socket = cli.serve("one", node).socket();
    try (var slow = SocketChannel.open(UnixDomainSocketAddress.of(socket))) {
      slow.write(ascii("{\"v\":1,\"id\":1,\"op\":\"subscribe\",\"pattern\":\"math/*\"}\n"));
      await().until(() -> node.subscriptions() == 1);
      int published = 20_000;
      for (int i = 0; i < published; i++) {
        node.publish("math/tick", Payload.of(i)).join();
      }

      int shown = 0;
      long missing = 0;
      int lastShown = -1;
      var lines = new LineReader(slow);
      assertThat(lines.next()).contains("subscribed");
      while (shown + missing < published) {
        Map<String, Object> line = Payload.json(lines.next()).asMap();
        if (line.get("gap") instanceof Map<?, ?> gap) {
          missing += ((Number) gap.get("events")).longValue();
        } else {
          Map<?, ?> payload = (Map<?, ?>) ((Map<?, ?>) line.get("event")).get("payload");
          int value = Integer.parseInt((String) payload.get("text"));
          assertThat(value).isEqualTo((int) (shown + missing)).isGreaterThan(lastShown);
          lastShown = value;
          shown++;
        }
      }
      assertThat(shown + missing).isEqualTo(published);
      assertThat(missing).isPositive();
    }
  }

  private static String exchange(Path socket, String text) throws IOException {
    return exchange(socket, text.getBytes(StandardCharsets.UTF_8));
  }

  private static String exchange(Path socket, byte[] bytes) throws IOException {
    try (var channel = SocketChannel.open(UnixDomainSocketAddress.of(socket))) {
      var buffer = ByteBuffer.wrap(bytes);
      while (buffer.hasRemaining()) {
        channel.write(buffer);
      }
      return new LineReader(channel).next();
    }
  }

  private static ByteBuffer ascii(String text) {
    return ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII));
  }

  /** Lines without a bound. */
  private static final class LineReader {
    private final java.io.BufferedReader reader;

    LineReader(SocketChannel channel) {
      reader =
          new java.io.BufferedReader(
              java.nio.channels.Channels.newReader(channel, StandardCharsets.UTF_8));
    }

    String next() throws IOException {
      return reader.readLine();
    }
  }
}
