package dev.runar.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.runar.Configuration;
import dev.runar.Node;
import dev.runar.NodeConfig;
import dev.runar.apps.App;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(30)
class BrokerStartCommandTest {
  private static final String APPS =
      """
      apps:
        - id: "1"
          key: key
          secret: secret
      """;

  @TempDir Path folder;
  private CliFixture cli;
  private final AtomicReference<NodeConfig> seen = new AtomicReference<>();

  @BeforeEach
  void prepare() {
    cli = new CliFixture(folder);
    cli.configs =
        (file, flags) ->
            Configuration.load(
                Configuration.Sources.NONE.withFile(file.orElseThrow()).withFlags(flags));
    cli.nodes =
        config -> {
          seen.set(config);
          Node node = new InMemoryNode(config);
          node.addService(InMemoryNode.math()).join();
          return node;
        };
  }

  @AfterEach
  void close() {
    cli.close();
  }

  @Test
  void runsWithoutAScriptUntilItIsAskedToEnd() throws Exception {
    Path file = Files.writeString(folder.resolve("broker.yaml"), APPS);
    var exitCode =
        cli.begin("broker", "start", "--config", file.toString(), "--path", "/realtime", "--debug");
    await().until(() -> cli.out().endsWith("\n"));
    assertThat(cli.out()).startsWith("runar ready in ");
    assertThat(seen.get().server().port().number()).hasValue(8080);
    assertThat(seen.get().server().pusher().path()).isEqualTo("/realtime");
    assertThat(seen.get().logging().level()).isEqualTo("debug");
    assertThat(seen.get().apps()).extracting(App::key).containsExactly("key");
    cli.signals.getFirst().run();
    assertThat(exitCode.get()).isZero();
  }

  @Test
  void withoutAnAppItSaysWhereToNameOne() throws Exception {
    Path file = Files.writeString(folder.resolve("none.yaml"), "requestTimeout: 5000");
    var result = cli.run("broker", "start", "--config", file.toString());
    assertThat(result.exitCode()).isEqualTo(78);
    assertThat(result.err()).contains("there is no app").contains("REVERB_APP_ID");
  }

  @Test
  void aPortThatIsNoneIsAMistakeOfTheCommandLine() {
    assertThat(cli.run("broker", "start", "--port", "70000").exitCode()).isEqualTo(2);
    assertThat(cli.run("broker").exitCode()).isEqualTo(2);
  }
}
