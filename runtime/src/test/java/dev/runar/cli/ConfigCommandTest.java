package dev.runar.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.runar.Configuration;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class ConfigCommandTest {
  @TempDir Path folder;
  private CliFixture cli;

  @BeforeEach
  void prepare() {
    cli = new CliFixture(folder.resolve("run"));
    cli.configs =
        (file, flags) ->
            Configuration.load(
                new Configuration.Sources(file, Map.of("RUNAR_LIMITS_CONTEXTS", "20"), flags));
  }

  @AfterEach
  void close() {
    cli.close();
  }

  private String line(String output, String key) {
    return output
        .lines()
        .filter(line -> line.startsWith(key + " "))
        .findFirst()
        .orElseThrow()
        .replaceAll(" +", " ");
  }

  @Test
  void printsEveryValueWithItsOrigin() throws IOException {
    Path file =
        Files.writeString(
            folder.resolve("runar.yaml"),
            """
            server: { port: 8080 }
            permissions: { net: [a.example] }
            """);
    String script = folder.resolve("app.ts").toString();
    String printed =
        cli.run("config", "print", script, "--set", "requestTimeout=1000", "--allow-net=b.example")
            .out();

    assertThat(line(printed, "KEY")).isEqualTo("KEY VALUE ORIGIN");
    assertThat(line(printed, "server.port")).isEqualTo("server.port 8080 " + file);
    assertThat(line(printed, "limits.contexts"))
        .isEqualTo("limits.contexts 20 RUNAR_LIMITS_CONTEXTS");
    assertThat(line(printed, "requestTimeout")).isEqualTo("requestTimeout 1000 command line");
    assertThat(line(printed, "drainTimeout")).isEqualTo("drainTimeout 5000 default");
    assertThat(line(printed, "permissions.net"))
        .isEqualTo("permissions.net [\"a.example\",\"b.example\"] " + file + ", command line");
  }

  @Test
  void aMistakeIsRefusedWithAHint() {
    assertThat(cli.run("config", "print", "--set", "limits.context=1"))
        .isEqualTo(
            new CliFixture.Result(
                78,
                "",
                "runar: CONFIG: command line: unknown key \"limits.context\"; did you mean"
                    + " limits.contexts? runar config print lists what there is\n"));
    assertThat(cli.run("config", "print", "--set", "limits.contexts=many").err())
        .isEqualTo(
            "runar: CONFIG: command line: limits.contexts must be a whole number, not many\n");
    assertThat(cli.run("config").exitCode()).isEqualTo(2);
  }

  @Test
  void theSchemaIsJson() {
    String schema = cli.run("config", "schema").out();
    assertThat(dev.runar.Payload.json(schema).asMap())
        .containsEntry("$schema", "https://json-schema.org/draft/2020-12/schema");
  }
}
