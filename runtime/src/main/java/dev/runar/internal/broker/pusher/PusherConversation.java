package dev.runar.internal.broker.pusher;

import dev.runar.RunarException;
import dev.runar.apps.MessageRate;
import dev.runar.internal.broker.ClientSession;
import dev.runar.internal.broker.Conversation;
import dev.runar.internal.broker.Pace;
import dev.runar.internal.node.NodeGate;
import dev.runar.internal.node.SocketEndpoint;
import dev.runar.internal.protocol.CloseCode;
import dev.runar.internal.protocol.pusher.PusherError;
import dev.runar.internal.protocol.pusher.PusherFrame;
import dev.runar.internal.protocol.pusher.PusherReader;
import dev.runar.internal.protocol.pusher.PusherWriter;
import dev.runar.spi.Clock;
import org.jspecify.annotations.Nullable;

/**
 * An established connection: what becomes of each message of its client. Lane's thread only.
 * Whatever a client sends, it gets an answer and keeps its session; but who signs in with what no
 * server has signed is closed, and so is who sends bytes, or has no end of what must be refused.
 */
final class PusherConversation implements Conversation, ClientHooks.Taker {
  static final String NO_BINARY = "binary messages are not part of the protocol";

  private static final byte[] PONG = PusherWriter.event("pusher:pong", null, "{}");

  private final ClientSession session;
  private final AppState app;
  private final ClientHooks hooks;
  private final SessionUser user;
  private final Subscriptions subscriptions;
  private final ClientEvents clientEvents;
  private final Pace pace;
  private final Tolerance tolerance;

  /** Ends the wait for the client to sign in or to join a channel that is not public. */
  private final Runnable endWait;

  /** It is over, as soon as no hook is asked. */
  private boolean isCheckDue;

  PusherConversation(ClientHooks hooks, NodeGate gate) {
    this.session = hooks.session();
    this.app = hooks.app();
    this.hooks = hooks;
    this.user = new SessionUser(session, app);
    this.tolerance = new Tolerance(session, app);
    this.subscriptions = new Subscriptions(user, hooks, this, tolerance);
    this.clientEvents = new ClientEvents(user, subscriptions, hooks, gate, tolerance);
    this.pace = new Pace(app.apps().clock());
    this.endWait = app.app().authorizedOnly() ? awaitAuthorization() : () -> {};
  }

  private Runnable awaitAuthorization() {
    long nanos = Clock.nanosOf(app.app().activityTimeout());
    return app.apps().delays().after(nanos, () -> session.post(this::checkAuthorization));
  }

  /** What it has sent to show it may wait for a hook. */
  private void checkAuthorization() {
    isCheckDue = hooks.isAsking();
    if (!isCheckDue && session.isOpen() && !subscriptions.isAuthorized()) {
      turnAway("this app wants its clients to sign in or to join a private or presence channel");
    }
  }

  @Override
  public void text(byte[] utf8, int from, int length) {
    app.counts().received();
    MessageRate rate = app.app().messageRate();
    if (rate.isBounded() && !pace.allows(rate.messages(), Clock.nanosOf(rate.per()))) {
      session.post(() -> tooFast(rate));
      return;
    }
    int bound = app.app().limits().messageBytes();
    PusherFrame frame =
        length > bound
            ? new PusherFrame.Invalid(
                "the message has " + length + " bytes; at most " + bound + " are allowed")
            : PusherReader.read(utf8, from, length);
    session.post(() -> take(frame)); // each in its turn: a client event follows its subscribe
  }

  private void tooFast(MessageRate rate) {
    String problem =
        "a client sends at most %d messages in %d ms"
            .formatted(rate.messages(), rate.per().toMillis());
    refuse(PusherError.TOO_FAST, problem);
    if (rate.close()) {
      session.close(PusherError.TOO_FAST.code(), problem);
    }
  }

  @Override
  public void take(PusherFrame frame) {
    if (!session.isOpen() || hooks.holds(frame)) {
      return;
    }
    try {
      switch (frame) {
        case PusherFrame.Subscribe subscribe -> subscriptions.subscribe(subscribe);
        case PusherFrame.Unsubscribe(var channel) -> subscriptions.unsubscribe(channel);
        case PusherFrame.ClientEvent event -> clientEvents.take(event, this);
        case PusherFrame.Signin signin -> user.signIn(signin).ifPresent(this::turnAway);
        case PusherFrame.Ping() -> session.reply(PONG);
        case PusherFrame.Pong() -> {} // it was heard
        case PusherFrame.Invalid(var problem) -> refuse(PusherError.BAD_FRAME, problem);
      }
    } catch (RunarException e) { // such as a node that stops
      failed(e);
    }
  }

  @Override
  public void failed(RunarException why) {
    refuse(PusherError.BAD_FRAME, String.valueOf(why.getMessage()));
  }

  @Override
  public void caughtUp() {
    if (isCheckDue) {
      checkAuthorization();
    }
  }

  private void refuse(PusherError error, String problem) {
    app.apps().stats().refused(error);
    session.reply(PusherWriter.error(error.code(), problem));
    tolerance.refused();
  }

  private void turnAway(String problem) {
    refuse(PusherError.UNAUTHORIZED, problem);
    session.close(PusherError.UNAUTHORIZED.code(), problem);
  }

  @Override
  public void binary(byte[] bytes, int from, int length) {
    session.post(
        () -> {
          refuse(PusherError.BAD_FRAME, NO_BINARY);
          session.close(CloseCode.UNSUPPORTED, NO_BINARY);
        });
  }

  @Override
  public void endpointGone(SocketEndpoint endpoint) {}

  @Override
  public void endpointReplaced(SocketEndpoint endpoint, SocketEndpoint successor) {}

  @Override
  public void closed(int code, String reason) {
    @Nullable String userId = user.id();
    try {
      leave();
    } finally {
      if (hooks.has(Hooks.Hook.DISCONNECT)) {
        hooks.tell(Hooks.Hook.DISCONNECT, HookSubject.gone(session, userId, code, reason));
      }
    }
  }

  private void leave() {
    try {
      subscriptions.leaveAll();
    } finally {
      try {
        user.closed();
      } finally {
        endWait.run();
        app.apps().leave(app);
      }
    }
  }
}
