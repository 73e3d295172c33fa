package dev.runar.internal.server;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.runar.ActionOptions;
import dev.runar.Limits;
import dev.runar.NodeConfig;
import dev.runar.Payload;
import dev.runar.RunarException;
import dev.runar.RunarException.Code;
import dev.runar.internal.broker.Broker;
import dev.runar.internal.broker.BrokerMemory;
import dev.runar.internal.broker.BrokerOptions;
import dev.runar.internal.broker.DialectPaths;
import dev.runar.internal.broker.HandlerFailures;
import dev.runar.internal.broker.InMemoryGate;
import dev.runar.internal.broker.NobodyKnown;
import dev.runar.internal.http.CorsRules;
import dev.runar.internal.http.HttpActions;
import dev.runar.internal.http.HttpApi;
import dev.runar.internal.http.HttpCounters;
import dev.runar.internal.http.ItemSource;
import dev.runar.internal.http.StaticFiles;
import dev.runar.internal.node.HttpLookup;
import dev.runar.internal.node.NodeGate;
import dev.runar.spi.Authorizer;
import java.lang.reflect.Proxy;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Flow;
import java.util.concurrent.SubmissionPublisher;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Responses that are made while they are read: real sockets, and a publisher of the test's. */
@Timeout(60)
class HttpStreamsTest {
  private final ExecutorService work = Executors.newVirtualThreadPerTaskExecutor();
  private final HttpClient client = HttpClient.newHttpClient();
  private final HttpCounters counters = new HttpCounters();
  private final Broker broker =
      new Broker(
          new InMemoryGate(),
          Authorizer.openToAll(),
          NobodyKnown.clients(),
          BrokerOptions.of(NodeConfig.DEFAULT),
          DialectPaths.NONE,
          BrokerMemory.only(System::nanoTime));
  private @Nullable NettyServer server;

  @AfterEach
  void close() {
    if (server != null) {
      server.close();
    }
    broker.close();
    client.close();
    work.close();
  }

  /** A node whose only action, {@code GET /s}, streams. */
  private int serve(Flow.Publisher<Payload> items) {
    ActionOptions options =
        ActionOptions.builder().http(new ActionOptions.Http("GET", "/s", 0)).stream(true).build();
    var found = new HttpLookup.Found("default:s/a", Map.of(), null, options);
    NodeGate gate =
        (NodeGate)
            Proxy.newProxyInstance(
                getClass().getClassLoader(),
                new Class<?>[] {NodeGate.class},
                (me, method, arguments) -> found);
    ItemSource source = (path, input, asked, http) -> items;
    var actions =
        new HttpActions(
            new HttpActions.Setup(
                gate,
                Optional::empty,
                source,
                work,
                counters,
                new HandlerFailures(System::nanoTime)));
    var config = NodeConfig.DEFAULT.server().withPort(0);
    var api =
        new HttpApi(
            new LoadServer.AlwaysUp(),
            List::of,
            StaticFiles.none(),
            actions,
            new CorsRules(config.cors()),
            dev.runar.internal.http.OwnApi.NONE);
    server = NettyServer.start(config, Limits.DEFAULT, broker, api);
    return server.port();
  }

  private HttpRequest get(int port, String accept) {
    return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/s"))
        .header("accept", accept)
        .timeout(Duration.ofSeconds(20))
        .build();
  }

  /** Makes items on a thread of its own, as many as are asked for. */
  private final class Numbers implements Flow.Publisher<Payload> {
    final AtomicLong made = new AtomicLong();
    final AtomicBoolean cancelled = new AtomicBoolean();
    final long count;
    final String filler;
    final @Nullable RunarException error;

    Numbers(long count, int size, @Nullable RunarException error) {
      this.count = count;
      this.filler = "x".repeat(size);
      this.error = error;
    }

    @Override
    public void subscribe(Flow.Subscriber<? super Payload> subscriber) {
      var serial = Executors.newSingleThreadExecutor(Thread.ofVirtual().factory());
      subscriber.onSubscribe(
          new Flow.Subscription() {
            private boolean ended;

            @Override
            public void request(long wanted) {
              serial.execute(
                  () -> {
                    for (long i = 0; i < wanted && made.get() < count && !cancelled.get(); i++) {
                      subscriber.onNext(Payload.object("n", made.incrementAndGet(), "x", filler));
                    }
                    if (made.get() == count && !ended) {
                      ended = true;
                      if (error == null) {
                        subscriber.onComplete();
                      } else {
                        subscriber.onError(error);
                      }
                    }
                  });
            }

            @Override
            public void cancel() {
              cancelled.set(true);
            }
          });
    }
  }

