package dev.runar.internal.broker;

import dev.runar.Payload;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * The unanswered requests of one session, as a list linked through its elements: a session without
 * any costs one reference. Lane's thread only.
 */
public final class OpenRequests {
  private @Nullable Open first;
  private int size;

  /** One request and its place in the list. */
  public static final class Open {
    private final CompletableFuture<Payload> answer;
    private @Nullable Open before;
    private @Nullable Open after;

    private Open(CompletableFuture<Payload> answer) {
      this.answer = answer;
    }
  }

  /** How many. */
  public int size() {
    return size;
  }

  /** Adds a request; its place is given to {@link #remove} once. */
  public Open add(CompletableFuture<Payload> answer) {
    var open = new Open(answer);
    open.after = first;
    if (first != null) {
      first.before = open;
    }
    first = open;
    size++;
    return open;
  }

  /** Takes one out. */
  public void remove(Open open) {
    Open before = open.before;
    Open after = open.after;
    if (before == null) {
      first = after;
    } else {
      before.after = after;
    }
    if (after != null) {
      after.before = before;
    }
    size--;
  }

  /**
   * Gives every request up: nobody waits for its answer any more. They stay in the list until they
   * are removed.
   *
   * @return how many this has ended, rather than an answer that was on its way
   */
  public int cancelAll() {
    int cancelled = 0;
    Open open = first;
    while (open != null) {
      Open next = open.after; // its end may take it out of the list
      cancelled += open.answer.cancel(false) ? 1 : 0;
      open = next;
    }
    return cancelled;
  }
}
