package dev.runar.internal.link;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.runar.Delivery;
import dev.runar.Node;
import dev.runar.NodeConfig;
import dev.runar.Payload;
import dev.runar.RequestOptions;
import dev.runar.RunarException;
import dev.runar.RunarException.Code;
import dev.runar.Service;
import dev.runar.internal.boot.LinkHost;
import dev.runar.spi.TraceContext;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A node and a peer that speaks frames: requests, errors, cancellation, and the end of it. */
@Timeout(60)
class LinkTest {
  private final TestPeer peer = new TestPeer();
  private LinkHost host;
  private Node node;

  @BeforeEach
  void open() {
    host = TestPeer.host(peer, NodeConfig.DEFAULT);
    node = host.node();
  }

  @AfterEach
  void close() {
    node.close();
    host.close("the test is over");
    peer.close();
  }

  @Test
  void theNodeGreetsAndTakesTheConfiguration() {
    Head hello = peer.next(FrameKind.HELLO).heads();
    assertThat(hello.number("protocol")).isEqualTo(1);
    assertThat(hello.text("runtime")).isEqualTo("java");

    Frame configured =
        peer.get(FrameKind.CONFIGURE, 0, Payload.json("{\"networkId\":\"lab\"}"), null);
    assertThat(configured.heads().text("networkId")).isEqualTo("lab");
    assertThat(node.config().networkId()).isEqualTo("lab");
    assertThatThrownBy(
            () -> peer.get(FrameKind.CONFIGURE, 0, Payload.json("{\"netwrkId\":\"x\"}"), null))
        .isInstanceOfSatisfying(
            RunarException.class, e -> assertThat(e.code()).isEqualTo(Code.CONFIG))
        .hasMessageContaining("netwrkId");
  }

  @Test
  void aRequestOfJavaIsAnsweredByTheScript() {
    peer.handlers.put(
        1,
        call -> {
          Map<String, Object> input = input(call);
          int sum = (int) input.get("a") + (int) input.get("b");
          peer.result(call, Payload.of(sum));
        });
    peer.addActions("math", "add");
    peer.get(FrameKind.START, 0, Payload.object(), null);

    assertThat(node.request("math/add", Payload.object("a", 5, "b", 3)).join().asInt())
        .isEqualTo(8);
  }

  @Test
  void aProcessThatEndsFailsWhatWaitsForItAndStillGetsLines() {
    peer.addActions("math", "add");
    peer.get(FrameKind.START, 0, Payload.object(), null);
    var asked = node.request("math/add", Payload.of(1));
    peer.next(FrameKind.INVOKE);

    peer.receiver.onEnding("its process ends");

    assertThatThrownBy(asked::join)
        .hasCauseInstanceOf(RunarException.class)
        .hasMessageContaining("the script is gone: its process ends");
    assertThat(host.log("info", "System.out", "a hook")).isEqualTo(Delivery.QUEUED);
    assertThat(peer.next(FrameKind.LOG).heads().text("message")).isEqualTo("a hook");
    assertThat(host.ended()).isNotDone();
  }

  @Test
  void theDefaultCallHasItsTraceAndOthersHaveWhatIsNotTheDefault() {
    peer.addActions("math", "add");
    peer.get(FrameKind.START, 0, Payload.object(), null);

    node.request("math/add", Payload.of(1));
    Frame plain = peer.next(FrameKind.INVOKE);
    assertThat(plain.head().text())
        .matches("\\{\"traceparent\":\"00-[0-9a-f]{32}-[0-9a-f]{16}-01\"}");
    assertThat(plain.flags()).isZero();
    assertThat(plain.target()).isEqualTo(1);
    assertThat(plain.id() % 2).isZero();
    assertThat(plain.remainingMs()).isBetween(1, 30_000);
    peer.result(plain, Payload.of(1));

    node.request("default:math/add", Payload.of(1));
    Frame full = peer.next(FrameKind.INVOKE);
    assertThat(full.heads().text("path")).isEqualTo("default:math/add");
    peer.result(full, Payload.of(1));

    node.request(
        "math/add",
        Payload.of(2),
        new RequestOptions(Duration.ofSeconds(2), Map.of("tenant", "é")).withCaller("tester"));
    Frame other = peer.next(FrameKind.INVOKE);
    assertThat(other.heads().texts("meta")).isEqualTo(Map.of("tenant", "é"));
    assertThat(other.heads().text("caller")).isEqualTo("tester");
    assertThat(other.remainingMs()).isBetween(1, 2_000);
    peer.result(other, Payload.of(2));
  }

