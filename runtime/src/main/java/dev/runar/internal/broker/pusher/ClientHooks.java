package dev.runar.internal.broker.pusher;

import dev.runar.Payload;
import dev.runar.RunarException;
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
  private boolean isDraining;

  /** What has come and is not acted on yet; null: nothing. */
  private @Nullable Runnable came;

  /** Most clients never wait. */
  private @Nullable ArrayDeque<PusherFrame> waiting;

  /** What goes on after an answer. */
  interface Taker {
    /** What has waited. */
    void take(PusherFrame frame);

    /** The answer could not be acted on. */
    void failed(RunarException why);

    /** Nothing is asked, and nothing waits any more. */
    void caughtUp();
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
    hooks.ask(
        app,
        hook,
        subject,
        answer -> session.post(() -> answered(() -> then.accept(answer), taker)));
  }

  /** Whether the client waits for an answer. */
  boolean isAsking() {
    return isAsking;
  }

  /** Tells one; nobody waits for it. */
  void tell(Hooks.Hook hook, Payload subject) {
    hooks.ask(app, hook, subject, answer -> {});
  }

  /** An answer may come while it is asked for: what waits is taken by one loop, however much. */
  private void answered(Runnable answer, Taker taker) {
    came = answer;
    if (isDraining) {
      return;
    }
    isDraining = true;
    try {
      drain(taker);
    } finally {
      isDraining = false;
    }
  }

  private void drain(Taker taker) {
    while (session.isOpen()) {
      Runnable answer = came;
      if (answer != null) {
        came = null;
        isAsking = false;
        act(answer, taker);
      } else if (isAsking) {
        return;
      } else if (!takeNext(taker)) {
        session.pauses().end(Pauses.Reason.HOOK);
        taker.caughtUp();
        return;
      }
    }
    came = null;
    waiting = null;
  }

  private static void act(Runnable answer, Taker taker) {
    try {
      answer.run();
    } catch (RunarException e) { // such as a node that stops
      taker.failed(e);
    }
  }

  private boolean takeNext(Taker taker) {
    @Nullable PusherFrame next = waiting == null ? null : waiting.poll();
    if (next == null) {
      waiting = null;
      return false;
    }
    taker.take(next);
    return true;
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
