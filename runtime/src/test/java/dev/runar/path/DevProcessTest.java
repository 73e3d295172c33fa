package dev.runar.path;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code runar dev} in a process of its own, with files that are edited as editors do it. */
@Timeout(180)
class DevProcessTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  @TempDir Path folder;

  private final List<String> out = new CopyOnWriteArrayList<>();
  private final List<String> err = new CopyOnWriteArrayList<>();
  private Process process;

  private void dev() throws IOException {
    var builder =
        new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "--enable-native-access=ALL-UNNAMED",
            "--sun-misc-unsafe-memory-access=allow",
            "-cp",
            System.getProperty("java.class.path"),
            "dev.runar.cli.Main",
            "dev",
            folder.resolve("app.ts").toString(),
            "--port",
            "0");
    builder.environment().put("XDG_RUNTIME_DIR", folder.toString());
    process = builder.start();
    read(process.inputReader(StandardCharsets.UTF_8), out);
    read(process.errorReader(StandardCharsets.UTF_8), err);
  }

  private static void read(BufferedReader from, List<String> into) {
    Thread.ofPlatform().daemon(true).start(() -> from.lines().forEach(into::add));
  }

  @AfterEach
  void end() {
    process.destroyForcibly();
  }

  private static String script(int version) {
    return """
    import { Node } from "runar-ts";
    import { part } from "./part.ts";
    const node = new Node();
    let count = 0;
    node.addService({
      name: "s", path: "s",
      actions: { version: () => %d, part: () => part, count: () => ++count },
      sockets: { "/live": { open: (s) => s.send("open " + s.carriedOver), message: (s, m) => s.send(m) } },
      state: { save: () => count, restore: (saved: number) => { count = saved; } },
    });
    await node.start();
    """
        .formatted(version);
  }

  /** In its place. */
  private void write(String name, String text) throws IOException {
    Files.writeString(folder.resolve(name), text);
  }

  /** As many editors do: another file takes the place of the old one. */
  private void replace(String name, String text) throws IOException {
    Path draft = Files.writeString(folder.resolve("." + name + ".draft"), text);
    Files.move(draft, folder.resolve(name), StandardCopyOption.ATOMIC_MOVE);
  }

  private void says(List<String> lines, String text) {
    await()
        .atMost(PATIENCE)
        .untilAsserted(() -> assertThat(lines).anyMatch(line -> line.contains(text)));
  }

  private void reloaded(int times) {
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () ->
                assertThat(out.stream().filter(line -> line.startsWith("reloaded")))
                    .as(err.toString())
                    .hasSize(times));
  }

  private URI socket(String path) {
    String ready = out.stream().filter(line -> line.contains("ready")).findFirst().orElseThrow();
    String url = ready.replaceFirst(".*(http://[^ ]*).*", "$1");
    return URI.create(url.replace("http:", "ws:")).resolve(path);
  }

  private static String result(Client client, String path) {
    return client.send("{\"request\":\"" + path + "\",\"data\":null,\"id\":1}").next();
  }

  @Test
  void aChangedScriptTakesOverAndABrokenOneDoesNot() throws IOException {
    write("app.ts", script(1));
    write("part.ts", "export const part = 1;");
    dev();
    says(out, "runar ready in");
    try (Client topics = Client.connect(socket("/topics"));
        Client live = Client.connect(socket("/live"))) {
      assertThat(live.next()).isEqualTo("open false");
      assertThat(result(topics, "s/count")).contains("\"result\":1");

      write("app.ts", script(2));
      reloaded(1);
      assertThat(out.getLast())
          .matches(
              "reloaded app\\.ts in \\d+ ms \\(1 service, 1 session, \\d+ callbacks? handed"
                  + " over\\)");
      assertThat(result(topics, "s/version")).contains("\"result\":2");
      assertThat(result(topics, "s/count")).contains("\"result\":2");
      assertThat(live.next()).isEqualTo("open true");
      assertThat(live.send("hello").next()).isEqualTo("hello");

      replace("part.ts", "export const part = 2;");
      reloaded(2);
      assertThat(result(topics, "s/part")).contains("\"result\":2");
      assertThat(live.next()).isEqualTo("open true");

      write("app.ts", script(3).replace("let count", "let let"));
      says(err, "the version before goes on");
      assertThat(err).anyMatch(line -> line.contains("app.ts:4:"));
      assertThat(err).anyMatch(line -> line.contains("4 |"));
      assertThat(result(topics, "s/version")).contains("\"result\":2");

      write("app.ts", script(4));
      reloaded(3);
      Files.setLastModifiedTime(folder.resolve("app.ts"), FileTime.fromMillis(0));
      write("app.ts", script(4));
      write(".env", "NAME=value");
      reloaded(4); // of the .env alone
      assertThat(result(topics, "s/version")).contains("\"result\":4");
      assertThat(result(topics, "s/count")).contains("\"result\":3");
    }
    process.destroy();
    assertThat(process.onExit().join().exitValue()).isZero();
    assertThat(out.stream().filter(line -> line.startsWith("reloaded"))).hasSize(4);
  }

  @Test
  void aScriptThatIsBrokenFromTheBeginningIsWaitedFor() throws IOException {
    write("app.ts", "const = 1;");
    dev();
    says(err, "waiting for a change of app.ts");

    write("some.log", "not a module"); // nothing to try again for
    write("app.ts", script(1).replace("import { part }", "const part = 1; //"));

    says(out, "runar ready in");
    assertThat(err.stream().filter(line -> line.contains("waiting for a change"))).hasSize(1);
    try (Client topics = Client.connect(socket("/topics"))) {
      assertThat(result(topics, "s/version")).contains("\"result\":1");
    }
  }
}