  @Test
  void anErrorOfTheScriptArrivesWithItsStackDataAndCause() {
    peer.handlers.put(
        1,
        call ->
            peer.send(
                Frame.of(
                    FrameKind.ERROR,
                    call.id(),
                    Payload.encoded(
                        Payload.Kind.RICH,
                        """
                        {"code":"HANDLER_FAILED","name":"TypeError","message":"no such order",
                         "stack":"TypeError: no such order\\n    at find (app.ts:3:9)",
                         "data":{"order":7},
                         "cause":{"code":"NOT_FOUND","message":"gone"}}
                        """
                            .getBytes(java.nio.charset.StandardCharsets.UTF_8)))));
    peer.addActions("orders", "find");
    peer.get(FrameKind.START, 0, Payload.object(), null);

    RunarException failure = failure(node.request("orders/find", Payload.of(7)));

    assertThat(failure.code()).isEqualTo(Code.HANDLER_FAILED);
    assertThat(failure).hasMessage("no such order");
    assertThat(failure.remoteName()).hasValue("TypeError");
    assertThat(failure.remoteStack())
        .hasValue("TypeError: no such order\n    at find (app.ts:3:9)");
    assertThat(failure.data()).hasValue(Payload.object("order", 7));
    assertThat(failure.getCause()).hasMessage("gone");
  }

  @Test
  void aRequestOfTheScriptIsAnsweredByJava() {
    node.addService(
            Service.at("greeter")
                .action("hello", (input, context) -> Payload.of("Hello " + input.asString()))
                .build())
        .join();
    peer.get(FrameKind.START, 0, Payload.object(), null);

    Frame answer =
        peer.get(
            FrameKind.REQUEST, 0, Payload.object("path", "greeter/hello"), Payload.of("Grüße"));

    assertThat(answer.payloadOrNull().asString()).isEqualTo("Hello Grüße");
    assertThat(answer.head()).isNull();
  }

  @Test
  void aFailureOfJavaArrivesWithTheStackOfItsHandler() {
    node.addService(
            Service.at("greeter")
                .action(
                    "hello",
                    (input, context) -> {
                      throw new IllegalStateException("nobody is there");
                    })
                .build())
        .join();
    peer.get(FrameKind.START, 0, Payload.object(), null);

    assertThatThrownBy(
            () ->
                peer.get(
                    FrameKind.REQUEST, 0, Payload.object("path", "greeter/hello"), Payload.of(1)))
        .isInstanceOfSatisfying(
            RunarException.class,
            e -> {
              assertThat(e.code()).isEqualTo(Code.HANDLER_FAILED);
              assertThat(e).hasMessage("nobody is there");
              assertThat(e.remoteStack().orElseThrow())
                  .contains("IllegalStateException: nobody is there")
                  .contains("LinkTest.java:");
              assertThat(e.getCause()).hasMessage("nobody is there");
              assertThat(((RunarException) e.getCause()).remoteName())
                  .hasValue("java.lang.IllegalStateException");
            });
    assertThatThrownBy(
            () -> peer.get(FrameKind.REQUEST, 0, Payload.object("path", "no/such"), Payload.of(1)))
        .isInstanceOfSatisfying(
            RunarException.class, e -> assertThat(e.code()).isEqualTo(Code.NOT_FOUND));
    assertThatThrownBy(() -> peer.get(FrameKind.REQUEST, 0, Payload.object(), Payload.of(1)))
        .hasMessageContaining("path");
  }

  @Test
  void whatAHandlerAsksIsPartOfItsCall() {
    node.addService(
            Service.at("who")
                .action("asks", (input, context) -> Payload.of(context.caller()))
                .build())
        .join();
    peer.handlers.put(
        1,
        call ->
            peer.ask(
                    FrameKind.REQUEST,
                    0,
                    Payload.json("{\"path\":\"who/asks\",\"within\":{\"call\":" + call.id() + "}}"),
                    null)
                .thenAccept(answer -> peer.result(call, answer.payload())));
    peer.addActions("outer", "ask");
    peer.get(FrameKind.START, 0, Payload.object(), null);

    assertThat(node.request("outer/ask", Payload.of(null)).join().asString())
        .isEqualTo("outer/ask");
    assertThat(
            peer.get(FrameKind.REQUEST, 0, Payload.object("path", "who/asks"), null)
                .payloadOrNull()
                .asString())
        .isEqualTo("test 1");
  }

