package dev.runar.internal.broker.pusher;

import dev.runar.Payload;
import dev.runar.internal.broker.ClientSession;
import dev.runar.internal.broker.Pauses;
import dev.runar.internal.protocol.pusher.PusherError;
import dev.runar.internal.protocol.pusher.PusherFrame;
import dev.runar.internal.protocol.pusher.PusherWriter;
import java.util.ArrayDeque;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The hooks of an app as one client meets them. Lane's thread only.
 *
 * <p>While one is asked, the client is not read, and what was read already waits here, so that all
 * it sends is done in the order that it was sent in.
 */
final class ClientHooks {
  /** More than one read of the socket holds of the messages that clients send. */
  static final int MOST_WAITING = 4_096;

  private final ClientSession session;
  private final AppState app;
  private final Hooks hooks;
  private boolean isAsking;

  /** Most clients never wait. */
  private @Nullable ArrayDeque<PusherFrame> waiting;

  /** Takes what has waited. */
  interface Taker {
    void take(PusherFrame frame);
  }

  ClientHooks(ClientSession session, AppState app, Hooks hooks) {
    this.session = session;
    this.app = app;
    this.hooks = hooks;
  }

  ClientSession session() {
    return session;
  }

  AppState app() {
    return app;
  }

  boolean has(Hooks.Hook hook) {
    return hooks.has(app, hook);
  }

  /**
   * Asks one; the client waits for the answer.
   *
   * @param then not called if the client goes meanwhile
   */
  void ask(Hooks.Hook hook, Payload subject, Consumer<Hooks.Answer> then, Taker taker) {
    isAsking = true;
    session.pauses().begin(Pauses.Reason.HOOK);
    hooks.ask(app, hook, subject, answer -> session.post(() -> answered(answer, then, taker)));
  }

  /** Tells one; nobody waits for it. */
  void tell(Hooks.Hook hook, Payload subject) {
    hooks.ask(app, hook, subject, answer -> {});
  }

  private void answered(Hooks.Answer answer, Consumer<Hooks.Answer> then, Taker taker) {
    isAsking = false;
    if (!session.isOpen()) {
      waiting = null;
      return;
    }
    then.accept(answer);
    while (!isAsking && waiting != null) {
      PusherFrame next = waiting.poll();
      if (next == null) {
        waiting = null;
      } else {
        taker.take(next);
      }
    }
    if (!isAsking) {
      session.pauses().end(Pauses.Reason.HOOK);
    }
  }

  /** Whether it has to wait; then it comes to the taker later, or is refused. */
  boolean holds(PusherFrame frame) {
    if (!isAsking) {
      return false;
    }
    ArrayDeque<PusherFrame> frames = waiting;
    if (frames == null) {
      frames = new ArrayDeque<>();
      waiting = frames;
    }
    if (frames.size() < MOST_WAITING) {
      frames.add(frame);
    } else {
      app.apps().stats().refused(PusherError.TOO_FAST);
      session.reply(
          PusherWriter.error(
              PusherError.TOO_FAST.code(),
              "more than " + MOST_WAITING + " messages wait while the app decides"));
    }
    return true;
  }
}
