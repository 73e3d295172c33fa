package dev.runar.internal.broker;

import dev.runar.Payload;
import dev.runar.RequestOptions;
import dev.runar.RunarException;
import dev.runar.RunarException.Code;
import dev.runar.SocketHandler;
import dev.runar.internal.broker.BrokerStats.Refusal;
import dev.runar.internal.node.SocketEndpoint;
import dev.runar.internal.node.SocketRefusal;
import dev.runar.internal.protocol.PublicError;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Asks the service of a raw path once, whether a client may connect. Any thread. */
public final class SocketQuestion {
  private static final Logger LOG = System.getLogger(SocketQuestion.class.getName());
  private static final int NOT_NOW = 503;

  /** What a client is told. */
  public sealed interface Answer {
    /** It may connect; null: nobody has said who it is. */
    record Welcome(@Nullable Payload identity) implements Answer {}

    /** It may not. */
    record Refused(Refusal reason, int status, String told) implements Answer {
      /** It may try again. */
      public boolean isPassing() {
        return status == NOT_NOW;
      }
    }
  }

  private final CompletableFuture<Optional<Payload>> word;

  private SocketQuestion(CompletableFuture<Optional<Payload>> word) {
    this.word = word;
  }

  /** Whether a service wants to be asked. */
  public static boolean isWanted(Broker.Route route) {
    return route instanceof Broker.Route.Socket(var endpoint) && endpoint.asks();
  }

  /**
   * Asks. Never blocks.
   *
   * @param answered is told once, on any thread, unless it is given up before
   */
  public static SocketQuestion ask(
      Broker.Route route, SocketHandler.Request request, Consumer<Answer> answered) {
    if (!(route instanceof Broker.Route.Socket(SocketEndpoint endpoint))) {
      throw new IllegalArgumentException("no service has the path " + request.path());
    }
    var question = new SocketQuestion(word(endpoint, request));
    var _ =
        question.word.whenComplete(
            (identity, error) ->
                answered.accept(
                    identity == null ? refused(error) : welcome(identity, request.path())));
    return question;
  }

  private static CompletableFuture<Optional<Payload>> word(
      SocketEndpoint endpoint, SocketHandler.Request request) {
    try {
      return endpoint.accept(request);
    } catch (RejectedExecutionException stopped) {
      return CompletableFuture.failedFuture(
          new RunarException(Code.SHUTDOWN, "the node is stopping", stopped));
    }
  }

  /** Nobody waits for the answer any more. */
  public void giveUp() {
    word.cancel(false);
  }

  private static Answer welcome(Optional<Payload> identity, String path) {
    Payload said = identity.orElse(null);
    if (said == null
        || (said.kind() != Payload.Kind.BYTES && said.size() <= RequestOptions.MAX_IDENTITY)) {
      return new Answer.Welcome(said);
    }
    LOG.log(
        Level.ERROR,
        "accept must return a value of at most %d bytes, and no bytes path=%s kind=%s size=%d"
            .formatted(RequestOptions.MAX_IDENTITY, path, said.kind(), said.size()));
    return new Answer.Refused(Refusal.HANDSHAKE_FAILED, 500, "the service has failed");
  }

  private static Answer refused(@Nullable Throwable error) {
    var refusal = SocketRefusal.of(error == null ? new IllegalStateException() : error);
    if (refusal.isSaid()) {
      String told = PublicError.of(refusal.failure(), "").message();
      return new Answer.Refused(Refusal.HANDSHAKE_DENIED, refusal.status(), told);
    }
    return new Answer.Refused(
        Refusal.HANDSHAKE_FAILED,
        refusal.status(),
        refusal.status() == NOT_NOW
            ? "the service cannot be asked now; try again later"
            : "the service has failed");
  }
}