  @Test
  void whatAHandlerAsksIsInTheTraceThatItIsTold() {
    var asked = new CompletableFuture<TraceContext>();
    node.addService(
            Service.at("java")
                .action(
                    "trace",
                    (input, context) -> {
                      asked.complete(context.trace());
                      return Payload.of(null);
                    })
                .build())
        .join();
    var told = new CompletableFuture<Head>();
    peer.handlers.put(
        1,
        call -> {
          told.complete(call.heads());
          peer.ask(
                  FrameKind.REQUEST,
                  0,
                  Payload.json("{\"path\":\"java/trace\",\"within\":{\"call\":" + call.id() + "}}"),
                  null)
              .thenAccept(answer -> peer.result(call, answer.payload()));
        });
    peer.addActions("outer", "ask");
    peer.get(FrameKind.START, 0, Payload.object(), null);

    node.request("outer/ask", Payload.of(null)).join();

    TraceContext outer =
        TraceContext.parse(told.join().text("traceparent"), told.join().text("tracestate"))
            .orElseThrow();
    assertThat(asked.join().traceId()).isEqualTo(outer.traceId());
    assertThat(asked.join().spanId()).isNotEqualTo(outer.spanId());

    TraceContext given =
        TraceContext.parse("00-0123456789abcdef0123456789abcdef-0123456789abcdef-00", "a=b")
            .orElseThrow();
    peer.handlers.remove(1);
    node.request("outer/ask", Payload.of(null), RequestOptions.DEFAULT.withTrace(given));
    Frame second = peer.next(FrameKind.INVOKE);
    assertThat(second.heads().text("traceparent")).startsWith("00-" + given.traceId());
    assertThat(second.heads().text("tracestate")).isEqualTo("a=b");
    peer.result(second, null);
  }

  @Test
  void whoARequestIsForIsSaidByTheHandlerAndGoesOn() {
    node.addService(
            Service.at("who")
                .action("is", (input, context) -> context.identity().orElse(Payload.of("nobody")))
                .build())
        .join();
    peer.handlers.put(
        1,
        call -> {
          peer.send(Frame.of(FrameKind.IDENTIFY, call.id(), Payload.of("ada")));
          peer.ask(
                  FrameKind.REQUEST,
                  0,
                  Payload.json("{\"path\":\"who/is\",\"within\":{\"call\":" + call.id() + "}}"),
                  null)
              .thenAccept(answer -> peer.result(call, answer.payload()));
        });
    peer.addActions("outer", "ask");
    peer.get(FrameKind.START, 0, Payload.object(), null);

    assertThat(node.request("outer/ask", Payload.of(null)).join().asString()).isEqualTo("ada");
  }

  @Test
  void linesOfJavaGoToTheScript() {
    host.log("warn", "System.err", "Grüße");

    Head line = peer.next(FrameKind.LOG).heads();
    assertThat(line.text("level")).isEqualTo("warn");
    assertThat(line.text("logger")).isEqualTo("System.err");
    assertThat(line.text("message")).isEqualTo("Grüße");
  }

  @Test
  void metaOfTheAnswerGoesBothWays() {
    peer.handlers.put(
        1,
        call ->
            peer.send(
                new Frame(
                    FrameKind.RESULT,
                    0,
                    0,
                    0,
                    call.id(),
                    Payload.json("{\"meta\":{\"cache\":\"hit\"}}"),
                    Payload.of(1))));
    peer.addActions("math", "one");
    peer.get(FrameKind.START, 0, Payload.object(), null);

    Frame answer =
        peer.get(FrameKind.REQUEST, 0, Payload.object("path", "math/one", "wantsMeta", true), null);

    assertThat(answer.heads().texts("meta")).isEqualTo(Map.of("cache", "hit"));
  }

  @Test
  void aDeadlineEndsTheCallTellsTheScriptAndDropsALateResult() {
    peer.addActions("slow", "work");
    peer.get(FrameKind.START, 0, Payload.object(), null);
    CompletableFuture<Payload> answer =
        node.request(
            "slow/work", Payload.of(1), new RequestOptions(Duration.ofMillis(50), Map.of()));
    Frame call = peer.next(FrameKind.INVOKE);

    assertThat(failure(answer).code()).isEqualTo(Code.TIMEOUT);
    Frame cancel = peer.next(FrameKind.CANCEL);
    assertThat(cancel.id()).isEqualTo(call.id());
    assertThat(cancel.flags()).isEqualTo(Frame.LATE);
    peer.result(call, Payload.of("late"));
    peer.handlers.put(1, next -> peer.result(next, Payload.of("in time")));
    assertThat(node.request("slow/work", Payload.of(2)).join().asString()).isEqualTo("in time");
  }

