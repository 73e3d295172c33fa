package dev.runar.internal.server;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.runar.Node;
import dev.runar.NodeConfig;
import dev.runar.Payload;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What HTTP clients may not send, and when their requests end: real sockets, actions in Java. */
@Timeout(60)
class HttpLimitsTest extends HttpFixture {
  private static Map<?, ?> httpCounts(Node node) {
    Object port = node.request("$runtime/status", Payload.of(null)).join().asMap().get("port");
    return (Map<?, ?>) ((Map<?, ?>) port).get("http");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      textBlock =
          """
          application/json           | {"a":          | 400 | INVALID_INPUT | JSON
          application/json           | {"id":1}       | 400 | INVALID_INPUT | given twice
          application/json           | 5              | 400 | INVALID_INPUT | must be a JSON object
          application/x-www-form-urlencoded | a=%zz   | 400 | INVALID_INPUT | malformed % escape
          application/x-www-form-urlencoded | a=%ff   | 400 | INVALID_INPUT | not UTF-8
          text/plain                 | hello          | 415 | INVALID_INPUT | text/plain is not read
          application/json; charset=latin1 | {}       | 415 | INVALID_INPUT | charset
          multipart/form-data; boundary=x | --x--     | 415 | INVALID_INPUT | multipart/form-data
          """)
  void aBodyThatCannotBeReadIsAProblem(
      String type, String body, int status, String code, String detail) throws Exception {
    Node node = start(one("POST", "/u/{id}", ECHO));
    var response = send(node, "POST", "/u/1", type, body);
    assertThat(response.statusCode()).isEqualTo(status);
    Map<?, ?> problem = problem(response);
    assertThat(problem.get("status")).isEqualTo(status);
    assertThat(problem.get("code")).isEqualTo(code);
    assertThat(problem.get("detail")).asString().contains(detail);
    assertThat(problem.get("instance")).asString().startsWith("urn:runar:request:");
  }

  @Test
  void aBodyOverTheBoundIsRefusedAndCounted() throws Exception {
    Node node =
        start(
            NodeConfig.DEFAULT.withLimits(NodeConfig.DEFAULT.limits().withMessageBytes(100)),
            one("POST", "/echo", ECHO));
    String full = "\"" + "x".repeat(98) + "\"";
    assertThat(send(node, "POST", "/echo", "application/json", full).statusCode()).isEqualTo(200);
    var larger = send(node, "POST", "/echo", "application/json", full + " ");
    assertThat(larger.statusCode()).isEqualTo(413);
    assertThat(problem(larger).get("code")).isEqualTo("TOO_LARGE");
    try (RawClient raw = raw(node)) {
      raw.write(
          ("POST /echo HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
                  + "Transfer-Encoding: chunked\r\n\r\n"
                  + ("32\r\n" + "x".repeat(50) + "\r\n").repeat(3))
              .getBytes(ISO_8859_1));
      assertThat(raw.response()).startsWith("413");
      assertThat(raw.isAtEnd()).isTrue();
    }
    assertThat(httpCounts(node).get("bodiesTooLarge")).isEqualTo(2L);
  }

  @Test
  void bodiesOfTheWholePortHaveABound() throws Exception {
    var small = NodeConfig.DEFAULT.limits().withQueuedBytes(1_000).withMessageBytes(800);
    var answered = new CountDownLatch(1);
    Node node =
        start(
            NodeConfig.DEFAULT.withLimits(small),
            one(
                "POST",
                "/wait",
                (input, context) -> {
                  assertThat(answered.await(20, TimeUnit.SECONDS)).isTrue();
                  return Payload.of(1);
                }));
    String body = "{\"a\":\"" + "x".repeat(700) + "\"}";
    var first =
        client.sendAsync(
            to(node, "/wait")
                .header("content-type", "application/json")
                .POST(BodyPublishers.ofString(body))
                .build(),
            BodyHandlers.ofString());
    await().untilAsserted(() -> assertThat(httpCounts(node).get("actions")).isEqualTo(1L));
    var second = send(node, "POST", "/wait", "application/json", body);
    assertThat(second.statusCode()).isEqualTo(503);
    assertThat(problem(second).get("code")).isEqualTo("OVERLOADED");
    answered.countDown();
    assertThat(first.join().statusCode()).isEqualTo(200);
    assertThat(send(node, "POST", "/wait", "application/json", body).statusCode()).isEqualTo(200);
    assertThat(httpCounts(node).get("bodiesWithoutRoom")).isEqualTo(1L);
  }

  @Test
  void aSlowBodyIsCutOff() throws Exception {
    Node node =
        start(
            NodeConfig.DEFAULT.withServer(
                NodeConfig.Server.DEFAULT.withHandshakeTimeout(Duration.ofMillis(300))),
            one("POST", "/echo", ECHO));
    try (RawClient raw = raw(node)) {
      raw.write(
          "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 9\r\n\r\n{\"a\""
              .getBytes(ISO_8859_1));
      assertThat(raw.ends()).isTrue();
    }
    assertThat(httpCounts(node).get("actions")).isEqualTo(0L);
  }

