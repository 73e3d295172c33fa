package dev.runar.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

import dev.runar.Node;
import dev.runar.Payload;
import dev.runar.RequestOptions;
import dev.runar.Service;
import dev.runar.spi.TraceContext;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.SpanId;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.context.Scope;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.testing.exporter.InMemorySpanExporter;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What goes through a node, as spans that an exporter gets. */
@Timeout(60)
class OpenTelemetryTelemetryTest {
  private static final String SCRIPT =
      """
      import { type Context, type EventContext, Node } from "runar-ts";
      const node = new Node();
      await node.addService({
        name: "app", path: "app",
        actions: {
          outer: async (ctx: Context) => {
            const sum = await ctx.request("app/inner", null);
            await ctx.publish("app/done", sum);
            return sum;
          },
          inner: () => 3,
          fails: () => { throw new RangeError("too far"); },
        },
        events: {
          "app/done": async (sum: number, ctx: EventContext) => { await ctx.request("java/store/tea", sum); },
        },
      });
      """;

  @TempDir Path folder;

  private final InMemorySpanExporter exporter = InMemorySpanExporter.create();
  private final OpenTelemetrySdk sdk =
      OpenTelemetrySdk.builder()
          .setTracerProvider(
              SdkTracerProvider.builder()
                  .addSpanProcessor(SimpleSpanProcessor.create(exporter))
                  .build())
          .build();
  private final CompletableFuture<String> inHandler = new CompletableFuture<>();
  private Node node;

  @BeforeEach
  void start() throws Exception {
    node = Node.builder().port(-1).telemetry(new OpenTelemetryTelemetry(sdk)).start();
    node.addService(
            Service.at("java")
                .action(
                    "store/{what}",
                    (payload, context) -> {
                      var place = OpenTelemetryTelemetry.within(context.trace());
                      try (Scope scope = place.makeCurrent()) {
                        sdk.getTracer("test").spanBuilder("database").startSpan().end();
                      }
                      inHandler.complete(context.trace().spanId());
                      return Payload.of(null);
                    })
                .build())
        .join();
    node.addScript(Files.writeString(folder.resolve("app.ts"), SCRIPT)).join();
    exporter.reset();
  }

  @AfterEach
  void stop() {
    node.close();
    sdk.close();
  }

  private Map<String, SpanData> spans(int howMany) {
    await().untilAsserted(() -> assertThat(exporter.getFinishedSpanItems()).hasSize(howMany));
    return exporter.getFinishedSpanItems().stream()
        .collect(Collectors.toMap(SpanData::getName, Function.identity()));
  }

  private static String attribute(SpanData span, String name) {
    return span.getAttributes().get(AttributeKey.stringKey(name));
  }

  @Test
  void requestsPublicationsAndHandlersAreOneTrace() {
    node.request("app/outer", Payload.of(null)).join();

    Map<String, SpanData> spans = spans(6);
    SpanData outer = spans.get("app/outer");
    SpanData inner = spans.get("app/inner");
    SpanData publish = spans.get("publish app/done");
    SpanData handle = spans.get("handle app/done");
    SpanData store = spans.get("java/store/{what}");
    SpanData database = spans.get("database");
    assertThat(spans.values()).extracting(SpanData::getTraceId).containsOnly(outer.getTraceId());
    assertThat(outer.getParentSpanId()).isEqualTo(SpanId.getInvalid());
    assertThat(inner.getParentSpanId()).isEqualTo(outer.getSpanId());
    assertThat(publish.getParentSpanId()).isEqualTo(outer.getSpanId());
    assertThat(handle.getParentSpanId()).isEqualTo(publish.getSpanId());
    assertThat(store.getParentSpanId()).isEqualTo(handle.getSpanId());
    assertThat(database.getParentSpanId()).isEqualTo(store.getSpanId());
    assertThat(inHandler.join()).isEqualTo(store.getSpanId());

    assertThat(outer.getKind()).isEqualTo(SpanKind.SERVER);
    assertThat(inner.getKind()).isEqualTo(SpanKind.INTERNAL);
    assertThat(publish.getKind()).isEqualTo(SpanKind.PRODUCER);
    assertThat(handle.getKind()).isEqualTo(SpanKind.CONSUMER);
    assertThat(attribute(store, "runar.service")).isEqualTo("java");
    assertThat(attribute(store, "runar.action")).isEqualTo("store/{what}");
    assertThat(attribute(inner, "runar.caller")).isNotEmpty();
    assertThat(attribute(handle, "runar.topic")).isEqualTo("app/done");
    assertThat(outer.getStatus().getStatusCode()).isEqualTo(StatusCode.UNSET);
  }

  @Test
  void aFailureIsOnItsSpan() {
    catchThrowable(() -> node.request("app/fails", Payload.of(null)).join());

    SpanData span = spans(1).get("app/fails");
    assertThat(span.getStatus().getStatusCode()).isEqualTo(StatusCode.ERROR);
    assertThat(span.getStatus().getDescription()).isEqualTo("too far");
    assertThat(attribute(span, "error.type")).isEqualTo("HANDLER_FAILED");
    assertThat(span.getEvents())
        .singleElement()
        .satisfies(event -> assertThat(event.getName()).isEqualTo("exception"));
  }

  @Test
  void theTraceOfTheCallerGoesOn() {
    var caller = new TraceContext(1, 2, 3, TraceContext.SAMPLED, "vendor=x");
    node.request("app/inner", Payload.of(null), RequestOptions.DEFAULT.withTrace(caller)).join();

    SpanData span = spans(1).get("app/inner");
    assertThat(span.getTraceId()).isEqualTo(caller.traceId());
    assertThat(span.getParentSpanId()).isEqualTo(caller.spanId());
    assertThat(span.getParentSpanContext().isRemote()).isTrue();
    assertThat(span.getSpanContext().getTraceState().get("vendor")).isEqualTo("x");
  }

  @Test
  void theProgramsOwnSpanIsTheParent() {
    var own = sdk.getTracer("test").spanBuilder("own").startSpan();
    try (Scope scope = own.makeCurrent()) {
      node.request("app/inner", Payload.of(null)).join();
    }
    own.end();

    assertThat(spans(2).get("app/inner").getParentSpanId())
        .isEqualTo(own.getSpanContext().getSpanId());
  }

  @Test
  void whatNobodyRecordsIsLeftToTheNode() {
    var none = new OpenTelemetryTelemetry(OpenTelemetry.noop());
    try (Node quiet = Node.builder().port(-1).telemetry(none).start()) {
      quiet
          .addService(
              Service.at("who")
                  .action("am", (in, context) -> Payload.of(context.trace().traceId()))
                  .build())
          .join();
      assertThat(quiet.request("who/am", Payload.of(null)).join().asString())
          .hasSize(32)
          .isNotEqualTo("0".repeat(32));
    }
  }
}
