package dev.runar.internal.http.centrifugal;

import dev.runar.Payload;
import dev.runar.internal.broker.Uplink;
import dev.runar.internal.broker.Uplinks;
import dev.runar.internal.broker.WireMessage;
import dev.runar.internal.http.HttpExchange;
import dev.runar.internal.http.HttpRequest;
import dev.runar.internal.http.HttpResponse;
import dev.runar.internal.http.OwnApi;
import dev.runar.internal.protocol.centrifugal.Relayed;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * Takes what clients say whose sessions are responses that go on. Any thread.
 *
 * <p>Each request is answered when its session has taken it, so that a client that is to be slower
 * waits. A client takes 404 for the end of its session, and connects again.
 *
 * @param messageBytes the largest request
 */
public record EmulationApi(Uplinks uplinks, long messageBytes) implements OwnApi {
  public static final String PATH = "/emulation";

  private static final List<String> METHODS = List.of("POST", "OPTIONS");

  /** A client that goes takes nothing back. */
  private record Exchange(CompletableFuture<HttpResponse> response) implements HttpExchange {
    static Exchange of(HttpResponse response) {
      return new Exchange(CompletableFuture.completedFuture(response));
    }

    @Override
    public void cancel() {}
  }

  @Override
  public boolean answers(String path) {
    return path.equals(PATH);
  }

  @Override
  public long mostBytes(String path) {
    return messageBytes;
  }

  @Override
  public List<String> methods(String path) {
    return METHODS;
  }

  @Override
  public HttpExchange begin(HttpRequest request, byte[] body) {
    String allowed = String.join(", ", METHODS);
    if (request.method().equals("OPTIONS")) {
      return Exchange.of(HttpResponse.empty(204).with("allow", allowed));
    }
    if (!request.method().equals("POST")) {
      return Exchange.of(HttpResponse.text(405, "only " + allowed).with("allow", allowed));
    }
    Optional<Relayed> read =
        StreamApi.isBinary(request) ? Relayed.protobuf(body) : Relayed.json(body);
    return read.map(this::hand)
        .orElseGet(
            () ->
                Exchange.of(
                    HttpResponse.text(
                        400, "the request is no object with \"session\" and \"data\"")));
  }

  private Exchange hand(Relayed said) {
    return new Exchange(
        uplinks
            .offer(
                said.session(),
                new WireMessage(
                    said.message().encoded(), said.message().kind() == Payload.Kind.BYTES))
            .thenApply(EmulationApi::answer));
  }

  private static HttpResponse answer(Uplink.Answer answer) {
    return switch (answer) {
      case TAKEN -> HttpResponse.empty(204);
      case FULL ->
          HttpResponse.text(429, "more requests of this session wait than may; send fewer at once");
      case GONE -> HttpResponse.text(404, "there is no such session; connect again");
    };
  }
}
