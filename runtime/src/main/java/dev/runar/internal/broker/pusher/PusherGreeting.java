package dev.runar.internal.broker.pusher;

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
  private final ClientSession session;
  private final Arrival arrival;
  private final Admission admission;
  private final Apps apps;
  private final NodeGate gate;
  private boolean ended;

  PusherGreeting(ClientSession session, Arrival arrival, Apps apps, NodeGate gate) {
    this.session = session;
    this.arrival = arrival;
    this.admission = Admission.of(session.query());
    this.apps = apps;
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
    apps.enter(app).ifPresentOrElse(this::establish, () -> close(PusherError.OVER_QUOTA));
  }

  private void establish(AppState state) {
    session.patience(state.patience());
    session.begin(new PusherConversation(session, state, gate));
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

  private void refuse(String problem) {
    apps.stats().refused(PusherError.BAD_FRAME);
    session.post(() -> session.reply(PusherWriter.error(PusherError.BAD_FRAME.code(), problem)));
  }

  @Override
  public void endpointGone(SocketEndpoint endpoint) {}

  @Override
  public void endpointReplaced(SocketEndpoint endpoint, SocketEndpoint successor) {}

  @Override
  public void closed(int code, String reason) {
    ended = true;
  }
}
