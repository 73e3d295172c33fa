package dev.runar.internal.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.runar.ActionHandler;
import dev.runar.ActionOptions;
import dev.runar.Node;
import dev.runar.NodeConfig;
import dev.runar.Payload;
import dev.runar.RunarException;
import dev.runar.RunarException.Code;
import dev.runar.Service;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;

/** How to start a node with actions for HTTP clients, and how to ask it. */
abstract class HttpFixture {
  final HttpClient client = HttpClient.newHttpClient();

  final List<Node> nodes = new ArrayList<>();

  @AfterEach
  void closeAll() {
    nodes.forEach(Node::close);
    client.close();
  }

  static final ActionHandler ECHO = (input, context) -> input;

  Node start(NodeConfig config, Service service) {
    Node node =
        Node.builder()
            .config(config.withServer(config.server().withPort(0)))
            .identify(call -> call.bearer().map(token -> who(token)).orElse(null))
            .build();
    nodes.add(node);
    node.addService(service).join();
    node.start().join();
    return node;
  }

  static Payload who(String token) {
    return switch (token) {
      case "bad" -> throw new IllegalArgumentException("secret reason");
      case "banned" -> throw new RunarException(Code.PERMISSION_DENIED, "you are banned");
      case "down" -> throw new RunarException(Code.TIMEOUT, "the auth service is away");
      default -> Payload.object("name", token);
    };
  }

  Node start(Service service) {
    return start(NodeConfig.DEFAULT, service);
  }

  static ActionOptions http(String method, String path) {
    return ActionOptions.builder().http(new ActionOptions.Http(method, path, 0)).build();
  }

  static Service one(String method, String path, ActionHandler handler) {
    return Service.at("s").action("a", http(method, path), handler).build();
  }

  HttpRequest.Builder to(Node node, String path) {
    return HttpRequest.newBuilder(URI.create(node.urls().get(0) + path))
        .timeout(Duration.ofSeconds(20));
  }

  HttpResponse<String> get(Node node, String path) throws Exception {
    return client.send(to(node, path).build(), BodyHandlers.ofString());
  }

  HttpResponse<String> send(Node node, String method, String path, String type, String body)
      throws Exception {
    return client.send(
        to(node, path)
            .header("content-type", type)
            .method(method, BodyPublishers.ofString(body))
            .build(),
        BodyHandlers.ofString());
  }

  static RawClient raw(Node node) throws Exception {
    return new RawClient(node.urls().get(0).getPort());
  }

  static Map<?, ?> problem(HttpResponse<String> response) {
    assertThat(response.headers().firstValue("content-type")).hasValue("application/problem+json");
    return Payload.json(response.body()).asMap();
  }
}
