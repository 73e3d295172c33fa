package dev.runar.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.runar.Payload;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code runar check}: what it finds without running anything, and its exit codes. */
@Timeout(120)
class CheckCommandTest {
  @TempDir Path folder;
  private CliFixture cli;

  @BeforeEach
  void start() {
    cli = new CliFixture(folder);
    cli.realNodes = true;
    cli.configs =
        (file, flags) ->
            dev.runar.Configuration.load(
                new dev.runar.Configuration.Sources(file, java.util.Map.of(), flags));
  }

  @AfterEach
  void stop() {
    cli.close();
  }

  private String file(String name, String text) throws IOException {
    Path file = folder.resolve(name);
    Files.createDirectories(file.getParent());
    Files.writeString(file, text);
    return file.toString();
  }

  /** A compiler that keeps the configuration it was given, and says this. */
  private void compiler(String says, int exitCode) throws IOException {
    String script =
        """
        #!/bin/sh
        case "$1" in
          --version) echo "Version 5.0.0" ;;
          --showConfig) echo '{"compilerOptions":{"paths":{"mine":["./src/mine.ts"]}}}' ;;
          *) cp "$2" "%s"; echo "%s"; exit %d ;;
        esac
        """
            .formatted(folder.resolve("given.json"), says, exitCode);
    Path tsc = Path.of(file("node_modules/.bin/tsc", script));
    Files.setPosixFilePermissions(tsc, PosixFilePermissions.fromString("rwx------"));
  }

  @Test
  void whatIsNotHereIsNamedWithItsPlaceAndTheWayToIt() throws Exception {
    compiler("", 0);
    file(
        "lib/a.ts",
        "import { createServer } from 'node:http';\nexport const make = createServer;\n");
    String app =
        file(
            "app.ts",
            """
            import type { Gone } from "./gone.ts";
            import { make } from "./lib/a.ts";
            const shown: Gone = make;
            localStorage.setItem("a", shown);
            if (typeof Deno !== "undefined") Deno.exit();
            const later = import("node:http2").catch(() => null);
            function local(name: string) { const hidden = name; return [hidden, later, structuredClone(name)]; }
            throw new Error(`never run ${local("x")} ${Buffer.from("x")} ${process.version}`);
            """);

    CliFixture.Result result = cli.run("check", app);

    assertThat(result.exitCode()).isEqualTo(1);
    assertThat(result.out())
        .contains("types     ok, Version 5.0.0")
        .contains("lib/a.ts:1:30: cannot find module \"node:http\"")
        .contains(
            "> 1 | import { createServer } from 'node:http';\n    |                              ^")
        .contains("Imported by: ")
        .contains("app.ts:4:1: there is no global localStorage in scripts")
        .contains("(may be expected) cannot find module \"node:http2\"")
        .contains("modules   2 read, 2 errors")
        .doesNotContain("gone.ts")
        .doesNotContain("global Deno")
        .doesNotContain("global hidden")
        .doesNotContain("global Buffer");
  }

  @Test
  void permissionsThatItWillAskForAreComparedWithThoseInForce() throws Exception {
    compiler("", 0);
    file("runar.yaml", "permissions:\n  net: [\"*.example.com\"]\n");
    String app =
        file(
            "app.ts",
            """
            import { readFileSync } from "node:fs";
            await fetch(`https://api.example.com/v1/${process.env.API_KEY}`);
            await fetch("http://other.org:8080/");
            readFileSync("/etc/hosts");
            readFileSync("own.txt");
            """);

    CliFixture.Result missing = cli.run("check", app);

    assertThat(missing.exitCode()).isEqualTo(1);
    assertThat(missing.out())
        .contains("granted   net    api.example.com:443")
        .contains("missing   net    other.org:8080")
        .contains("  3 | await fetch(\"http://other.org:8080/\");")
        .contains("missing   env    API_KEY")
        .contains("missing   read   /etc/hosts")
        .contains("in force  read: the project; net: *.example.com")
        .doesNotContain("missing   read   own.txt");

    CliFixture.Result granted =
        cli.run(
            "check",
            app,
            "--allow-net=other.org:8080",
            "--allow-env=API_*",
            "--allow-read=/etc/hosts");

    assertThat(granted.exitCode()).isZero();
    assertThat(granted.out()).doesNotContain("missing");
  }

