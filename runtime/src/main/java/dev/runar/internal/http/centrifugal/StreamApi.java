package dev.runar.internal.http.centrifugal;

import dev.runar.RunarException;
import dev.runar.internal.broker.DialectPaths;
import dev.runar.internal.broker.centrifugal.CentrifugalPaths;
import dev.runar.internal.http.FormText;
import dev.runar.internal.http.HttpExchange;
import dev.runar.internal.http.HttpRequest;
import dev.runar.internal.http.HttpResponse;
import dev.runar.internal.http.HttpResponse.MessageForm;
import dev.runar.internal.http.OwnApi;
import dev.runar.internal.protocol.Utf8;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/**
 * Begins sessions over HTTP. The first commands of a client are in its request, and all that it
 * gets is the body of the response. Any thread.
 *
 * @param opening of the dialect
 * @param messageBytes the largest request
 */
public record StreamApi(DialectPaths.Opening opening, long messageBytes) implements OwnApi {
  /** Server-sent events, which a page asks for by a GET. */
  public static final String EVENTS = "/connection/sse";

  /** Lines of JSON, or Protobuf. */
  public static final String STREAM = "/connection/http_stream";

  static final String BINARY = "application/octet-stream";

  private static final String CONNECT = "cf_connect";

  /** Nobody on the way may keep it, or keep back a part of it. */
  private static final Map<String, String> UNBUFFERED =
      Map.of(
          "cache-control", "private, no-cache, no-store, must-revalidate, max-age=0",
          "x-accel-buffering", "no");

  /** It is made at once. */
  private record Begun(CompletableFuture<HttpResponse> response) implements HttpExchange {
    static Begun of(HttpResponse response) {
      return new Begun(CompletableFuture.completedFuture(response));
    }

    @Override
    public void cancel() {}
  }

  @Override
  public boolean answers(String path) {
    return path.equals(EVENTS) || path.equals(STREAM);
  }

  @Override
  public long mostBytes(String path) {
    return messageBytes;
  }

  @Override
  public List<String> methods(String path) {
    return path.equals(EVENTS) ? List.of("GET", "POST", "OPTIONS") : List.of("POST", "OPTIONS");
  }

  @Override
  public HttpExchange begin(HttpRequest request, byte[] body) {
    boolean isEvents = request.path().equals(EVENTS);
    if (request.method().equals("OPTIONS")) {
      return Begun.of(HttpResponse.empty(204).with("allow", allowed(request)));
    }
    if (request.method().equals("POST")) {
      boolean isBinary = !isEvents && isBinary(request);
      MessageForm form =
          isEvents ? MessageForm.EVENTS : isBinary ? MessageForm.BYTES : MessageForm.LINES;
      return Begun.of(session(form, request.query(), body));
    }
    return Begun.of(
        isEvents && request.method().equals("GET")
            ? byQuery(request)
            : HttpResponse.text(405, "only " + allowed(request)).with("allow", allowed(request)));
  }

  private String allowed(HttpRequest request) {
    return String.join(", ", methods(request.path()));
  }

  static boolean isBinary(HttpRequest request) {
    return request.header("content-type").filter(BINARY::equalsIgnoreCase).isPresent();
  }

  /** An event source has no body; what it says may hold a token, which is of no concern later. */
  private HttpResponse byQuery(HttpRequest request) {
    Map<String, List<String>> query;
    try {
      query = FormText.pairs(request.query(), "the query");
    } catch (RunarException e) {
      return HttpResponse.text(400, String.valueOf(e.getMessage()));
    }
    List<String> connect = query.getOrDefault(CONNECT, List.of(""));
    var rest = new StringBuilder();
    for (String pair : List.of(request.query().split("&", -1))) {
      if (!pair.startsWith(CONNECT + "=")) {
        rest.append(rest.isEmpty() ? "" : "&").append(pair);
      }
    }
    String command = connect.getFirst();
    if (command.strip().indexOf('\n') >= 0) {
      // A link on any page can make a browser send a GET, so it must not bring anything about.
      return HttpResponse.text(400, CONNECT + " has to hold a connect command and no other");
    }
    byte[] first = command.getBytes(StandardCharsets.UTF_8);
    return session(MessageForm.EVENTS, rest.toString(), first);
  }

  private HttpResponse session(MessageForm form, String query, byte[] first) {
    boolean isBinary = form == MessageForm.BYTES;
    if (first.length == 0) {
      return HttpResponse.text(
          400,
          "the request has to hold a connect command, as its body or, with GET, as " + CONNECT);
    }
    if (!isBinary && !Utf8.isValid(first, 0, first.length)) {
      return HttpResponse.text(400, "the commands are not UTF-8");
    }
    var live =
        new HttpResponse.Live(
            opening,
            form,
            query,
            isBinary ? CentrifugalPaths.PROTOBUF : "",
            new HttpResponse.Bytes(first));
    return HttpResponse.of(200, contentType(form), live).withAll(UNBUFFERED);
  }

  private static String contentType(MessageForm form) {
    return switch (form) {
      case EVENTS -> "text/event-stream";
      case LINES -> "application/json";
      case BYTES -> BINARY;
    };
  }
}
