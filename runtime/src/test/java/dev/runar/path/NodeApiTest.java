package dev.runar.path;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.runar.Node;
import dev.runar.Payload;
import dev.runar.PublishOptions;
import dev.runar.RequestOptions;
import dev.runar.RunarException;
import dev.runar.RunarException.Code;
import dev.runar.Service;
import dev.runar.SubscribeOptions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a script and a Java program do with a node. */
@Timeout(60)
class NodeApiTest extends NodeFixture {
  @Test
  void theTargetExampleRunsVerbatim() {
    try (ScriptNode app =
        ScriptNode.start(
            folder,
            """
            import { Node, Context } from "runar-ts";
            const node = new Node({});
            node.addService({ name: "math-service", path: "math", actions: { add: (a: number, b: number, ctx: Context) => { ctx.logger.debug("…"); return a + b } } });
            await node.start();
            """)) {
      assertThat(app.node.state()).isEqualTo(Node.State.RUNNING);
      assertThat(app.call("math/add", Map.of("a", 5, "b", 3))).isEqualTo(8);
      assertThat(app.call("math/add", List.of(5, 3))).isEqualTo(8);
      assertThat(app.call("default:math/add", List.of(5, 3))).isEqualTo(8);
    }
  }

  @Test
  void payloadsMapToParameters() {
    try (ScriptNode app =
        ScriptNode.start(
            folder,
            """
            import { Node, type Context } from "runar-ts";
            const node = new Node();
            await node.addService({
              name: "p", path: "p",
              actions: {
                two: (a: unknown, b: unknown, ctx: Context) => `${a} ${b} ${ctx.requestId > 0}`,
                one: (a: unknown) => JSON.stringify(a) ?? "undefined",
                none: (ctx: Context) => `${ctx.path}`,
                whole: ({ a, b }: { a: number; b: number }) => a * b,
                withDefault: (a: number, b = 10, ctx: Context) => `${a + b} ${typeof ctx.remaining}`,
                count(a: unknown, b: unknown) { return arguments.length; },
              },
            });
            """)) {
      assertThat(app.call("p/two", List.of(1, 2))).isEqualTo("1 2 true");
      assertThat(app.call("p/two", Map.of("b", 2, "a", 1))).isEqualTo("1 2 true");
      assertThat(app.call("p/two", Map.of("b", 2))).isEqualTo("undefined 2 true");
      assertThat(app.call("p/two")).isEqualTo("undefined undefined true");
      assertThat(app.call("p/one", 7)).isEqualTo("7");
      assertThat(app.call("p/one", List.of(List.of(1, 2)))).isEqualTo("[1,2]");
      assertThat(app.call("p/none")).isEqualTo("p/none");
      assertThat(app.call("p/whole", Map.of("a", 6, "b", 7))).isEqualTo(42);
      assertThat(app.call("p/withDefault", List.of(1))).isEqualTo("11 function");
      assertThat(app.call("p/count")).isEqualTo(3); // always the context last
      assertThat(failure(() -> app.call("p/two", 1)))
          .hasMessage("p/two takes (a, b), but the payload is a single value");
      assertThat(failure(() -> app.call("p/two", Map.of("c", 1))))
          .hasMessage("p/two takes (a, b), but the payload has [c]");
      assertThat(failure(() -> app.call("p/two", List.of(1, 2, 3))).code())
          .isEqualTo(Code.INVALID_INPUT);
    }
  }

