package dev.runar.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.runar.Limits;
import dev.runar.Node;
import dev.runar.NodeConfig;
import dev.runar.Payload;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The fuzzing client of the Autobahn test suite, all of its 301 cases, against an echo that is
 * written in a script. Run by {@code .ci/autobahn}, which fetches it.
 */
@EnabledIfSystemProperty(named = "runar.autobahn", matches = ".+")
class AutobahnTest {
  /** The largest message of the suite. */
  private static final int MESSAGE_BYTES = 16 << 20;

  private static final String ECHO =
      """
      import { Node } from "runar-ts";
      const node = new Node();
      await node.addService({
        name: "echo", path: "echo",
        sockets: { "/echo": { message: (session, data) => { session.send(data); } } },
      });
      """;

  /**
   * Cases of good messages and then a bad one, all at once. The suite would like to see the answers
   * before it is closed, but does not ask for it: ours come from a script, on another thread.
   */
  private static final String NOT_STRICT = "3\\.[234]|4\\.1\\.[345]|4\\.2\\.[345]|5\\.15";

  private static final String CASES = System.getProperty("runar.autobahn.cases", "*");

  @TempDir Path work;

  /**
   * The suite is older than RFC 7692 and offers no compression: to it a node that would compress
   * has to be as strict, but for the cases of large messages, which are the same to both.
   * CompressionConformanceTest is for those who offer it.
   */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  @Timeout(value = 15, unit = TimeUnit.MINUTES)
  void noCaseFails(boolean compresses)
      throws IOException, InterruptedException, URISyntaxException {
    Path script = Files.writeString(work.resolve("echo.ts"), ECHO);
    try (Node node = Node.create(config(compresses))) {
      node.addScript(script).join();
      node.start().join();
      URI base = node.urls().get(0);
      int ended = run("ws://127.0.0.1:" + base.getPort() + "/echo", compresses ? "9.*" : "");
      assertThat(ended).as(this::log).isZero();
    }

    Map<String, Object> cases =
        Payload.json(Files.readString(work.resolve("reports/index.json"))).asMap();
    var found = new TreeMap<String, Object>();
    ((Map<?, ?>) Objects.requireNonNull(cases.get("runar")))
        .forEach(
            (name, result) -> {
              if (!isGood(String.valueOf(name), (Map<?, ?>) result)) {
                found.put(String.valueOf(name), result);
              }
            });
    assertThat(found).isEmpty();
    if (CASES.equals("*")) {
      assertThat((Map<?, ?>) cases.get("runar")).hasSize(compresses ? 247 : 301);
    }
  }

  private static NodeConfig config(boolean compresses) {
    Limits limits =
        Limits.DEFAULT.withMessageBytes(MESSAGE_BYTES).withSessionBytes(4 * MESSAGE_BYTES);
    var server = NodeConfig.Server.DEFAULT.withPort(0).withCompression(compresses);
    return NodeConfig.DEFAULT.withServer(server).withLimits(limits);
  }

  private String log() {
    try {
      return Files.readString(work.resolve("autobahn.log"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static boolean isGood(String name, Map<?, ?> result) {
    String behavior = String.valueOf(result.get("behavior"));
    String close = String.valueOf(result.get("behaviorClose"));
    return (behavior.matches("OK|INFORMATIONAL")
            || (behavior.equals("NON-STRICT") && name.matches(NOT_STRICT)))
        && close.matches("OK|INFORMATIONAL");
  }

  private int run(String server, String excluded)
      throws IOException, InterruptedException, URISyntaxException {
    Path jars = Path.of(System.getProperty("runar.autobahn"));
    Path program =
        Path.of(
            Objects.requireNonNull(AutobahnTest.class.getResource("fuzzing-client.py")).toURI());
    Process process =
        new ProcessBuilder(
                ProcessHandle.current().info().command().orElseThrow(),
                "--sun-misc-unsafe-memory-access=allow",
                "--enable-native-access=ALL-UNNAMED",
                "-Xmx2g",
                "-jar",
                jars.resolve("jython-standalone.jar").toString(),
                "-Dpython.path=" + jars.resolve("autobahntestsuite-maven-plugin.jar"),
                program.toString(),
                server,
                work.resolve("reports").toString(),
                CASES,
                excluded)
            .redirectErrorStream(true)
            .redirectOutput(work.resolve("autobahn.log").toFile())
            .start();
    try {
      return process.waitFor();
    } finally {
      process.destroyForcibly();
    }
  }
}
