package dev.runar.path;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.runar.Payload;
import dev.runar.PublishOptions;
import dev.runar.PublishOptions.Ack;
import dev.runar.RequestOptions;
import dev.runar.RunarException;
import dev.runar.RunarException.Code;
import dev.runar.Service;
import dev.runar.spi.TraceContext;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a request carries beside its input, down, up and one hop far. */
@Timeout(60)
class ContextTest {
  private static final String TRACEPARENT =
      "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

  private static final String SCRIPT =
      """
      import { type Context, type EventContext, Node } from "runar-ts";
      const node = new Node();
      const seen = (ctx: Context) => ({
        meta: ctx.meta, headers: ctx.headers, caller: ctx.caller, attempt: ctx.attempt,
        identity: ctx.identity ?? null, trace: { ...ctx.trace }, left: ctx.remaining(),
      });
      let event: unknown = null;
      await node.addService({
        name: "app", path: "app",
        actions: {
          seen: (ctx: Context) => seen(ctx),
          async nested(path: string, ctx: Context) {
            await null; // whose turn it is, the host cannot see any more
            const inner = await ctx.request(path, null, { meta: { b: "own" }, timeout: 60_000 });
            return { outer: seen(ctx), inner };
          },
          async up(ctx: Context) {
            ctx.replyMeta.set("total", "17").set("page", "1");
            await null;
            ctx.replyMeta.set("page", "2");
            return "up";
          },
          failing(ctx: Context) { ctx.replyMeta.set("reason", "dunno"); throw new Error("no"); },
          async asks(path: string, ctx: Context) {
            let meta: unknown = null;
            const result = await ctx.request(path, null, { onMeta: (m) => { meta = m; } })
              .catch((e: Error) => e.message);
            return { result, meta };
          },
          tooMuch(ctx: Context) {
            try { ctx.replyMeta.set("big", "x".repeat(20_000)); } catch (e: any) { return e.code; }
          },
          tooLarge: (ctx: Context) => ctx.request("app/seen", null, { meta: { big: "x".repeat(20_000) } }),
          async publish(ctx: Context) {
            await ctx.publish("happened", { n: 1 }, { meta: { c: "published" }, ack: "handled" });
            return { trace: { ...ctx.trace }, event };
          },
        },
        events: {
          "app/happened": async (payload: unknown, ctx: EventContext) => {
            const inner: any = await ctx.request("app/seen");
            event = { meta: ctx.meta, trace: { ...ctx.trace }, inner };
          },
        },
      });
      """;

  @TempDir Path folder;

  @Test
  void metaGoesDownHeadersGoOneHopAndTheTraceGoesOn() {
    try (ScriptNode app = ScriptNode.start(folder, SCRIPT)) {
      RequestOptions options =
          RequestOptions.DEFAULT
              .withMeta(Map.of("a", "1", "b", "caller's"))
              .withHeaders(Map.of("accept", "json"))
              .withCaller("a test")
              .withIdentity(Payload.object("user", "ada"))
              .withAttempt(2)
              .withTrace(TraceContext.parse(TRACEPARENT, "v=1").orElseThrow());
      Map<String, Object> result =
          ScriptNode.map(
              ScriptNode.value(
                      app.node.request(
                          "app/nested", Payload.of(List.of("default:app/seen")), options))
                  .value());
      Map<String, Object> outer = ScriptNode.map(result.get("outer"));
      Map<String, Object> inner = ScriptNode.map(result.get("inner"));
      assertThat(outer)
          .containsEntry("meta", Map.of("a", "1", "b", "caller's"))
          .containsEntry("headers", Map.of("accept", "json"))
          .containsEntry("caller", "a test")
          .containsEntry("identity", Map.of("user", "ada"))
          .containsEntry("attempt", 2);
      assertThat(inner)
          .containsEntry("meta", Map.of("a", "1", "b", "own"))
          .containsEntry("headers", Map.of())
          .containsEntry("caller", "app/nested")
          .containsEntry("identity", Map.of("user", "ada"))
          .containsEntry("attempt", 1);
      assertThat(((Number) inner.get("left")).doubleValue()).isLessThanOrEqualTo(30_000);

      Map<String, Object> first = ScriptNode.map(outer.get("trace"));
      Map<String, Object> second = ScriptNode.map(inner.get("trace"));
      assertThat(first)
          .containsEntry("traceId", "0af7651916cd43dd8448eb211c80319c")
          .containsEntry("tracestate", "v=1");
      assertThat(second).containsEntry("traceId", first.get("traceId"));
      assertThat(List.of(first.get("spanId"), second.get("spanId"), "b7ad6b7169203331"))
          .doesNotHaveDuplicates();
      assertThat((String) second.get("traceparent")).matches("00-[0-9a-f]{32}-[0-9a-f]{16}-01");
    }
  }