  @Test
  void aCallRunsOnOnlyIfTheScriptHasBegunIt() {
    peer.addActions("slow", "work");
    peer.get(FrameKind.START, 0, Payload.object(), null);
    peer.keepsCount(false);
    CompletableFuture<Payload> waiting = node.request("slow/work", Payload.of(1));
    Frame unbegun = peer.next(FrameKind.INVOKE);
    waiting.cancel(false);
    assertThat(peer.next(FrameKind.CANCEL).id()).isEqualTo(unbegun.id());
    assertThat(runningOn()).isEmpty();
    peer.send(Frame.of(FrameKind.RESULT, unbegun.id(), null).withFlags(Frame.NOT_BEGUN));
    peer.keepsCount(true);

    CompletableFuture<Payload> running = node.request("slow/work", Payload.of(2));
    Frame begun = peer.next(FrameKind.INVOKE);
    peer.settle(); // it has told that it has begun
    running.cancel(false);
    assertThat(runningOn()).isEqualTo(List.of("slow/work"));
    peer.result(begun, Payload.of("late"));

    await().until(() -> runningOn().isEmpty());
    assertThat(waiting).isCancelled();
    assertThat(running).isCancelled();
    assertThat(count("requests", "lateSettles")).isEqualTo(1);
  }

  @Test
  void theStatusTellsWhatTheLinkCarries() {
    peer.send(
        Frame.headed(FrameKind.RAN, 0, Payload.object("refused", 3, "lateDrains", 2)),
        Frame.headed(FrameKind.RAN, 0, Payload.object("refused", 4)));
    peer.addActions("math", "add");
    peer.get(FrameKind.START, 0, Payload.object(), null);
    node.request("math/add", Payload.of(1));
    peer.next(FrameKind.INVOKE);
    peer.ask(FrameKind.ON, 0, Payload.object("pattern", "a/b"), null);
    await().until(() -> script("waiting") == 0);

    assertThat(script("queued")).isEqualTo(2); // the event of the self-test is one
    assertThat(script("pending")).isEqualTo(1);
    assertThat(script("failed")).isZero();
    Map<?, ?> script = (Map<?, ?>) ((List<?>) status("contexts")).getFirst();
    assertThat(script.get("name")).isEqualTo("test 1");
    assertThat(script.get("state")).isEqualTo("RUNNING");
    Map<?, ?> link = (Map<?, ?>) ((List<?>) status("links")).getFirst();
    assertThat(link.get("program")).isEqualTo("test 1");
    assertThat(link.get("asked")).isEqualTo(1);
    assertThat((long) link.get("bytesIn")).isPositive();
    assertThat((long) link.get("bytesOut")).isPositive();
    assertThat(link.get("waitingBytes")).isEqualTo(0L);
    assertThat(link.get("refused")).isEqualTo(0L);
    assertThat(link.get("refusedThere")).isEqualTo(4L);
    assertThat(link.get("lostLines")).isEqualTo(0L);
    assertThat(link.get("lateDrains")).isEqualTo(2L);
  }

  @Test
  void aScriptThatDoesNotGetTheEventOfTheSelfTestAsPromisedDoesNotStart() {
    peer.handlers.put(
        0,
        event ->
            peer.error(event, new RunarException(Code.INTERNAL, "it did not arrive as promised")));

    assertThatThrownBy(() -> peer.get(FrameKind.START, 0, Payload.object(), null))
        .isInstanceOfSatisfying(
            RunarException.class, e -> assertThat(e.code()).isEqualTo(Code.INTERNAL))
        .hasMessage(
            "the self-test of the callback path, an event to the program and back, failed: it did"
                + " not arrive as promised");
    assertThat(node.state()).isEqualTo(Node.State.CREATED);
  }

  @Test
  void theSelfTestCanBeAskedFor() {
    peer.get(FrameKind.START, 0, Payload.object(), null);

    Payload answer = node.request("$runtime/self-test", Payload.of(null)).join();

    assertThat(answer.asMap()).containsEntry("contexts", List.of("test 1"));
  }

