package dev.runar.internal.http;

import dev.runar.internal.broker.Broker;
import dev.runar.internal.protocol.topic.TopicWriter;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/** Everything that the port answers over plain HTTP. Any thread. */
public final class HttpApi {
  private final Health health;
  private final Supplier<List<String>> topics;
  private final StaticFiles files;

  /**
   * Makes the API.
   *
   * @param topics the topics that live, sorted
   */
  public HttpApi(Health health, Supplier<List<String>> topics, StaticFiles files) {
    this.health = health;
    this.topics = topics;
    this.files = files;
  }

  /** The answer of the node itself, if the path is one of its own. Never blocks. */
  public Optional<HttpResponse> builtIn(HttpRequest request) {
    return switch (request.path()) {
      case "/up" -> read(request, HttpResponse.text(200, "ok"));
      case "/live" -> read(request, state(health.isLive()));
      case "/ready" -> read(request, state(health.isReady()));
      case Broker.TOPICS_PATH -> read(request, HttpResponse.json(200, topicList()));
      default -> Optional.empty();
    };
  }

  /** The answer to any other path: a static file. Reads the disk, so it may block. */
  public HttpResponse file(HttpRequest request) {
    return request.isRead() ? files.answer(request) : methodNotAllowed();
  }

  private static Optional<HttpResponse> read(HttpRequest request, HttpResponse response) {
    return Optional.of(request.isRead() ? response : methodNotAllowed());
  }

  private static HttpResponse state(boolean good) {
    return good ? HttpResponse.text(200, "ok") : HttpResponse.text(503, "not yet");
  }

  private static HttpResponse methodNotAllowed() {
    return HttpResponse.text(405, "only GET and HEAD").with("allow", "GET, HEAD");
  }

  private String topicList() {
    return new String(TopicWriter.topicArray(topics.get()), StandardCharsets.UTF_8);
  }
}