  @Test
  void withoutACallersTraceANewOneBegins() {
    try (ScriptNode app = ScriptNode.start(folder, SCRIPT)) {
      Object one = ScriptNode.map(ScriptNode.map(app.call("app/seen")).get("trace")).get("traceId");
      Object other =
          ScriptNode.map(ScriptNode.map(app.call("app/seen")).get("trace")).get("traceId");
      assertThat((String) one).matches("[0-9a-f]{32}").isNotEqualTo(other);
    }
  }

  @Test
  void replyMetaGoesUpToAScriptAndToJavaAlsoBesideAnError() {
    try (ScriptNode app = ScriptNode.start(folder, SCRIPT)) {
      assertThat(app.call("app/asks", "app/up"))
          .isEqualTo(Map.of("result", "up", "meta", Map.of("total", "17", "page", "2")));
      assertThat(app.call("app/asks", "app/failing"))
          .isEqualTo(Map.of("result", "no", "meta", Map.of("reason", "dunno")));
      var none = new HashMap<String, Object>(Map.of("result", "TOO_LARGE"));
      none.put("meta", null);
      assertThat(app.call("app/asks", "app/tooMuch")).isEqualTo(none);

      var told = new AtomicReference<Map<String, String>>();
      Payload answer =
          ScriptNode.value(
              app.node.request(
                  "app/up", Payload.of(null), RequestOptions.DEFAULT.withOnMeta(told::set)));
      assertThat(answer.asString()).isEqualTo("up");
      assertThat(told.get()).isEqualTo(Map.of("total", "17", "page", "2"));
    }
  }

  @Test
  void anEventCarriesMetaAndTraceOfTheRequestThatPublishedIt() {
    try (ScriptNode app = ScriptNode.start(folder, SCRIPT)) {
      RequestOptions options = RequestOptions.DEFAULT.withMeta(Map.of("a", "1"));
      Map<String, Object> result =
          ScriptNode.map(
              ScriptNode.value(app.node.request("app/publish", Payload.of(null), options)).value());
      Map<String, Object> event = ScriptNode.map(result.get("event"));
      assertThat(event).containsEntry("meta", Map.of("a", "1", "c", "published"));
      Object trace = ScriptNode.map(result.get("trace")).get("traceId");
      assertThat(ScriptNode.map(event.get("trace"))).containsEntry("traceId", trace);
      Map<String, Object> inner = ScriptNode.map(event.get("inner"));
      assertThat(inner)
          .containsEntry("meta", Map.of("a", "1", "c", "published"))
          .containsEntry("caller", "event app/happened");
      assertThat(ScriptNode.map(inner.get("trace"))).containsEntry("traceId", trace);
    }
  }