  @Test
  void whatOnlyAServiceMayReachIsNotMissing() throws Exception {
    compiler("", 0);
    file(
        "runar.yaml",
        """
        permissions:
          services:
            prices: { net: [api.example.com] }
            store: { read: [/etc/hosts] }
        """);
    String app =
        file(
            "app.ts",
            """
            import { readFileSync } from "node:fs";
            export const price = () => fetch("https://api.example.com/v1");
            export const hosts = () => readFileSync("/etc/hosts");
            """);

    CliFixture.Result result = cli.run("check", app);

    assertThat(result.out())
        .contains("granted   net    api.example.com:443 to service prices  (")
        .contains("granted   read   /etc/hosts to service store  (")
        .contains(
            "in force  read: the project; service prices net: api.example.com;"
                + " service store read: /etc/hosts")
        .doesNotContain("missing");
    assertThat(result.exitCode()).isZero();

    file("app.ts", Files.readString(Path.of(app)) + "await fetch('https://b.example/');");
    CliFixture.Result missing = cli.run("check", app, "--json");

    assertThat(missing.exitCode()).isEqualTo(1);
    Map<String, ?> map = Payload.json(missing.out()).asMap();
    assertThat(Payload.of(map.get("findings")).text())
        .contains("\"services\":[\"prices\"]", "\"services\":[\"store\"]")
        .containsOnlyOnce("\"error\":true");
    assertThat(Payload.of(map.get("permissions")).text())
        .contains("\"prices\":{\"net\":[\"api.example.com\"]");
  }

  @Test
  void theCompilerIsGivenTheProjectAndTheTypesOfTheSdk() throws Exception {
    compiler("app.ts(1,1): error TS1: wrong", 2);
    String app = file("src/app.ts", "export {};\n");
    file("tsconfig.json", "{ // with a comment\n}");

    CliFixture.Result result = cli.run("check", app);

    assertThat(result.exitCode()).isEqualTo(1);
    assertThat(result.out()).contains("app.ts(1,1): error TS1: wrong", "types     errors, Version");
    Map<String, ?> given = Payload.json(Files.readString(folder.resolve("given.json"))).asMap();
    assertThat(given.get("extends")).isEqualTo(folder.resolve("tsconfig.json").toString());
    assertThat((List<?>) given.get("files")).first().isEqualTo(app);
    assertThat(Payload.of(given.get("compilerOptions")).text())
        .contains("\"runar-ts\":[\"", "/index.ts\"]")
        .contains("\"mine\":[\"" + folder.resolve("src/mine.ts") + "\"]");
  }

  @Test
  void theCompilerOfTheSdkFindsAWrongType() throws Exception {
    Path tsc = Path.of("../js-sdk/node_modules/.bin/tsc").toAbsolutePath().normalize();
    assumeThat(tsc).exists();
    Files.createDirectories(folder.resolve("node_modules/.bin"));
    Files.createSymbolicLink(folder.resolve("node_modules/.bin/tsc"), tsc.toRealPath());
    String app =
        file(
            "app.ts",
            """
            import { type Context, Node } from "runar-ts";
            const node = new Node();
            node.addService({
              name: "math",
              path: "math",
              actions: { add: (a: number, b: number, ctx: Context) => a + b },
            });
            await node.start();
            const sum: string = await node.request<number>("math/add", [1, 2]);
            """);

    CliFixture.Result result = cli.run("check", app);

    assertThat(result.out())
        .contains("app.ts(9,7): error TS2322: Type 'number' is not assignable to type 'string'")
        .contains("types     errors, Version");
    assertThat(result.out().lines().filter(line -> line.contains("error TS"))).hasSize(1);
    assertThat(result.exitCode()).isEqualTo(1);
  }

  @Test
  void itIsSaidInJsonToo() throws Exception {
    compiler("", 0);
    String app = file("app.ts", "await fetch('https://a.example/');\n");

    CliFixture.Result result = cli.run("check", app, "--json");

    assertThat(result.exitCode()).isEqualTo(1);
    Map<String, ?> map = Payload.json(result.out()).asMap();
    assertThat(map.get("ok")).isEqualTo(false);
    assertThat(Payload.of(map.get("findings")).text())
        .contains("\"kind\":\"NET\"", "\"error\":true", "\"subject\":\"a.example:443\"");
    assertThat(Payload.of(map.get("permissions")).text()).contains("\"net\":[]");
  }

  @Test
  void aFileThatIsNoTypeScriptIsShown() throws Exception {
    compiler("", 0);
    String app = file("app.ts", "const = 1;\n");

    CliFixture.Result result = cli.run("check", app);

    assertThat(result.exitCode()).isEqualTo(1);
    assertThat(result.out()).contains("app.ts:1:7: ", "> 1 | const = 1;\n    |       ^");
  }
}
