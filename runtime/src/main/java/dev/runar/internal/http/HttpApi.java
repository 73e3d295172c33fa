package dev.runar.internal.http;

import dev.runar.internal.broker.Broker;
import dev.runar.internal.node.HttpLookup;
import dev.runar.internal.protocol.topic.TopicWriter;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Supplier;

/**
 * Everything that the port answers over plain HTTP: its own paths first, then actions, then static
 * files. Any thread.
 */
public final class HttpApi {
  private static final Logger ACCESS = System.getLogger("dev.runar.http.access");
  private static final List<String> READS = List.of("GET", "HEAD");

  private final Health health;
  private final Supplier<List<String>> topics;
  private final StaticFiles files;
  private final HttpActions actions;
  private final CorsRules cors;
  private final OwnApi own;

  /**
   * Makes the API.
   *
   * @param topics the topics that live, sorted
   * @param own what goes before actions
   */
  public HttpApi(
      Health health,
      Supplier<List<String>> topics,
      StaticFiles files,
      HttpActions actions,
      CorsRules cors,
      OwnApi own) {
    this.health = health;
    this.topics = topics;
    this.files = files;
    this.actions = actions;
    this.cors = cors;
    this.own = own;
  }

  /** What those who say who the client of a session is may see of the headers that it came by. */
  public Map<String, String> headersOfClient(HttpRequest request) {
    return cors.ofClient(request);
  }

  /** How the request is going to be answered. Never blocks. */
  public Plan plan(HttpRequest request) {
    Optional<HttpResponse> fixed = builtIn(request);
    if (fixed.isPresent()) {
      return new Plan.Now(fixed.get());
    }
    if (own.answers(request.path())) {
      List<String> methods = own.methods(request.path());
      return (methods.isEmpty() ? Optional.<HttpResponse>empty() : cors.preflight(request, methods))
          .<Plan>map(Plan.Now::new)
          .orElseGet(() -> new Plan.Own(own));
    }
    HttpLookup found = actions.find(request.method(), request.path());
    if (found instanceof HttpLookup.Found action) {
      return new Plan.Action(action);
    }
    var methods =
        found instanceof HttpLookup.OtherMethods others ? others.methods() : new TreeSet<String>();
    return withoutAction(request, methods);
  }

  private Plan withoutAction(HttpRequest request, SortedSet<String> methods) {
    List<String> allowed = methods.isEmpty() ? READS : HttpActions.allowed(methods);
    Optional<HttpResponse> preflight = cors.preflight(request, allowed);
    if (preflight.isPresent()) {
      return new Plan.Now(preflight.get());
    }
    if (request.isRead()) {
      return new Plan.File(
          methods.isEmpty() ? HttpResponse.text(404, "not found") : actions.otherMethods(methods));
    }
    if (methods.isEmpty()) {
      return new Plan.Now(methodNotAllowed());
    }
    return new Plan.Now(
        request.method().equals("OPTIONS")
            ? HttpResponse.empty(204).with("allow", String.join(", ", allowed))
            : actions.otherMethods(methods));
  }

  private Optional<HttpResponse> builtIn(HttpRequest request) {
    return switch (request.path()) {
      case "/up" -> read(request, () -> HttpResponse.text(200, "ok"));
      case "/live" -> read(request, () -> state(health.isLive()));
      case "/ready" -> read(request, () -> state(health.isReady()));
      case Broker.TOPICS_PATH -> read(request, () -> HttpResponse.json(200, topicList()));
      default -> Optional.empty();
    };
  }

  /** The static file of a plan, or what it says otherwise. Reads the disk, so it may block. */
  public HttpResponse file(HttpRequest request, Plan.File plan) {
    HttpResponse file = files.answer(request);
    return file.status() == 404 ? plan.otherwise() : file;
  }

  /** Asks the action of a plan. */
  public HttpExchange ask(Plan.Action plan, HttpRequest request, byte[] body) {
    return actions.begin(plan, request, body);
  }

  /** Whether the action of a request may be given a body. */
  public boolean takesBody(HttpRequest request) {
    return !request.isRead();
  }

  /** The body is larger than a message may be. */
  public HttpResponse tooLarge(long most) {
    actions.counters().bodyTooLarge();
    return actions.tooLarge(most);
  }

  /** Too many bytes of bodies wait already. */
  public HttpResponse noRoom() {
    actions.counters().noRoom();
    return actions.noRoom();
  }

  /** A body came where none belongs. */
  public HttpResponse bodyNotWanted(HttpRequest request) {
    return actions.bodyNotWanted(request.method());
  }

  /** A response as it goes out: HEAD has no body, and a page of another origin may read it. */
  public HttpResponse finished(HttpRequest request, HttpResponse response) {
    HttpResponse told = cors.apply(request, response);
    return request.method().equals("HEAD") ? told.headersOnly() : told;
  }

  /** Counts a response that has begun, and writes its line. */
  public void answered(HttpRequest request, HttpResponse response, long nanos) {
    actions.counters().answered(response.status());
    ACCESS.log(
        Level.DEBUG,
        () ->
            "http method=%s path=%s status=%d ms=%d bytes=%d client=%s"
                .formatted(
                    request.method(),
                    dev.runar.PlainText.of(request.path()),
                    response.status(),
                    nanos / 1_000_000,
                    response.body().size(),
                    request.remoteAddress()));
  }

  public HttpCounters counters() {
    return actions.counters();
  }

  private static Optional<HttpResponse> read(HttpRequest request, Supplier<HttpResponse> response) {
    return Optional.of(request.isRead() ? response.get() : methodNotAllowed());
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