  @Test
  void linesAndEventsCarryEveryItemInOrder() throws Exception {
    var numbers = new Numbers(10_000, 1, null);
    int port = serve(numbers);
    List<String> lines = client.send(get(port, "*/*"), BodyHandlers.ofLines()).body().toList();
    assertThat(lines).hasSize(10_000);
    assertThat(lines.get(0)).isEqualTo("{\"n\":1,\"x\":\"x\"}");
    assertThat(lines.get(9_999)).startsWith("{\"n\":10000,");
  }

  @Test
  void eventsEndWithAnEventThatSaysSo() throws Exception {
    int port = serve(new Numbers(2, 0, null));
    var response = client.send(get(port, "text/event-stream"), BodyHandlers.ofString());
    assertThat(response.headers().firstValue("content-type")).hasValue("text/event-stream");
    assertThat(response.body())
        .isEqualTo(
            "data: {\"n\":1,\"x\":\"\"}\n\n"
                + "data: {\"n\":2,\"x\":\"\"}\n\n"
                + "event: end\n"
                + "data: null\n\n");
  }

  @Test
  void anEmptyStreamIsAnEmptyBody() throws Exception {
    int port = serve(new Numbers(0, 0, null));
    var response = client.send(get(port, "*/*"), BodyHandlers.ofString());
    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(response.body()).isEmpty();
  }

  @Test
  void anErrorBeforeTheFirstItemIsAProblem() throws Exception {
    int port = serve(new Numbers(0, 0, new RunarException(Code.NOT_FOUND, "no such list")));
    var response = client.send(get(port, "text/event-stream"), BodyHandlers.ofString());
    assertThat(response.statusCode()).isEqualTo(404);
    assertThat(response.headers().firstValue("content-type")).hasValue("application/problem+json");
  }

  @Test
  void anErrorBehindItemsIsAnEvent() throws Exception {
    int port = serve(new Numbers(1, 0, new RunarException(Code.HANDLER_FAILED, "the secret")));
    var events = client.send(get(port, "text/event-stream"), BodyHandlers.ofString());
    assertThat(events.body())
        .startsWith("data: {\"n\":1,\"x\":\"\"}\n\nevent: error\ndata: {\"type\":\"about:blank\"")
        .contains("\"code\":\"HANDLER_FAILED\"")
        .doesNotContain("secret");
  }

  @Test
  void linesThatEndInAnErrorAreCutOff() throws Exception {
    int port = serve(new Numbers(1, 0, new RunarException(Code.HANDLER_FAILED, "the secret")));
    try (RawClient raw = new RawClient(port)) {
      raw.write("GET /s HTTP/1.1\r\nHost: x\r\n\r\n".getBytes(ISO_8859_1));
      assertThat(raw.head()).contains("transfer-encoding: chunked");
      assertThat(raw.rest()).contains("{\"error\":{").doesNotContain("secret", "\r\n0\r\n");
    }
  }

  @Test
  void aClientThatDoesNotReadSlowsTheProducer() throws Exception {
    var numbers = new Numbers(1_000_000, 10_000, null);
    int port = serve(numbers);
    try (RawClient raw = new RawClient(port, 4_096)) {
      raw.write("GET /s HTTP/1.1\r\nHost: x\r\n\r\n".getBytes(ISO_8859_1));
      assertThat(raw.head()).startsWith("HTTP/1.1 200");
      await()
          .during(Duration.ofMillis(500))
          .atMost(Duration.ofSeconds(20))
          .until(() -> numbers.made.get() < 2_000);
      assertThat(numbers.cancelled).isFalse();
    }
    await().untilTrue(numbers.cancelled);
    assertThat(counters.snapshot().get("aborted")).isEqualTo(1L);
  }

  @Test
  void anOldClientReadsToTheEndOfTheConnection() throws Exception {
    int port = serve(new Numbers(2, 0, null));
    try (RawClient raw = new RawClient(port)) {
      raw.write("GET /s HTTP/1.0\r\n\r\n".getBytes(ISO_8859_1));
      assertThat(raw.head()).doesNotContain("transfer-encoding").contains("connection: close");
      assertThat(raw.rest()).isEqualTo("{\"n\":1,\"x\":\"\"}\n{\"n\":2,\"x\":\"\"}\n");
    }
  }

  @Test
  void eventsEndWhenTheServerStops() throws Exception {
    try (var never = new SubmissionPublisher<Payload>(work, 16)) {
      int port = serve(never);
      try (RawClient raw = new RawClient(port)) {
        raw.write(
            "GET /s HTTP/1.1\r\nHost: x\r\nAccept: text/event-stream\r\n\r\n".getBytes(ISO_8859_1));
        await().until(never::hasSubscribers);
        never.submit(Payload.of(1));
        assertThat(raw.head()).startsWith("HTTP/1.1 200");
        var stopped = server.stop(Duration.ofSeconds(20));
        assertThat(raw.rest()).endsWith("0\r\n\r\n");
        raw.close();
        stopped.join();
      }
      await().until(() -> !never.hasSubscribers());
    }
  }
}
