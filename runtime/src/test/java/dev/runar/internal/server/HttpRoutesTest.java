package dev.runar.internal.server;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.runar.Node;
import dev.runar.Payload;
import dev.runar.RunarException;
import dev.runar.RunarException.Code;
import dev.runar.Service;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which action answers a method and a path, and which routes are refused. */
@Timeout(60)
class HttpRoutesTest extends HttpFixture {
  @Test
  void theMoreLiteralPathAnswers() throws Exception {
    Node node =
        start(
            Service.at("s")
                .action("one", http("GET", "/u/{id}"), (input, context) -> Payload.of("one"))
                .action("me", http("GET", "/u/me"), (input, context) -> Payload.of("me"))
                .action("del", http("DELETE", "/u/{id}"), (input, context) -> Payload.of(null))
                .action("deep", http("GET", "/{a}/me/x"), (input, context) -> Payload.of("deep"))
                .build());
    assertThat(get(node, "/u/me").body()).isEqualTo("me");
    assertThat(get(node, "/u/%6De").body()).isEqualTo("me");
    assertThat(get(node, "/u/7").body()).isEqualTo("one");
    assertThat(get(node, "/u/me/x").body()).isEqualTo("deep");
    assertThat(send(node, "DELETE", "/u/me", "application/json", "").statusCode()).isEqualTo(204);
    for (String path : List.of("/u", "/u/", "/u/7/", "//u/7", "/u/%2e%2e", "/u/%ff", "/")) {
      assertThat(get(node, path).statusCode()).as(path).isEqualTo(404);
    }
    try (RawClient raw = raw(node)) {
      raw.write("GET /u/a%zz HTTP/1.1\r\nHost: x\r\n\r\n".getBytes(ISO_8859_1));
      assertThat(raw.response()).startsWith("404");
    }
  }

  @Test
  void anotherMethodIsToldWhichThereAre() throws Exception {
    Node node =
        start(
            Service.at("s")
                .action("get", http("GET", "/u/{id}"), ECHO)
                .action("put", http("PUT", "/u/{id}"), ECHO)
                .build());
    var response = send(node, "POST", "/u/1", "application/json", "{}");
    assertThat(response.statusCode()).isEqualTo(405);
    assertThat(response.headers().firstValue("allow")).hasValue("GET, PUT, HEAD, OPTIONS");
    assertThat(problem(response).get("title")).isEqualTo("Method Not Allowed");
    var options =
        client.send(
            to(node, "/u/1").method("OPTIONS", BodyPublishers.noBody()).build(),
            BodyHandlers.ofString());
    assertThat(options.statusCode()).isEqualTo(204);
    assertThat(options.headers().firstValue("allow")).hasValue("GET, PUT, HEAD, OPTIONS");
    var head =
        client.send(
            to(node, "/u/1").method("HEAD", BodyPublishers.noBody()).build(),
            BodyHandlers.ofString());
    assertThat(head.statusCode()).isEqualTo(200);
    assertThat(head.headers().firstValue("content-length")).hasValue("10");
    assertThat(head.body()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          GET   | /up          | DUPLICATE     | is the node's own
          GET   | users        | INVALID_PATH  | must begin with /
          GET   | /users/      | INVALID_PATH  | ends with /
          GET   | /a//b        | INVALID_PATH  | empty segment
          GET   | /a/../b      | INVALID_PATH  | take ..
          GET   | /{a}/{a}     | INVALID_PATH  | twice
          GET   | /a{b}        | INVALID_PATH  | neither a plain name nor a template
          GET   | /{}          | INVALID_PATH  | neither a plain name nor a template
          GET   | /a?b         | INVALID_PATH  | neither a plain name nor a template
          FETCH | /a           | INVALID_INPUT | must be one of
          """)
  void aWrongRouteIsRefusedAtRegistration(String method, String path, Code code, String message) {
    Node node = start(one("GET", "/fine", ECHO));
    Service wrong = Service.at("w").action("a", http(method, path), ECHO).build();
    assertThatThrownBy(() -> ok(node, wrong))
        .isInstanceOfSatisfying(RunarException.class, e -> assertThat(e.code()).isEqualTo(code))
        .hasMessageContaining(message);
  }

  private static void ok(Node node, Service service) {
    try {
      node.addService(service).join();
    } catch (java.util.concurrent.CompletionException e) {
      throw (RuntimeException) e.getCause();
    }
  }

  @Test
  void oneRouteHasOneActionAndIsFreeWhenItsServiceGoes() throws Exception {
    Node node = start(one("GET", "/u/{id}", ECHO));
    Service second = Service.at("t").action("b", http("GET", "/u/{name}"), ECHO).build();
    assertThatThrownBy(() -> ok(node, second))
        .hasMessageContaining("action t/b: GET /u/{name} is taken by action s/a");
    node.removeService("s").join();
    assertThat(get(node, "/u/1").statusCode()).isEqualTo(404);
    ok(node, second);
    assertThat(get(node, "/u/1").body()).isEqualTo("{\"name\":\"1\"}");
  }
}
