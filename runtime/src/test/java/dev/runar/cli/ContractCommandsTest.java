package dev.runar.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.runar.ActionOptions;
import dev.runar.Node;
import dev.runar.NodeConfig;
import dev.runar.Payload;
import dev.runar.Service;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a node offers, for people, for documents, for compilers, and against what it offered. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ContractCommandsTest {
  @TempDir private Path folder;
  private CliFixture cli;
  private final List<Node> nodes = new ArrayList<>();

  @BeforeEach
  void makeCommands() {
    cli = new CliFixture(folder);
  }

  @AfterEach
  void stopNodes() {
    cli.close();
    nodes.forEach(Node::close);
  }

  private static ActionOptions.Builder options(String input, String output) {
    return ActionOptions.builder().input(Payload.json(input)).output(Payload.json(output));
  }

  private static Service users(ActionOptions get) {
    return Service.at("users")
        .name("user-service")
        .version("1.2.0")
        .description("Who there is")
        .dependsOn("math@^1")
        .action("get", get, (payload, context) -> payload)
        .on("left", (event, context) -> {})
        .build();
  }

  private static final ActionOptions GET =
      options(
              """
              {"type":"object","required":["id"],"properties":{
                "id":{"type":"integer","minimum":1},
                "role":{"enum":["admin","guest"]}}}\
              """,
              """
              {"type":"object","required":["name"],"properties":{
                "name":{"type":"string","description":"as written"},
                "tags":{"type":"array","items":{"type":"string"}},
                "boss":{"anyOf":[{"type":"null"},{"type":"object","properties":{"id":{"type":"number"}}}]}}}\
              """)
          .description("One user")
          .timeout(Duration.ofSeconds(2))
          .idempotent(true)
          .http(new ActionOptions.Http("GET", "/users/{id}", 0))
          .errors(List.of(new ActionOptions.DeclaredError("NoSuchUser", "there is none", null)))
          .build();

  private void serve(Service... services) {
    Node node = Node.builder().config(NodeConfig.DEFAULT).build();
    nodes.add(node);
    for (Service service : services) {
      node.addService(service).join();
    }
    node.start().join();
    cli.serve("node" + nodes.size(), node);
  }

  private static Service math() {
    return Service.at("math")
        .version("1.0.0")
        .action(
            "add",
            options(
                    "{\"type\":\"object\",\"required\":[\"a\",\"b\"],\"properties\":"
                        + "{\"a\":{\"type\":\"number\"},\"b\":{\"type\":\"number\"}}}",
                    "{\"type\":\"number\"}")
                .build(),
            (payload, context) -> payload)
        .stream("count", (payload, context) -> subscriber -> {})
        .build();
  }

  @Test
  void actionsAndEventsAreListed() {
    serve(math(), users(GET));

    assertThat(cli.run("actions").out())
        .isEqualTo(
            """
            ACTION             VERSION  VISIBILITY  HTTP             DESCRIPTION
            math/add           1.0.0    public
            math/count stream  1.0.0    public
            users/get          1.2.0    public      GET /users/{id}  One user
            """);
    assertThat(cli.run("events").out())
        .isEqualTo(
            """
            EVENT       SERVICE  VERSION  STATE
            users/left  users    1.2.0    RUNNING
            """);
    assertThat(cli.run("events", "--json").out()).contains("\"path\":\"users/left\"");
  }

  @Test
  void aServiceIsDescribedAsAPage() {
    serve(math(), users(GET));

    assertThat(cli.run("describe", "users").out())
        .isEqualTo(
            """
            users 1.2.0  RUNNING  user-service
              Who there is
              depends on  math@^1
              events      left

              users/get  idempotent
                One user
                http      GET /users/{id}
                timeout   2000 ms
                input: object
                  id: integer (1 or more)
                  role?: "admin" | "guest"
                output: object
                  name: string  # as written
                  tags?: array of string
                  boss?: null | object
                    |: object
                      id?: number
                error     NoSuchUser  # there is none
            """);
    assertThat(cli.run("describe", "math@1/count").out())
        .isEqualTo("math 1.0.0  RUNNING  math\n\n  math/count  stream\n");
    assertThat(cli.run("describe", "math/ad").err())
        .isEqualTo("runar: NOT_FOUND: service \"math\" has no action ad; did you mean math/add?\n");
    assertThat(cli.run("describe", "user").exitCode()).isEqualTo(66);
    assertThat(cli.run("describe", "--openapi").out()).startsWith("{\"openapi\":\"3.1.0\"");
    assertThat(cli.run("describe", "--asyncapi").out()).contains("\"address\":\"users/left\"");
    assertThat(cli.run("describe", "--json-schema").out()).contains("math@1.0.0/add/input");
    assertThat(cli.run("describe", "--openapi", "--asyncapi").exitCode()).isEqualTo(2);
  }

  @Test
  void aChangeThatBreaksCallersIsNamed() throws IOException {
    serve(math(), users(GET));
    Path before = folder.resolve("before.json");
    Files.writeString(before, cli.run("describe", "--json").out());
    assertThat(cli.run("diff", before.toString()))
        .isEqualTo(new CliFixture.Result(0, "0 breaking, 0 compatible\n", ""));

    ActionOptions now =
        options(
                """
                {"type":"object","required":["id","realm"],"properties":{
                  "id":{"type":"integer","minimum":10},"realm":{"type":"string"},
                  "role":{"enum":["admin"]},"deep":{"type":"boolean"}}}\
                """,
                """
                {"type":"object","required":["name"],"properties":{
                  "name":{"type":["string","null"]},
                  "tags":{"type":"array","items":{"enum":["a","b"]}}}}\
                """)
            .visibility(ActionOptions.Visibility.INTERNAL)
            .build();
    serve(users(now));

    assertThat(cli.run("diff", before.toString(), "--node", "node2"))
        .isEqualTo(
            new CliFixture.Result(
                1,
                """
                breaking    math@1.0.0: the service was removed
                breaking    users/get: visibility PUBLIC became INTERNAL
                breaking    users/get: is no longer idempotent
                breaking    users/get: is no longer reached by HTTP: GET /users/{id}
                breaking    users/get: the error NoSuchUser was removed
                breaking    users/get: input.id: minimum is 10 now
                breaking    users/get: input.role: the value "guest" was removed
                breaking    users/get: input.realm: is required now
                breaking    users/get: output.name: type string became string | null
                breaking    users/get: output.boss: was removed
                compatible  users/get: input.deep: was added
                compatible  users/get: output.tags[]: is only "a" | "b"
                10 breaking, 2 compatible
                """,
                ""));
    assertThat(cli.run("diff", before.toString(), before.toString(), "--json").exitCode()).isZero();
    Files.writeString(before, "[1");
    assertThat(cli.run("diff", before.toString(), "--node", "node1").exitCode()).isEqualTo(65);
    assertThat(cli.run("diff", "none.json").exitCode()).isEqualTo(66);
  }

  @Test
  void typesAreWhatTheCompilerTakes() throws Exception {
    Service second =
        Service.at("math")
            .version("2.0.0-beta.1")
            .action("add", (payload, context) -> payload)
            .action("item/{id}", (payload, context) -> payload)
            .build();
    serve(math(), users(GET), second);
    Path file = folder.resolve("services.d.ts");
    assertThat(cli.run("types", "--out", file.toString()).exitCode()).isZero();
    assertThat(Files.readString(file))
        .isEqualTo(
            """
            // Written by: runar types
            import type { RequestOptions, StreamOptions } from "runar-ts";

            export interface MathService {
              add(input: { a: number; b: number }, options?: RequestOptions): Promise<number>;
              count(input?: unknown, options?: StreamOptions): AsyncIterable<unknown>;
            }

            /** Who there is */
            export interface UsersService {
              /** One user */
              get(input: { id: number; role?: "admin" | "guest" }, options?: RequestOptions): Promise<{ name: string; tags?: string[]; boss?: null | { id?: number } }>;
            }

            export interface MathV200Beta1Service {
              add(input?: unknown, options?: RequestOptions): Promise<unknown>;
              "item/{id}"(input?: unknown, options?: RequestOptions): Promise<unknown>;
            }

            /** Every service by its path. */
            export interface Services {
              math: MathService;
              users: UsersService;
              "math@2.0.0-beta.1": MathV200Beta1Service;
            }
            """);

    Path tsc = Path.of("../js-sdk/node_modules/.bin/tsc").toAbsolutePath().normalize();
    assumeThat(tsc).exists();
    Files.writeString(
        folder.resolve("use.mts"),
        """
        import { Node } from "runar-ts";
        import type { Services } from "./services.js";
        const node = new Node();
        const math = node.client<Services["math"]>("math");
        const sum: number = await math.add({ a: 1, b: 2 }, { timeout: 100 });
        // @ts-expect-error b is missing
        await math.add({ a: sum });
        for await (const item of math.count()) void item;
        const users = node.client<Services["users"]>("users");
        const user = await users.get({ id: 1, role: "admin" });
        const name: string = user.name;
        // @ts-expect-error no such role
        await users.get({ id: 1, role: name });
        // @ts-expect-error no such option
        await users.get({ id: 1 }, { timeOut: 1 });
        export {};
        """);
    Path sdk = Path.of("../js-sdk").toAbsolutePath().normalize();
    Path project = folder.resolve("tsconfig.json");
    Files.writeString(
        project,
        """
        {
          "extends": "%s/tsconfig.base.json",
          "compilerOptions": {
            "noEmit": true, "isolatedDeclarations": false,
            "paths": { "runar-ts": ["%s/src/index.ts"] }
          },
          "files": ["use.mts"]
        }
        """
            .formatted(sdk, sdk));
    var compiled =
        Subprocess.run(
            List.of(tsc.toString(), "--project", project.toString()),
            Duration.ofSeconds(50),
            1 << 20);
    assertThat(compiled.text()).isEmpty();
    assertThat(compiled.exitCode()).isZero();
  }
}