  @Test
  void wildcardsGetLiveAndRetainedEventsWithTheRealTopic() {
    try (ScriptNode app =
        ScriptNode.start(
            folder,
            """
            import { Node } from "runar-ts";
            const node = new Node();
            const seen: Record<string, string[]> = {};
            const to = (name: string) => (p: unknown, ctx: any) => {
              (seen[name] ??= []).push(`${ctx.topic}=${p}`);
            };
            await node.publish("w/a", "old 1", { retainFor: 60_000 });
            await node.publish("w/a/b", "old 2", { retainFor: 60_000 });
            await node.subscribe("w/*", to("star"), { includePast: true });
            await node.subscribe("w/>", to("rest"), { includePast: true });
            await node.subscribe("w/*", to("live"));
            await node.publish("w/a", "new 1");
            await node.publish("w/c/d", "new 2", { ack: "handled" });
            await node.publish("other/a", "none", { ack: "handled" });
            const cleared = await node.clearRetainedEventsMatching("w/>");
            await node.addService({
              name: "s", path: "s",
              actions: { seen: () => ({ ...seen, cleared }) },
            });
            """)) {
      assertThat(app.json("s/seen"))
          .isEqualTo(
              "{\"star\":[\"w/a=old 1\",\"w/a=new 1\"],"
                  + "\"rest\":[\"w/a=old 1\",\"w/a/b=old 2\",\"w/a=new 1\",\"w/c/d=new 2\"],"
                  + "\"live\":[\"w/a=new 1\"],\"cleared\":2}");
      var retained = PublishOptions.DEFAULT.withRetainFor(Duration.ofMinutes(1));
      ScriptNode.value(app.node.publish("j/x", Payload.of(1), retained));
      var seen = new ConcurrentLinkedQueue<String>();
      app.node.subscribe(
          "j/*",
          (event, context) -> seen.add(event.topic() + " " + event.payload()),
          new SubscribeOptions(true));
      ScriptNode.value(app.node.publish("j/y", Payload.of(2)));
      await().until(() -> seen.size() == 2);
      assertThat(seen).containsExactly("j/x 1", "j/y 2");
      assertThat(app.node.clearRetained("j/*")).isEqualTo(1);
    }
  }

  @Test
  void onFollowedAtOnceByPublishNeverMisses() {
    try (ScriptNode app =
        ScriptNode.start(
            folder,
            """
            import { Node } from "runar-ts";
            const node = new Node();
            await node.addService({
              name: "o", path: "o",
              actions: {
                async now(n: number) {
                  const got: unknown[] = [];
                  for (let i = 0; i < n; i++) {
                    const next = i % 2 ? node.on("o/x") : node.once("o/*");
                    void node.publish("o/x", i);
                    const event = await next;
                    got.push(event.payload, event.topic);
                  }
                  return got.length;
                },
                async late() {
                  try {
                    await node.on("o/never", { timeout: 20 });
                  } catch (e: any) {
                    return `${e.name} ${e.message}`;
                  }
                },
              },
            });
            """)) {
      assertThat(app.call("o/now", 200)).isEqualTo(400);
      assertThat(app.call("o/late")).isEqualTo("TimeoutError no event o/never within 20 ms");
      for (int i = 0; i < 200; i++) {
        var next = app.node.on("j/>", Duration.ofSeconds(5), SubscribeOptions.DEFAULT);
        var _ = app.node.publish("j/a", Payload.of(i));
        assertThat(ScriptNode.value(next).payload().asInt()).isEqualTo(i);
      }
      assertThat(app.status().get("subscriptions")).isEqualTo(0);
    }
  }

  @Test
  void anActionsOwnTimeoutIsItsDefaultAndItsMost() {
    try (ScriptNode app =
        ScriptNode.start(
            folder,
            ScriptNode.CONFIG.withRequestTimeout(Duration.ofSeconds(20)),
            """
            import { Node, action, type Context } from "runar-ts";
            const node = new Node();
            const left = (_: unknown, ctx: Context) => Math.ceil(ctx.remaining() / 10_000) * 10;
            await node.addService({
              name: "t", path: "t",
              actions: {
                plain: action({ handler: left }),
                longer: action({ timeout: 60_000, handler: left }),
                never: action({ timeout: 50, handler: () => new Promise(() => {}) }),
              },
            });
            """)) {
      assertThat(app.call("t/plain")).isEqualTo(20);
      assertThat(app.call("t/longer")).isEqualTo(60);
      assertThat(left(app, "t/longer", Duration.ofSeconds(10))).isEqualTo(10);
      assertThat(left(app, "t/longer", Duration.ofSeconds(90))).isEqualTo(60);
      assertThat(failure(() -> app.call("t/never")))
          .hasMessage("request t/never timed out after 50 ms")
          .extracting(RunarException::code)
          .isEqualTo(Code.TIMEOUT);
      assertThat(app.json("$registry/services/t")).contains("\"timeout\":60000");
    }
  }