  @Test
  void theResultTheDeadlineAndTheCallersEndSettleACallOnce() {
    int count = 300;
    var seen = new java.util.concurrent.ConcurrentLinkedQueue<Frame>();
    peer.handlers.put(1, call -> peer.result(call, call.payload()));
    peer.handlers.put(2, seen::add);
    peer.addActions("race", "echo", "silent");
    peer.get(FrameKind.START, 0, Payload.object(), null);
    var settled = new java.util.concurrent.atomic.AtomicInteger();
    var answers = new java.util.ArrayList<CompletableFuture<Payload>>();
    for (int n = 0; n < count; n++) {
      String action = n % 3 == 0 ? "race/silent" : "race/echo";
      var options = new RequestOptions(Duration.ofMillis(1 + n % 20), Map.of());
      CompletableFuture<Payload> answer = node.request(action, Payload.of(n), options);
      var _ = answer.whenComplete((result, error) -> settled.incrementAndGet());
      answers.add(answer);
      if (n % 2 == 0) {
        answer.cancel(false);
      }
    }
    answers.forEach(answer -> answer.handle((result, error) -> error).join());
    seen.forEach(call -> peer.result(call, Payload.of("late")));

    await().until(() -> count("requests", "inFlight") == 1); // this very question
    await().until(() -> script("pending") == 0);
    assertThat(settled).hasValue(count);
    assertThat(runningOn()).isEmpty();
  }

  /** A count of the script, as of a script context. */
  private long script(String key) {
    return ((Number) ((Map<?, ?>) ((List<?>) status("contexts")).getFirst()).get(key)).longValue();
  }

  private long count(String... keys) {
    return ((Number) status(keys)).longValue();
  }

  private List<?> runningOn() {
    return ((List<?>) status("runningOn"))
        .stream().map(running -> ((Map<?, ?>) running).get("path")).toList();
  }

  private Object status(String... keys) {
    Object value = node.request("$runtime/status", Payload.of(null)).join().asMap();
    for (String key : keys) {
      value = ((Map<?, ?>) value).get(key);
    }
    return value;
  }

  @Test
  void aCallerThatGivesUpIsHeardOfOnBothSides() {
    var given = new CompletableFuture<Void>();
    node.addService(
            Service.at("slow")
                .action(
                    "work",
                    (input, context) -> {
                      context.onCancel(() -> given.complete(null));
                      given.get(10, TimeUnit.SECONDS);
                      return Payload.of(null);
                    })
                .build())
        .join();
    peer.addActions("script", "work");
    peer.get(FrameKind.START, 0, Payload.object(), null);

    CompletableFuture<Payload> ofJava = node.request("script/work", Payload.of(1));
    Frame call = peer.next(FrameKind.INVOKE);
    ofJava.cancel(false);
    Frame cancel = peer.next(FrameKind.CANCEL);
    assertThat(cancel.id()).isEqualTo(call.id());
    assertThat(cancel.flags()).isZero();

    long id = peer.nextId();
    peer.send(
        new Frame(
            FrameKind.REQUEST, 0, 0, 0, id, Payload.object("path", "slow/work"), Payload.of(1)));

    peer.send(Frame.of(FrameKind.CANCEL, id, null));
    await().until(given::isDone);
    assertThat(peer.next(FrameKind.ERROR).id()).isEqualTo(id);
  }

  @Test
  void aServiceHasItsSteps() {
    var steps = new java.util.concurrent.CopyOnWriteArrayList<String>();
    for (String step : List.of("init", "start", "stop")) {
      peer.handlers.put(
          10 + List.of("init", "start", "stop").indexOf(step),
          frame -> {
            steps.add(step);
            peer.result(frame, null);
          });
    }
    peer.addService("{'definition':{'path':'life'},'steps':{'init':10,'start':11,'stop':12}}");
    peer.get(FrameKind.START, 0, Payload.object(), null);
    peer.get(FrameKind.REMOVE_SERVICE, 0, Payload.object("path", "life"), null);

    assertThat(steps).containsExactly("init", "start", "stop");
  }

  @Test
  void instancesAreRefused() {
    assertThatThrownBy(
            () -> peer.addService("{'definition':{'path':'many','instances':4},'actions':{}}"))
        .isInstanceOfSatisfying(
            RunarException.class, e -> assertThat(e.code()).isEqualTo(Code.CONFIG))
        .hasMessageContaining("leave out instances");
  }

