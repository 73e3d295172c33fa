package dev.runar.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.runar.Payload;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(30)
class ClientCommandsTest {
  @TempDir Path folder;
  private CliFixture cli;
  private InMemoryNode node;

  @BeforeEach
  void startNode() {
    cli = new CliFixture(folder);
    node = InMemoryNode.withMath();
  }

  @AfterEach
  void stopNode() {
    cli.close();
  }

  @Test
  void callPrintsTheResultAndNothingElse() {
    cli.serve("one", node);

    assertThat(cli.run("call", "math/add", "--a", "5", "--b", "3"))
        .isEqualTo(new CliFixture.Result(0, "8\n", ""));
    assertThat(cli.run("call", "math/add", "{\"a\":5,\"b\":-3}").out()).isEqualTo("2\n");
    assertThat(cli.run("call", "math/echo", "\"hello\"").out()).isEqualTo("hello\n");
    assertThat(cli.run("call", "math/echo", "\"hello\"", "--json").out()).isEqualTo("\"hello\"\n");
    assertThat(cli.run("call", "math/echo", "--timeout", "5s", "--x", "[1,null]").out())
        .isEqualTo("{\"x\":[1,null]}\n");
    assertThat(cli.run("call", "math/echo", "--", "--timeout", "5", "--json").out())
        .isEqualTo("{\"timeout\":5,\"json\":true}\n");
    cli.in = "{\"a\": 1,\n \"b\": 2}";
    assertThat(cli.run("call", "math/add", "-").out()).isEqualTo("3\n");
  }

  @Test
  void anErrorGoesToStandardErrorWithItsStackAndData() {
    cli.serve("one", node);

    assertThat(cli.run("call", "math/fail"))
        .isEqualTo(
            new CliFixture.Result(
                1,
                "",
                """
                runar: HANDLER_FAILED: LuckError: no luck
                    at fail (app.ts:7:11)
                data: {"tries":3}
                while math/fail answered runar call
                """));
    assertThat(cli.run("--json", "call", "math/fail").err())
        .isEqualTo(
            """
            {"error":{"code":"HANDLER_FAILED","message":"no luck","name":"LuckError",\
            "stack":"LuckError: no luck\\n    at fail (app.ts:7:11)","data":{"tries":3}}}
            """);
  }

  @Test
  void anUnknownActionIsAnsweredWithTheOneThatWasMeant() {
    cli.serve("one", node);

    assertThat(cli.run("call", "math/ad"))
        .isEqualTo(
            new CliFixture.Result(
                66,
                "",
                "runar: NOT_FOUND: No handler found for action math/ad; did you mean math/add?\n"));
    assertThat(cli.run("call", "mth/add").err()).endsWith("; did you mean math/add?\n");
    assertThat(cli.run("call", "weather/today").err())
        .isEqualTo("runar: NOT_FOUND: No handler found for action weather/today\n");
  }

  @Test
  void theTimeoutReachesTheNode() {
    cli.serve("one", node);

    assertThat(cli.run("call", "never", "--timeout", "20ms"))
        .isEqualTo(new CliFixture.Result(124, "", "runar: TIMEOUT: no answer from never\n"));
    assertThat(cli.run("call", "never", "--timeout", "soon").exitCode()).isEqualTo(2);
    assertThat(cli.run("call", "never", "--timeout", "0").exitCode()).isEqualTo(2);
  }

  @Test
  void aNodeThatStopsWhileACallIsUnderWayIsReported() {
    var server = cli.serve("one", node);
    var exitCode = cli.begin("call", "never");
    await().until(() -> exitCode.isDone() || server.connections() == 1);

    server.close();

    assertThat(exitCode.join()).isEqualTo(69);
    assertThat(cli.err())
        .isEqualTo("runar: NOT_RUNNING: the node 'one' stopped before it answered\n");
  }

  @Test
  void publishPrintsTheReceipt() {
    cli.serve("one", node);
    node.subscribe("math/*", (event, context) -> {});

    assertThat(cli.run("publish", "math/added", "{\"sum\":8}"))
        .isEqualTo(
            new CliFixture.Result(0, "event 2: matched 1, queued 1, refused 0, clients 0\n", ""));
    assertThat(cli.run("publish", "math/added", "--sum", "8", "--json").out())
        .isEqualTo(
            "{\"id\":3,\"matched\":1,\"queued\":1,\"refused\":0,\"clients\":0,\"refusals\":[]}\n");
  }

  @Test
  void servicesAreATable() {
    cli.serve("one", node);

    assertThat(cli.run("services").out())
        .isEqualTo(
            """
            PATH  NAME          VERSION  STATE    ACTIONS
            math  math-service  1.0.0    RUNNING  add(a, b), echo, fail
            """);
    assertThat(cli.run("services", "--json").out())
        .startsWith("[{\"networkId\":\"default\",\"path\":\"math\",");
  }

