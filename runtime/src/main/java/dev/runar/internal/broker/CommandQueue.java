package dev.runar.internal.broker;

import dev.runar.RunarException;
import dev.runar.internal.node.Failures;
import java.util.ArrayDeque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The commands of one client, in their order. Lane's thread only.
 *
 * <p>While a question about the client is open it is not read, and what was read already waits
 * here.
 *
 * @param <C> what clients say in one dialect
 */
public final class CommandQueue<C> {
  /** More than one read of the socket holds of the commands that clients send. */
  public static final int MOST_WAITING = 8_192;

  /** How long a question may stay open. */
  private static final long PATIENCE_SECONDS = 10;

  /** What is done with them. */
  public interface Taker<C> {
    void take(C command);

    /** There is no other for now. */
    default void caughtUp() {}

    /** More of them would wait than may; those that came last are left out. */
    void tooMany();
  }

  private final ClientSession session;
  private final int mostWaiting;
  private final Taker<C> taker;
  private final ArrayDeque<C> waiting = new ArrayDeque<>(2);
  private boolean isAsking;
  private boolean isDraining;

  /** Whose answer is awaited. */
  private @Nullable CompletableFuture<?> question;

  /** An answer that has come and is not acted on yet. */
  private @Nullable Runnable came;

  /** That of a client, in which {@link #MOST_WAITING} may wait. */
  public CommandQueue(ClientSession session, Taker<C> taker) {
    this(session, MOST_WAITING, taker);
  }

  /** That of a client. */
  public CommandQueue(ClientSession session, int mostWaiting, Taker<C> taker) {
    this.session = session;
    this.mostWaiting = mostWaiting;
    this.taker = taker;
  }

  /** The commands of one message. */
  public void arrived(List<? extends C> commands) {
    if (waiting.size() + commands.size() > mostWaiting) {
      taker.tooMany();
      if (!session.isOpen()) {
        waiting.clear();
      }
      return;
    }
    waiting.addAll(commands);
    drain();
  }

  /**
   * Nothing else is done for the client until there is an answer.
   *
   * @param failed gets what is told of a question that has none
   */
  public <T> void ask(CompletionStage<T> asked, Consumer<T> then, Consumer<RunarException> failed) {
    Consumer<Runnable> goOn = hold();
    CompletableFuture<T> open = asked.toCompletableFuture();
    question = open;
    var _ =
        open.copy()
            .orTimeout(PATIENCE_SECONDS, TimeUnit.SECONDS)
            .whenComplete(
                (answer, error) ->
                    goOn.accept(
                        () -> {
                          if (error == null) {
                            then.accept(answer);
                          } else {
                            failed.accept(Failures.of(error));
                          }
                        }));
  }

  /**
   * Nothing else is done for the client until what is returned gets what is to be done first; once,
   * from any thread. It must come within a time that whoever asks sees to.
   */
  public Consumer<Runnable> hold() {
    isAsking = true;
    session.pauses().begin(Pauses.Reason.HOOK);
    return answer -> session.post(() -> answered(answer));
  }

  /** A question is open. */
  public boolean isAsking() {
    return isAsking;
  }

  /** The session has ended: nobody waits for an answer. */
  public void close() {
    if (question != null) {
      question.cancel(false); // without effect if it was answered
      question = null;
    }
  }

  /** A question is open, or what has waited for its answer is not done yet. */
  boolean isBusy() {
    return isAsking || isDraining;
  }

  /** An answer may come while it is asked for: what waits is taken by one loop, however much. */
  private void answered(Runnable answer) {
    came = answer;
    drain();
  }

  private void drain() {
    if (isDraining) {
      return;
    }
    isDraining = true;
    try {
      while (session.isOpen() && step()) {}
    } finally {
      isDraining = false;
    }
    if (!session.isOpen()) {
      waiting.clear();
      came = null;
    }
    taker.caughtUp();
  }

  /** False: there is nothing to be done. */
  private boolean step() {
    Runnable answer = came;
    if (answer != null) {
      came = null;
      question = null;
      isAsking = false;
      answer.run();
      return true;
    }
    if (isAsking) {
      return false;
    }
    C next = waiting.poll();
    if (next == null) {
      session.pauses().end(Pauses.Reason.HOOK);
      return false;
    }
    taker.take(next);
    return true;
  }
}
