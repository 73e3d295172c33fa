package dev.runar.internal.broker;

import dev.runar.RunarException;
import dev.runar.RunarException.Code;
import dev.runar.internal.broker.BrokerStats.Refusal;
import dev.runar.internal.protocol.Client;
import dev.runar.internal.protocol.CloseCode;
import dev.runar.internal.protocol.PublicError;
import dev.runar.internal.protocol.centrifugal.CentrifugalError;
import dev.runar.internal.protocol.topic.TopicFrame;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Who the client of one session of {@code /topics} is, from its first {@code connect} on. Lane's
 * thread only. While its token is looked at, what it says waits in order. Where a token is required
 * the session ends if none was right in time, as it would hold its place for nothing.
 */
final class TopicIdentity {
  /** What an error is called whose client may come again with a newer token. */
  static final String TOKEN_EXPIRED = "TokenExpired";

  private static final Duration GREETING = Duration.ofSeconds(10);

  private static final Logger LOG = System.getLogger(TopicIdentity.class.getName());

  private final ClientSession session;
  private final ClientSetting clients;
  private final Consumer<TopicFrame.Outbound> answers;
  private final CommandQueue<TopicFrame.Inbound> queue;
  private final Expiry expiry;
  private final Runnable endGreeting;

  /** Of the request by which the client came, until it has connected. */
  private Map<String, String> headers;

  private @Nullable Client who;

  /**
   * Of a client of which nothing is known yet.
   *
   * @param headers of the request by which it came
   * @param frames what becomes of a frame that had to wait
   * @param answers takes what is told to the client, in the lane's order
   */
  TopicIdentity(
      ClientSession session,
      ClientSetting clients,
      Map<String, String> headers,
      Consumer<TopicFrame.Inbound> frames,
      Consumer<TopicFrame.Outbound> answers) {
    this.session = session;
    this.clients = clients;
    this.headers = headers;
    this.answers = answers;
    this.queue = new CommandQueue<>(session, new Waiting(session, frames));
    this.expiry = new Expiry(session, clients);
    this.endGreeting = clients.tokens().isRequired() ? awaitToken() : () -> {};
  }

  private Runnable awaitToken() {
    return clients.delays().after(GREETING.toNanos(), () -> session.post(this::neverCame));
  }

  private void neverCame() {
    if (who == null) { // or it has come on the way here
      session.broker().stats().refused(Refusal.TOKEN);
      session.close(CloseCode.NO_TOKEN, "no right token came in " + GREETING.toSeconds() + " s");
    }
  }

  /** What is done with frames that have waited. */
  private record Waiting(ClientSession session, Consumer<TopicFrame.Inbound> frames)
      implements CommandQueue.Taker<TopicFrame.Inbound> {
    @Override
    public void take(TopicFrame.Inbound frame) {
      frames.accept(frame);
    }

    @Override
    public void tooMany() {
      session.broker().stats().refused(Refusal.REQUEST_LIMIT);
      session.close(
          CloseCode.TRY_AGAIN,
          "more than " + CommandQueue.MOST_WAITING + " frames wait for the token to be looked at");
    }
  }

  /** Who it is; null: it has not connected, or has shown no right token. */
  @Nullable Client who() {
    return who;
  }

  /** A token is looked at, and what the client says is to wait behind. */
  boolean isBusy() {
    return queue.isBusy();
  }

  /** Keeps a frame until the token has been looked at. */
  void keep(TopicFrame.Inbound frame) {
    queue.arrived(List.of(frame));
  }

  /** The client says who it is, or shows a newer token. */
  void connect(TopicFrame.Connect wanted) {
    Client known = who;
    if (known != null && wanted.client() != null && !wanted.client().equals(known.client())) {
      throw new RunarException(
          Code.PROTOCOL, "the session is of the client \"" + known.client() + "\" already");
    }
    queue.ask(
        clients.tokens().connect(Introduction.of(session, wanted.token(), null, headers)),
        verdict -> decided(wanted, verdict),
        failure -> unchecked(wanted, failure));
  }

  private void unchecked(TopicFrame.Connect wanted, RunarException failure) {
    LOG.log(Level.WARNING, "a token could not be checked session=" + session.id(), failure);
    refuse(wanted, new PublicError(Code.INTERNAL, "the token could not be checked; try again"));
  }

  private void decided(TopicFrame.Connect wanted, ClientTokens.Connecting verdict) {
    switch (verdict) {
      case ClientTokens.Connecting.Refused(var code, var reason) ->
          refuse(wanted, error(code, reason));
      case ClientTokens.Connecting.Allowed allowed -> {
        if (clients.isOver(allowed.expiresAt())) {
          refuse(wanted, expired());
        } else if (who != null && !who.user().equals(allowed.user())) {
          refuse(wanted, denied("the new token is of another user"));
        } else {
          known(wanted, allowed);
        }
      }
    }
  }

  private void known(TopicFrame.Connect wanted, ClientTokens.Connecting.Allowed allowed) {
    String name =
        who == null ? Objects.requireNonNullElse(wanted.client(), session.id()) : who.client();
    var now = new Client(allowed.user(), name, allowed.info());
    who = now;
    headers = Map.of();
    endGreeting.run();
    expiry.at(
        allowed.expiresAt(), () -> session.close(CloseCode.TOKEN_EXPIRED, "the token has expired"));
    long ttl = clients.secondsUntil(allowed.expiresAt());
    answers.accept(
        new TopicFrame.Connected(session.id(), now.user(), now.client(), ttl, wanted.id()));
  }

  private void refuse(TopicFrame.Connect wanted, PublicError error) {
    session.broker().stats().refused(Refusal.TOKEN);
    answers.accept(new TopicFrame.Failed(error, wanted.id()));
  }

  private static PublicError error(int code, String reason) {
    if (code == CentrifugalError.INTERNAL.code()
        || code == CentrifugalError.TOO_MANY_REQUESTS.code()) {
      return new PublicError(Code.INTERNAL, "the token could not be checked; try again");
    }
    return code == CentrifugalError.TOKEN_EXPIRED.code() ? expired() : denied(reason);
  }

  private static PublicError expired() {
    return new PublicError(Code.PERMISSION_DENIED, "the token has expired", TOKEN_EXPIRED, null);
  }

  private static PublicError denied(String reason) {
    return new PublicError(Code.PERMISSION_DENIED, reason);
  }

  /** The session has ended. */
  void closed() {
    queue.close();
    endGreeting.run();
    expiry.end();
  }
}