  @Test
  void aHandlerInJavaHasTheSameContext() {
    try (ScriptNode app = ScriptNode.start(folder, SCRIPT)) {
      var seen = new AtomicReference<String>();
      app.node
          .addService(
              Service.at("java")
                  .action(
                      "relay",
                      (in, ctx) -> {
                        seen.set(
                            ctx.caller() + ctx.headers() + ctx.attempt() + ctx.trace().traceId());
                        ctx.replyMeta("from", "java");
                        return ctx.request(
                                "app/seen",
                                in,
                                RequestOptions.DEFAULT.withMeta(Map.of("b", "java's")))
                            .get();
                      })
                  .on("java/happened", (event, ctx) -> seen.set(ctx.meta() + ctx.trace().traceId()))
                  .build())
          .join();
      RequestOptions options =
          RequestOptions.DEFAULT
              .withMeta(Map.of("a", "1"))
              .withHeaders(Map.of("h", "2"))
              .withIdentity(Payload.of("ada"))
              .withTrace(TraceContext.parse(TRACEPARENT, "").orElseThrow());
      Map<String, Object> inner =
          ScriptNode.map(
              ScriptNode.value(app.node.request("java/relay", Payload.of(null), options)).value());
      assertThat(seen.get()).isEqualTo("{h=2}10af7651916cd43dd8448eb211c80319c");
      assertThat(inner)
          .containsEntry("meta", Map.of("a", "1", "b", "java's"))
          .containsEntry("headers", Map.of())
          .containsEntry("caller", "java/relay")
          .containsEntry("identity", "ada");
      assertThat(app.call("app/asks", "java/relay").toString()).contains("meta={from=java}");

      ScriptNode.value(
          app.node.publish(
              "java/happened",
              Payload.of(1),
              PublishOptions.DEFAULT
                  .withAck(Ack.HANDLED)
                  .withMeta(Map.of("m", "1"))
                  .withTrace(TraceContext.parse(TRACEPARENT, "").orElseThrow())));
      assertThat(seen.get()).isEqualTo("{m=1}0af7651916cd43dd8448eb211c80319c");
    }
  }

  @Test
  void whatIsTooLargeIsRefusedByName() {
    try (ScriptNode app = ScriptNode.start(folder, SCRIPT)) {
      assertThatThrownBy(() -> app.call("app/tooLarge"))
          .isInstanceOfSatisfying(
              RunarException.class, e -> assertThat(e.code()).isEqualTo(Code.TOO_LARGE))
          .hasMessageContaining("meta has more than 16384 characters");
      var many = new HashMap<String, String>();
      for (int i = 0; i <= RequestOptions.MAX_ENTRIES; i++) {
        many.put("k" + i, "");
      }
      assertThatThrownBy(() -> RequestOptions.DEFAULT.withHeaders(many))
          .hasMessageContaining("headers has more than 64 entries");
      assertThatThrownBy(() -> RequestOptions.DEFAULT.withIdentity(Payload.of("x".repeat(20_000))))
          .hasMessageContaining("the identity has more than 16384 bytes");
    }
  }

  /** The examples of https://www.w3.org/TR/trace-context/ and what it says to ignore. */
  @Test
  void aTraceparentIsReadAsTheStandardSays() {
    assertThat(TraceContext.parse(TRACEPARENT, "").orElseThrow().traceparent())
        .isEqualTo(TRACEPARENT);
    assertThat(TraceContext.parse("cc" + TRACEPARENT.substring(2) + "-what", "")).isPresent();
    for (String wrong :
        List.of(
            "",
            "ff" + TRACEPARENT.substring(2),
            TRACEPARENT + "-what",
            TRACEPARENT.toUpperCase(java.util.Locale.ROOT),
            TRACEPARENT.replaceAll("b7ad6b7169203331", "0000000000000000"),
            TRACEPARENT.replaceAll("0af7651916cd43dd8448eb211c80319c", "0".repeat(32)))) {
      assertThat(TraceContext.parse(wrong, "")).as(wrong).isEmpty();
    }
    String huge = "v=" + "x".repeat(TraceContext.MAX_STATE);
    assertThat(TraceContext.parse(TRACEPARENT, huge).orElseThrow().tracestate()).isEmpty();
  }
}
