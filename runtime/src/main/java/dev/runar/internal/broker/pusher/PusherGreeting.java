package dev.runar.internal.broker.pusher;

import dev.runar.Payload;
import dev.runar.apps.App;
import dev.runar.internal.broker.Arrival;
import dev.runar.internal.broker.ClientSession;
import dev.runar.internal.broker.Conversation;
import dev.runar.internal.node.NodeGate;
import dev.runar.internal.node.SocketEndpoint;
import dev.runar.internal.protocol.CloseCode;
import dev.runar.internal.protocol.pusher.PusherError;
import dev.runar.internal.protocol.pusher.PusherWriter;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * A client that has connected and whose app is looked up: whatever it says is refused. Lane's
 * thread only.
 */
final class PusherGreeting implements Conversation {
  /** What a client may say too early before it is closed. */
  static final int MOST_REFUSED = 100;

  private final ClientSession session;
  private final Arrival arrival;
  private final Admission admission;
  private final Apps apps;
  private final Hooks hooks;
  private final NodeGate gate;
  private boolean ended;
  private int refused;

  /** Where it has a place among the connections; null: nowhere, or what follows has it. */
  private @Nullable AppState entered;

  PusherGreeting(ClientSession session, Arrival arrival, Apps apps, Hooks hooks, NodeGate gate) {
    this.session = session;
    this.arrival = arrival;
    this.admission = Admission.of(session.query());
    this.apps = apps;
    this.hooks = hooks;
    this.gate = gate;
  }

  /** Looks the app up and goes on with it. */
  void begin(String key) {
    session.begin(this);
    Optional<PusherError> problem =
        key.isEmpty() ? Optional.of(PusherError.BAD_PATH) : admission.problem();
    if (problem.isPresent()) {
      close(problem.get());
      return;
    }
    CompletableFuture<Optional<App>> found = apps.byKey(key);
    if (found.isDone()) {
      greet(found);
    } else {
      var _ = found.whenComplete((app, error) -> session.post(() -> greet(found)));
    }
  }

  private void greet(CompletableFuture<Optional<App>> found) {
    if (ended || !session.isOpen()) {
      return;
    }
    if (found.isCompletedExceptionally()) {
      close(PusherError.OVER_CAPACITY);
      return;
    }
    @Nullable App app = found.join().orElse(null);
    if (app == null) {
      close(PusherError.UNKNOWN_APP);
      return;
    }
    Optional<PusherError> problem = Admission.problem(app, arrival);
    if (problem.isPresent()) {
      close(problem.get());
      return;
    }
    apps.enter(app).ifPresentOrElse(this::ask, () -> close(PusherError.OVER_QUOTA));
  }

  /** Asks the app's hook, if it has one; the client has its place among the connections already. */
  private void ask(AppState state) {
    entered = state;
    if (hooks.has(state, Hooks.Hook.CONNECT)) {
      hooks.ask(
          state,
          Hooks.Hook.CONNECT,
          HookSubject.connecting(session, arrival),
          answer -> session.post(() -> answered(state, answer)));
    } else {
      establish(state);
    }
  }

  private void answered(AppState state, Hooks.Answer answer) {
    if (ended || !session.isOpen()) {
      goneMeanwhile(state, answer);
      return;
    }
    switch (answer) {
      case Hooks.Answer.Allowed() -> establish(state);
      case Hooks.Answer.Refused(var why) -> turnAway(PusherError.UNAUTHORIZED, why);
      case Hooks.Answer.Failed() -> turnAway(PusherError.UNDECIDED, PusherError.UNDECIDED.text());
    }
  }

  /** Who let it in hears of its end. */
  private void goneMeanwhile(AppState state, Hooks.Answer answer) {
    if (answer instanceof Hooks.Answer.Allowed && hooks.has(state, Hooks.Hook.DISCONNECT)) {
      Payload gone = HookSubject.gone(session, null, CloseCode.LOST, "gone before it was let in");
      hooks.ask(state, Hooks.Hook.DISCONNECT, gone, told -> {});
    }
  }

  private void turnAway(PusherError error, String why) {
    apps.stats().refused(error);
    session.reply(PusherWriter.error(error.code(), why));
    session.close(error.code(), error.text()); // a frame has no room for a reason of any length
  }

  private void establish(AppState state) {
    session.patience(state.patience());
    session.begin(new PusherConversation(new ClientHooks(session, state, hooks), gate));
    entered = null;
    long seconds = Math.max(1, state.app().activityTimeout().toSeconds());
    session.reply(PusherWriter.established(session.id(), seconds));
  }

  /** Old clients hear of the reason before; the others take it from the code. */
  private void close(PusherError error) {
    apps.stats().refused(error);
    if (admission.wantsErrorEvent()) {
      session.reply(PusherWriter.error(error.code(), error.text()));
    }
    session.close(error.code(), error.text());
  }

  @Override
  public void text(byte[] utf8, int from, int length) {
    refuse("the connection is not established yet: wait for pusher:connection_established");
  }

  @Override
  public void binary(byte[] bytes, int from, int length) {
    refuse(PusherConversation.NO_BINARY);
    session.close(CloseCode.UNSUPPORTED, PusherConversation.NO_BINARY);
  }

  /** To refuse costs something, and the answer it waits for may take seconds. */
  private void refuse(String problem) {
    apps.stats().refused(PusherError.BAD_FRAME);
    session.post(() -> session.reply(PusherWriter.error(PusherError.BAD_FRAME.code(), problem)));
    refused++;
    if (refused > MOST_REFUSED) {
      apps.stats().refused(PusherError.NO_END);
      session.close(PusherError.NO_END.code(), PusherError.NO_END.text());
    }
  }

  @Override
  public void endpointGone(SocketEndpoint endpoint) {}

  @Override
  public void endpointReplaced(SocketEndpoint endpoint, SocketEndpoint successor) {}

  @Override
  public void closed(int code, String reason) {
    ended = true;
    AppState left = entered;
    if (left != null) {
      entered = null;
      apps.leave(left);
    }
  }
}