  private static int left(ScriptNode app, String path, Duration timeout) {
    var options = RequestOptions.DEFAULT.withTimeout(timeout);
    return ScriptNode.value(app.node.request(path, Payload.of(null), options)).asInt();
  }

  @Test
  void anOptionThatTheHostDoesNotKnowIsTheErrorThatTheSdkGives() {
    try (ScriptNode app =
        ScriptNode.start(
            folder,
            """
            import { Node, ValidationError } from "runar-ts";
            import { host } from "runar:host";
            const node = new Node();
            const told = async (ask: () => Promise<unknown>) => {
              try { await ask(); return "no error"; }
              catch (e: any) { return `${e instanceof ValidationError} ${e.code} ${e.message}`; }
            };
            await node.addService({
              name: "h", path: "h",
              actions: {
                ack: () => told(() => host.publish("x", "value", 1, '{"ack":"later"}')),
                number: () => told(() => host.publish("x", "value", 1, '{"ack":7}')),
                timeout: () => told(() => new Promise((answered, failed) => {
                  const asking = { within: null, onMeta: null, sends: false };
                  host.request("h/ack", "value", 1, '{"timeout":"1 s"}', asking, answered, failed);
                })),
                broken: () => told(() => host.on("x", '{"timeout"')),
                list: () => told(() => host.subscribe("x", () => {}, '[]')),
              },
            });
            """)) {
      String ack = "true INVALID_INPUT option ack of publish must be \"queued\" or \"handled\"";
      assertThat(app.call("h/ack")).isEqualTo(ack);
      assertThat(app.call("h/number")).isEqualTo(ack);
      assertThat(app.call("h/timeout"))
          .isEqualTo(
              "true INVALID_INPUT option timeout of request must be a number of milliseconds");
      assertThat(app.call("h/broken"))
          .isEqualTo("true INVALID_INPUT the options of on are not an object");
      assertThat(app.call("h/list"))
          .isEqualTo("true INVALID_INPUT the options of subscribe are not an object");
    }
  }