  @Test
  void aHandlerWithoutNumberIsRefused() {
    assertThatThrownBy(
            () -> peer.addService("{'definition':{'path':'a','actions':[{'name':'b'}]}}"))
        .isInstanceOfSatisfying(
            RunarException.class, e -> assertThat(e.code()).isEqualTo(Code.INVALID_INPUT))
        .hasMessageContaining("no handler for \"b\"");
  }

  @Test
  void whatIsRefusedHasNotBegun() throws Exception {
    peer.addActions("math", "add");
    peer.get(FrameKind.START, 0, Payload.object(), null);
    var heard = new LinkedBlockingQueue<String>();
    node.subscribe("said", (event, context) -> heard.add(event.payload().text()));
    long open = peer.nextId();
    peer.send(Frame.headed(FrameKind.ON, open, Payload.object("pattern", "never")));
    peer.send(
        Frame.headed(FrameKind.PUBLISH, open, Payload.object("topic", "said"))
            .withPayload(Payload.of("twice")));

    Frame refusal = peer.next(FrameKind.ERROR);
    assertThat(refusal.id()).isEqualTo(open);
    assertThat(refusal.payload().text()).contains("is of an exchange under way");
    peer.get(FrameKind.PUBLISH, 0, Payload.object("topic", "said"), Payload.of("once"));
    assertThat(heard.poll(10, TimeUnit.SECONDS)).isEqualTo("\"once\"");
  }

  @Test
  void theEndOfTheScriptIsToldToWhoeverWaits() {
    peer.addActions("math", "add");
    peer.get(FrameKind.START, 0, Payload.object(), null);
    CompletableFuture<Payload> waiting = node.request("math/add", Payload.of(1));
    peer.next(FrameKind.INVOKE);

    peer.die("killed by SIGKILL");

    assertThat(failure(waiting).code()).isEqualTo(Code.CONTEXT_GONE);
    assertThat(failure(waiting)).hasMessageContaining("killed by SIGKILL");
    assertThat(host.ended().join()).isEqualTo("killed by SIGKILL");
    assertThat(failure(node.request("math/add", Payload.of(2))).code())
        .isIn(Code.CONTEXT_GONE, Code.NOT_RUNNING);
  }

  @Test
  void byeEndsTheLink() {
    peer.send(Frame.of(FrameKind.BYE, 0, null));

    assertThat(host.ended().join()).isEqualTo("the script has ended");
    await().until(() -> peer.others.stream().anyMatch(frame -> frame.kind() == FrameKind.BYE));
    assertThat(peer.others).extracting(Frame::kind).doesNotContain(FrameKind.FATAL);
  }

  @Test
  void whatIsNoFrameEndsTheLinkAndSaysWhy() {
    peer.sendBytes(new byte[] {1, 0, 0, 0, 9, 9, 9, 9});

    assertThat(peer.next(FrameKind.FATAL).heads().text("message")).contains("no frame");
    assertThat(host.ended().join()).contains("no frame");
  }

  @Test
  void aKindOfAnotherVersionIsAnErrorOfItsExchangeOnly() {
    byte[] unknown = FrameCodec.encode(Frame.of(FrameKind.CANCEL, 4_001, null));
    unknown[4] = (byte) 200;
    peer.sendBytes(unknown);

    Frame error = peer.next(FrameKind.ERROR);
    assertThat(error.id()).isEqualTo(4_001);
    assertThat(Peer.failureOf(error).code()).isEqualTo(Code.INVALID_INPUT);
    assertThat(host.ended()).isNotDone();
  }

  @Test
  void anotherProtocolIsRefusedWithWhatToInstall() {
    peer.send(Frame.headed(FrameKind.HELLO, 0, Payload.object("protocol", 2, "version", "9.9.9")));

    assertThat(host.ended().join())
        .contains("protocol 1")
        .contains("9.9.9")
        .contains("install the same version");
  }

  private static Map<String, Object> input(Frame call) {
    @SuppressWarnings("unchecked")
    Map<String, Object> input = (Map<String, Object>) call.payloadOrNull().value();
    return input;
  }

  private static RunarException failure(CompletableFuture<?> future) {
    try {
      future.join();
    } catch (CompletionException e) {
      return (RunarException) e.getCause();
    }
    throw new AssertionError("it has not failed");
  }
}
