package dev.runar.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.runar.Payload;
import java.io.DataInputStream;
import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * {@code runar host} as a child process: the frames are written here by hand, from docs/link.md, so
 * that the codec is not its own witness.
 */
@Timeout(120)
class HostProcessTest {
  private static final int HELLO = 1;
  private static final int RESULT = 2;
  private static final int ERROR = 3;
  private static final int BYE = 6;
  private static final int FATAL = 7;
  private static final int RAN = 8;
  private static final int CONFIGURE = 16;
  private static final int ADD_SERVICE = 17;
  private static final int START = 19;
  private static final int STOP = 20;
  private static final int REQUEST = 21;
  private static final int LOG = 28;
  private static final int INVOKE = 48;
  private static final int EVENT = 49;

  @TempDir Path folder;
  private Process child;
  private DataInputStream in;
  private OutputStream out;

  /** What has come. */
  private record Frame(int kind, int target, long id, String head, String payload) {}

  @Test
  void aServiceOfTheParentIsAskedThroughTheChild() throws Exception {
    start();
    greet();
    send(CONFIGURE, 0, 1, "{\"networkId\":\"lab\"}", "");
    assertThat(answer(1).head()).isEqualTo("{\"networkId\":\"lab\"}");
    send(
        ADD_SERVICE,
        0,
        3,
        "{\"definition\":{\"path\":\"math\",\"actions\":[{\"name\":\"twice\"}]},"
            + "\"actions\":{\"twice\":9}}",
        "");
    assertThat(answer(3).kind()).isEqualTo(RESULT);
    send(START, 0, 5, "{}", "");
    selfTest();
    assertThat(answer(5).head()).isEqualTo("{\"urls\":[]}");

    send(REQUEST, 0, 7, "{\"path\":\"math/twice\"}", "21");
    Frame call = next(INVOKE);
    assertThat(call.target()).isEqualTo(9);
    assertThat(call.payload()).isEqualTo("21");
    send(RESULT, 0, call.id(), "", "42");
    send(RAN, 1, 30, "", "");
    Frame answer = answer(7);
    assertThat(answer.kind()).isEqualTo(RESULT);
    assertThat(answer.payload()).isEqualTo("42");

    send(STOP, 0, 9, "", "");
    assertThat(answer(9).kind()).isEqualTo(RESULT);
    send(BYE, 0, 0, "", "");
    next(BYE);
    assertThat(child.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(child.exitValue()).isZero();
  }

  @Test
  void aNodeWithoutScriptsNeedsNeitherTheirEngineNorTheirCompiler() throws Exception {
    String all = System.getProperty("java.class.path");
    String others =
        Arrays.stream(all.split(File.pathSeparator))
            .filter(jar -> !jar.contains("graalvm") && !jar.contains("swc4j"))
            .collect(Collectors.joining(File.pathSeparator));
    assertThat(all).contains("polyglot").contains("swc4j");
    assertThat(others).doesNotContain("polyglot").doesNotContain("swc4j");

    startOn(others);
    greet();
    send(CONFIGURE, 0, 1, "{\"server\":{\"port\":0}}", "");
    send(START, 0, 3, "{}", "");
    selfTest();
    assertThat(answer(3).head()).contains("\"urls\":[\"http://");
    send(REQUEST, 0, 5, "{\"path\":\"$runtime/status\"}", "");
    assertThat(answer(5).payload()).contains("RUNNING");
  }

  @Test
  void theProgramSaysWhereItsConfigurationIsIfTheCommandDoesNot() throws Exception {
    Files.writeString(folder.resolve("runar.yaml"), "networkId: fromfile\n");
    start();
    String script = Payload.of(folder.resolve("app.mjs").toString()).text();
    send(HELLO, 0, 0, "{\"protocol\":1,\"runtime\":\"node\",\"script\":" + script + "}", "");

    send(CONFIGURE, 0, 1, "{\"networkId\":\"lab\"}", "");

    assertThat(answer(1).head()).isEqualTo("{\"networkId\":\"fromfile\"}");
  }

  @Test
  void theLayersOfTheConfigurationCount() throws Exception {
    Files.writeString(folder.resolve("runar.yaml"), "networkId: fromfile\n");
    start("--set", "requestTimeout=1234", folder.resolve("app.ts").toString());
    greet();

    send(CONFIGURE, 0, 1, "{\"networkId\":\"lab\"}", "");

    assertThat(answer(1).head()).isEqualTo("{\"networkId\":\"fromfile\"}");
  }

  @Test
  void aWrongConfigurationIsAnErrorAndNotTheEnd() throws Exception {
    start("--set", "no.such.key=1");
    greet();

    send(CONFIGURE, 0, 1, "{}", "");

    Frame error = answer(1);
    assertThat(error.kind()).isEqualTo(ERROR);
    assertThat(error.payload()).contains("\"CONFIG\"").contains("no.such.key");
    assertThat(child.isAlive()).isTrue();
  }

  @Test
  void theOutputOfJavaIsLinesOfTheLog() throws Exception {
    start("--set", "logging.level=debug");
    greet();
    send(CONFIGURE, 0, 1, "{}", "");
    answer(1);
    send(LOG, 0, 0, "{\"level\":\"error\",\"logger\":\"math\",\"message\":\"Grüße\"}", "");

    Frame line = next(LOG);
    while (!line.head().contains("Grüße")) {
      line = next(LOG);
    }
    assertThat(line.head()).contains("error").contains("runar.service.math");
  }

  @Test
  void theChildEndsWhenItsParentIsGone() throws Exception {
    start();
    greet();
    send(START, 0, 1, "{}", "");
    selfTest();
    assertThat(answer(1).kind()).isEqualTo(RESULT);

    out.close();

    assertThat(child.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(child.exitValue()).isZero();
  }

  @Test
  void whatIsNoFrameEndsTheChildWhichSaysWhy() throws Exception {
    start();
    out.write("GET / HTTP/1.1\r\n\r\n".getBytes(StandardCharsets.UTF_8));
    out.flush();

    assertThat(next(FATAL).head()).contains("no frame");
    assertThat(child.waitFor(60, TimeUnit.SECONDS)).isTrue();
  }

  @Test
  void aSignalStopsTheNodeAndTheParentIsTold() throws Exception {
    start();
    greet();
    send(START, 0, 1, "{}", "");
    selfTest();
    assertThat(answer(1).kind()).isEqualTo(RESULT);

    child.toHandle().destroy();

    assertThat(next(FATAL).head()).contains("asked to end");
    assertThat(child.waitFor(60, TimeUnit.SECONDS)).isTrue();
  }

  @AfterEach
  void end() throws InterruptedException {
    if (child != null) {
      child.destroyForcibly().waitFor();
    }
  }

  private void start(String... options) throws IOException {
    startOn(System.getProperty("java.class.path"), options);
  }

  private void startOn(String classPath, String... options) throws IOException {
    var command = new ArrayList<String>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("-cp");
    command.add(classPath);
    command.add(Main.class.getName());
    command.add("host");
    command.addAll(List.of(options));
    child = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    in = new DataInputStream(child.getInputStream());
    out = child.getOutputStream();
  }

  /** A start waits for an event that goes all the way, to the handler 0. */
  private void selfTest() {
    Frame event = next(EVENT);
    assertThat(event.target()).isZero();
    assertThat(event.payload()).isEqualTo("{\"check\":\"runar\",\"n\":1}");
    send(RAN, 1, 30, "", "");
    send(RESULT, 0, event.id(), "", "");
  }

  private void greet() {
    Frame hello = next(HELLO);
    Map<String, ?> head = Payload.json(hello.head()).asMap();
    assertThat(head.get("protocol")).isEqualTo(1);
    assertThat(head.get("runtime")).isEqualTo("java");
    assertThat(((Number) head.get("pid")).longValue()).isEqualTo(child.pid());
    send(HELLO, 0, 0, "{\"protocol\":1,\"version\":\"0.1.0\",\"runtime\":\"node\",\"pid\":1}", "");
  }

  private void send(int kind, int target, long id, String headText, String payloadText) {
    byte[] head = headText.getBytes(StandardCharsets.UTF_8);
    byte[] payload = payloadText.getBytes(StandardCharsets.UTF_8);
    ByteBuffer frame =
        ByteBuffer.allocate(28 + head.length + payload.length).order(ByteOrder.LITTLE_ENDIAN);
    frame
        .putInt(24 + head.length + payload.length)
        .put((byte) kind)
        .put((byte) (payload.length == 0 ? 0 : 1))
        .putShort((short) 0)
        .putInt(target)
        .putInt(0)
        .putLong(id)
        .putInt(head.length)
        .put(head)
        .put(payload);
    try {
      out.write(frame.array());
      out.flush();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Frame answer(long id) {
    while (true) {
      Frame frame = read();
      if (frame.id() == id) {
        return frame;
      }
    }
  }

  private Frame next(int kind) {
    while (true) {
      Frame frame = read();
      if (frame.kind() == kind) {
        return frame;
      }
    }
  }

  private Frame read() {
    try {
      byte[] length = in.readNBytes(4);
      byte[] rest = in.readNBytes(ByteBuffer.wrap(length).order(ByteOrder.LITTLE_ENDIAN).getInt());
      ByteBuffer frame = ByteBuffer.wrap(rest).order(ByteOrder.LITTLE_ENDIAN);
      int headLength = frame.getInt(20);
      return new Frame(
          rest[0],
          frame.getInt(4),
          frame.getLong(12),
          new String(rest, 24, headLength, StandardCharsets.UTF_8),
          new String(rest, 24 + headLength, rest.length - 24 - headLength, StandardCharsets.UTF_8));
    } catch (IOException | RuntimeException e) {
      throw new AssertionError("no frame has come; the child: " + child, e);
    }
  }
}