  @Test
  void deadlinesAreKeptAndCarriedToNestedRequests() {
    try (ScriptNode app =
        ScriptNode.start(
            folder,
            """
            import { Node } from "runar-ts";
            const node = new Node();
            await node.addService({
              name: "d", path: "d",
              actions: {
                never: () => new Promise(() => {}),
                async aborted(ctx) {
                  await new Promise((resolve) => ctx.signal.addEventListener("abort", resolve));
                  await node.publish("d/aborted", String(ctx.signal.reason.name));
                },
                left: (ctx) => ctx.remaining(),
                nested: (ctx) => ctx.request("d/left", undefined, { timeout: 60_000 }),
                meta: (ctx) => ctx.meta,
                nestedMeta: (ctx) => ctx.request("d/meta", undefined, { meta: { b: "2" } }),
                async short() {
                  try { await node.request("d/never", null, { timeout: 20 }); }
                  catch (e: any) { return `${e.name} ${e.code}`; }
                },
              },
            });
            """)) {
      var short1 = RequestOptions.DEFAULT.withTimeout(Duration.ofMillis(30));
      RunarException late =
          failure(() -> ScriptNode.value(app.node.request("d/never", Payload.of(null), short1)));
      assertThat(late.code()).isEqualTo(Code.TIMEOUT);
      assertThat(app.call("d/short")).isEqualTo("TimeoutError TIMEOUT");

      var aborted = app.node.on("d/aborted", Duration.ofSeconds(5), SubscribeOptions.DEFAULT);
      var begins = RequestOptions.DEFAULT.withTimeout(Duration.ofMillis(500));
      failure(() -> ScriptNode.value(app.node.request("d/aborted", Payload.of(null), begins)));
      assertThat(ScriptNode.value(aborted).payload().asString()).isEqualTo("TimeoutError");

      var second = RequestOptions.DEFAULT.withTimeout(Duration.ofSeconds(9));
      double left =
          ScriptNode.value(app.node.request("d/nested", Payload.of(null), second)).asDouble();
      assertThat(left).isBetween(1.0, 9_000.0);
      assertThat(
              ScriptNode.value(
                      app.node.request(
                          "d/nestedMeta",
                          Payload.of(null),
                          RequestOptions.DEFAULT.withMeta(Map.of("a", "1"))))
                  .value())
          .isEqualTo(Map.of("a", "1", "b", "2"));
      await().until(() -> app.status().get("requests").toString().contains("inFlight=1"));
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '#',
      quoteCharacter = '`',
      value = {
        "{ name: 'n', path: '$mine' } # INVALID_PATH # service path \"$mine\" is reserved",
        "{ name: 'n', path: 'taken' } # DUPLICATE # taken",
        "{ name: 'n', path: '' } # INVALID_PATH # ",
        "{ name: 'n', path: 'a//b' } # INVALID_PATH # a//b",
        "{ path: 'x' } # INVALID_INPUT # service x: name is missing",
        "{ name: 'n' } # INVALID_INPUT # service without a path: path is missing",
        "{ name: 'n', path: 'x', action: {} } # INVALID_INPUT # service x: action is not known; did"
            + " you mean actions?",
        "{ name: 'n', path: 'x', actions: { a: 1 } } # INVALID_INPUT # action x/a is not a function"
            + " but number",
        "{ name: 'n', path: 'x', actions: { a: null } } # INVALID_INPUT # action x/a is not a"
            + " function but null",
        "{ name: 'n', path: 'x', events: { e: 'f' } } # INVALID_INPUT # service x: event e is not a"
            + " function but string",
        "{ name: 'n', path: 'x', events: { 'a/>/b': () => 1 } } # INVALID_PATH # a/>/b",
        "{ name: 'n', path: 'x', sockets: { '/s': { message: 1 } } } # INVALID_INPUT # service x:"
            + " socket /s: message is not a function but number",
        "{ name: 'n', path: 'x', actions: { a: (...rest) => rest } } # INVALID_INPUT # action x/a",
        "{ name: 'n', path: 'x', init() { throw new Error('no'); } } # HANDLER_FAILED # no",
        "null # INVALID_INPUT # a service is an object",
      })
  void aServiceThatIsWrongIsRefused(String service, String code, String message) {
    try (ScriptNode app = ScriptNode.create(folder, ScriptNode.CONFIG)) {
      app.add(
          "app.ts",
          """
          import { Node } from "runar-ts";
          const node = new Node();
          await node.addService({ name: "t", path: "taken", actions: { ping: () => "pong" } });
          let told = "accepted";
          try { await node.addService(%s as never); }
          catch (e: any) { told = `${e.code} ${e.message}`; }
          await node.addService({ name: "told", path: "told", actions: { it: () => told } });
          """
              .formatted(service));
      app.node.start().join();
      assertThat((String) app.call("told/it"))
          .startsWith(code)
          .contains(message == null ? "" : message);
      assertThat(app.call("taken/ping")).isEqualTo("pong");
    }
  }

  @Test
  void unknownNamesAreToldApart() {
    try (ScriptNode app =
        ScriptNode.start(
            folder,
            """
            import { Node } from "runar-ts";
            const node = new Node();
            await node.addService({ name: "a", path: "a", actions: { add: () => 1 } });
            """)) {
      assertThat(failure(() -> app.call("a/sub")))
          .hasMessageContaining("No handler found for action")
          .satisfies(e -> assertThat(e.code()).isEqualTo(Code.NOT_FOUND));
      assertThat(failure(() -> app.call("b/add")).code()).isEqualTo(Code.NOT_FOUND);
      for (String path : List.of("", "main:auth:login", ":auth/login", "a//b", "/a", "a/")) {
        assertThat(failure(() -> app.call(path)).code()).as(path).isEqualTo(Code.INVALID_PATH);
      }
      assertThat(failure(() -> app.node.addService(Service.at("$x").build()).join()).code())
          .isEqualTo(Code.INVALID_PATH);
      assertThat(failure(() -> app.node.addService(Service.at("a").build()).join()).code())
          .isEqualTo(Code.DUPLICATE);
    }
  }
}
