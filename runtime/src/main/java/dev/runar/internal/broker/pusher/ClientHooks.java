package dev.runar.internal.broker.pusher;

import dev.runar.Payload;
import dev.runar.RunarException;
import dev.runar.internal.broker.ClientSession;
import dev.runar.internal.broker.CommandQueue;
import dev.runar.internal.protocol.pusher.PusherError;
import dev.runar.internal.protocol.pusher.PusherFrame;
import dev.runar.internal.protocol.pusher.PusherWriter;
import java.util.List;
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

  /** From the first question on until all is done that waited; most clients never wait. */
  private @Nullable CommandQueue<PusherFrame> queue;

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
    CommandQueue<PusherFrame> waiting = queue;
    if (waiting == null) {
      waiting = new CommandQueue<>(session, MOST_WAITING, new Waiting(taker));
      queue = waiting;
    }
    Consumer<Runnable> goOn = waiting.hold();
    hooks.ask(
        app, hook, subject, answer -> goOn.accept(() -> act(() -> then.accept(answer), taker)));
  }

  private static void act(Runnable answer, Taker taker) {
    try {
      answer.run();
    } catch (RunarException e) { // such as a node that stops
      taker.failed(e);
    }
  }

  /** Whether the client waits for an answer. */
  boolean isAsking() {
    return queue != null && queue.isAsking();
  }

  /** Tells one; nobody waits for it. */
  void tell(Hooks.Hook hook, Payload subject) {
    hooks.ask(app, hook, subject, answer -> {});
  }

  /** Whether it has to wait; then it comes to the taker later, or is refused. */
  boolean holds(PusherFrame frame) {
    CommandQueue<PusherFrame> waiting = queue;
    if (waiting == null || !waiting.isAsking()) {
      return false;
    }
    waiting.arrived(List.of(frame));
    return true;
  }

  /** What is done with messages that have waited. */
  private final class Waiting implements CommandQueue.Taker<PusherFrame> {
    private final Taker taker;

    Waiting(Taker taker) {
      this.taker = taker;
    }

    @Override
    public void take(PusherFrame frame) {
      taker.take(frame);
    }

    @Override
    public void caughtUp() {
      if (!isAsking()) {
        queue = null;
        taker.caughtUp();
      }
    }

    @Override
    public void tooMany() {
      app.apps().stats().refused(PusherError.TOO_FAST);
      session.reply(
          PusherWriter.error(
              PusherError.TOO_FAST.code(),
              "more than " + MOST_WAITING + " messages wait while the app decides"));
    }
  }
}