  @Test
  void theClientIsAskedForTheBodyItHoldsBack() throws Exception {
    Node node = start(one("POST", "/echo", ECHO));
    try (RawClient raw = raw(node)) {
      raw.write(
          "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n"
              .getBytes(ISO_8859_1));
      assertThat(raw.head()).isEqualTo("HTTP/1.1 100 Continue\r\n\r\n");
      raw.write("42".getBytes(UTF_8));
      assertThat(raw.response()).isEqualTo("200 42");
      raw.write(
          "POST /echo HTTP/1.1\r\nHost: x\r\nExpect: tea\r\nContent-Length: 2\r\n\r\n42"
              .getBytes(ISO_8859_1));
      assertThat(raw.response()).startsWith("417");
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          Content-Length: 2\\r\\nTransfer-Encoding: chunked\\r\\n\\r\\n0\\r\\n\\r\\n
          Content-Length: 2\\r\\nContent-Length: 3\\r\\n\\r\\n42
          Transfer-Encoding: gzip, chunked\\r\\n\\r\\n0\\r\\n\\r\\n
          Transfer-Encoding : chunked\\r\\n\\r\\n0\\r\\n\\r\\n
          Content-Length: +2\\r\\n\\r\\n42
          Transfer-Encoding: chunked\\r\\n\\r\\n0x2\\r\\n42\\r\\n0\\r\\n\\r\\n
          Transfer-Encoding: chunked\\r\\n\\r\\n2\\r\\n42XX0\\r\\n\\r\\n
          """)
  void twoReadingsOfOneBodyAreRefused(String rest) throws Exception {
    var asked = new AtomicInteger();
    Node node =
        start(
            one(
                "POST",
                "/echo",
                (input, context) -> {
                  asked.incrementAndGet();
                  return input;
                }));
    try (RawClient raw = raw(node)) {
      raw.write(
          ("POST /echo HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
                  + rest.replace("\\r\\n", "\r\n"))
              .getBytes(ISO_8859_1));
      assertThat(raw.response()).startsWith("400");
      assertThat(raw.isAtEnd()).isTrue();
    }
    assertThat(asked).hasValue(0);
  }

  @Test
  void pipelinedRequestsAreAnsweredInTheirOrder() throws Exception {
    var first = new CountDownLatch(1);
    Node node =
        start(
            one(
                "POST",
                "/n/{n}",
                (input, context) -> {
                  if (input.asMap().get("n").equals("1")) {
                    assertThat(first.await(20, TimeUnit.SECONDS)).isTrue();
                  }
                  return Payload.of(input.asMap());
                }));
    String body = "Host: x\r\nContent-Type: application/json\r\nContent-Length: 7\r\n\r\n{\"b\":1}";
    try (RawClient raw = raw(node)) {
      raw.write(
          ("POST /n/1 HTTP/1.1\r\n"
                  + body
                  + "POST /n/2 HTTP/1.1\r\n"
                  + body
                  + "GET /up HTTP/1.1\r\nHost: x\r\n\r\nGARBAGE\r\n\r\n")
              .getBytes(ISO_8859_1));
      first.countDown();
      assertThat(raw.response()).isEqualTo("200 {\"n\":\"1\",\"b\":1}");
      assertThat(raw.response()).isEqualTo("200 {\"n\":\"2\",\"b\":1}");
      assertThat(raw.response()).isEqualTo("200 ok");
      assertThat(raw.response()).startsWith("400");
      assertThat(raw.isAtEnd()).isTrue();
    }
  }

  @Test
  void aClientThatGoesCancelsItsRequest() throws Exception {
    var cancelled = new CountDownLatch(1);
    var begun = new CountDownLatch(1);
    Node node =
        start(
            one(
                "GET",
                "/wait",
                (input, context) -> {
                  context.onCancel(cancelled::countDown);
                  begun.countDown();
                  assertThat(cancelled.await(20, TimeUnit.SECONDS)).isTrue();
                  return Payload.of(1);
                }));
    try (RawClient raw = raw(node)) {
      raw.write("GET /wait HTTP/1.1\r\nHost: x\r\n\r\n".getBytes(ISO_8859_1));
      assertThat(begun.await(20, TimeUnit.SECONDS)).isTrue();
    }
    assertThat(cancelled.await(20, TimeUnit.SECONDS)).isTrue();
    await().untilAsserted(() -> assertThat(httpCounts(node).get("aborted")).isEqualTo(1L));
  }

  @Test
  void aRequestHasTheNodesDeadline() throws Exception {
    var never = new CountDownLatch(1);
    Node node =
        start(
            NodeConfig.DEFAULT.withRequestTimeout(Duration.ofMillis(200)),
            one(
                "GET",
                "/wait",
                (input, context) -> {
                  never.await();
                  return Payload.of(1);
                }));
    var response = get(node, "/wait");
    never.countDown();
    assertThat(response.statusCode()).isEqualTo(504);
    assertThat(problem(response).get("code")).isEqualTo("TIMEOUT");
  }

  @Test
  void aRunningRequestIsAnsweredWhenTheNodeStops() throws Exception {
    var begun = new CountDownLatch(1);
    var go = new CountDownLatch(1);
    Node node =
        start(
            one(
                "GET",
                "/wait",
                (input, context) -> {
                  begun.countDown();
                  assertThat(go.await(20, TimeUnit.SECONDS)).isTrue();
                  return Payload.of("done");
                }));
    try (RawClient raw = raw(node)) {
      raw.write("GET /wait HTTP/1.1\r\nHost: x\r\n\r\n".getBytes(ISO_8859_1));
      assertThat(begun.await(20, TimeUnit.SECONDS)).isTrue();
      var stopped = node.stop();
      go.countDown();
      String head = raw.head();
      assertThat(head).startsWith("HTTP/1.1 200");
      assertThat(raw.ends()).isTrue();
      stopped.join();
    }
  }
}