  @Test
  void tailShowsEventsUntilTheCountIsReached() {
    cli.serve("one", node);
    var exitCode = cli.begin("tail", "math/*", "--count", "2");
    await().until(() -> node.subscriptions() == 1);

    node.publish("math/added", Payload.object("sum", 8)).join();
    node.publish("other", Payload.of(1)).join();
    node.publish("math/text", Payload.of("a\nb")).join();

    assertThat(exitCode.join()).isZero();
    assertThat(cli.out())
        .matches(
            "\\d\\d:\\d\\d:\\d\\d\\.123 math/added \\{\"sum\":8}\n"
                + "\\d\\d:\\d\\d:\\d\\d\\.123 math/text \"a\\\\nb\"\n");
    assertThat(cli.err()).isEqualTo("subscribed to math/*\n");
    await().until(() -> node.subscriptions() == 0);
  }

  @Test
  void tailPrintsOneJsonObjectALine() {
    cli.serve("one", node);
    var exitCode = cli.begin("tail", "math/*", "--json", "--count", "2");
    await().until(() -> node.subscriptions() == 1);

    node.publish("math/added", Payload.object("sum", 8)).join();
    node.publish("math/bytes", Payload.bytes(new byte[] {0, 1, 2})).join();

    assertThat(exitCode.join()).isZero();
    assertThat(cli.out())
        .isEqualTo(
            """
            {"id":2,"topic":"math/added","timestampMs":1700000000123,"payload":{"sum":8}}
            {"id":3,"topic":"math/bytes","timestampMs":1700000000123,"payload":{"bytes":"AAEC"}}
            """);
  }

  @Test
  void tailEndsBySignalWithZero() {
    cli.serve("one", node);
    var exitCode = cli.begin("tail", "math/*");
    await().until(() -> node.subscriptions() == 1 && cli.err().endsWith("\n"));

    cli.signals.getFirst().run();

    assertThat(exitCode.join()).isZero();
    await().until(() -> node.subscriptions() == 0);
  }

  @Test
  void tailEndsWithTheNode() {
    var server = cli.serve("one", node);
    var exitCode = cli.begin("tail", "math/*");
    await().until(() -> node.subscriptions() == 1 && cli.err().endsWith("\n"));

    server.close();

    assertThat(exitCode.join()).isEqualTo(69);
    assertThat(cli.err()).endsWith("runar: NOT_RUNNING: the node has stopped\n");
  }

  @Test
  void tailEndsWhenItsTimeIsUp() throws Exception {
    cli.serve("one", node);

    assertThat(cli.begin("tail", "x", "--timeout", "30ms").get(10, TimeUnit.SECONDS)).isZero();
    assertThat(cli.run("tail", "x", "--timeout", "30ms", "--count", "1"))
        .isEqualTo(
            new CliFixture.Result(
                124, "", "subscribed to x\nrunar: TIMEOUT: fewer than 1 events in 30 ms\n"));
    assertThat(cli.run("tail", "a//b").exitCode()).isEqualTo(65);
  }

  @Test
  void withoutANodeTheErrorSaysHowToStartOne() {
    assertThat(cli.run("call", "math/add"))
        .isEqualTo(
            new CliFixture.Result(
                69,
                "",
                "runar: NOT_RUNNING: no node is running here; start one with: runar run app.ts\n"));
    assertThat(cli.run("call", "math/add", "--json").err())
        .isEqualTo(
            """
            {"error":{"code":"NOT_RUNNING","message":\
            "no node is running here; start one with: runar run app.ts"}}
            """);
  }

  @Test
  void severalNodesNeedAChoice() {
    cli.serve("blue", node);
    var other = new InMemoryNode(dev.runar.NodeConfig.DEFAULT);
    other
        .addService(
            dev.runar.Service.at("math")
                .action("add", (payload, context) -> Payload.of("other"))
                .build())
        .join();
    cli.serve("green", other);

    assertThat(cli.run("call", "math/add", "--a", "5", "--b", "3"))
        .isEqualTo(
            new CliFixture.Result(
                78,
                "",
                """
                runar: CONFIG: several nodes are running; choose one with --node:
                  blue  (process 7, app.ts)
                  green  (process 8, app.ts)
                """));
    assertThat(cli.run("call", "--node", "green", "math/add").out()).isEqualTo("other\n");
    assertThat(cli.run("call", "--node=8", "math/add").out()).isEqualTo("other\n");
    assertThat(cli.run("call", "--node", "gren", "math/add").err())
        .isEqualTo(
            "runar: NOT_RUNNING: no node named 'gren' is running here; did you mean green?\n");
    assertThat(cli.run("services", "--node", "other").exitCode()).isEqualTo(69);
  }
}
