package dev.runar.internal.node;

import dev.runar.Event;
import dev.runar.Payload;
import dev.runar.PublishOptions;
import dev.runar.RunarException;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Optional;

/**
 * Events that a subscription took and could not handle, oldest first, until somebody replays or
 * clears them. Bounded by count and bytes: the oldest goes first, and is counted. Any thread.
 */
final class DeadLetters {
  private static final int MAX_TEXT = 1_000;

  private final int maxLetters;
  private final long maxBytes;
  private final ArrayDeque<DeadLetter> letters = new ArrayDeque<>(); // guarded by this
  private long bytes; // guarded by this
  private long lastId; // guarded by this
  private long added; // guarded by this
  private long evicted; // guarded by this

  /**
   * One event that one subscription could not handle.
   *
   * @param id of the letter: one event may have several
   * @param attempts how often it was tried
   * @param failedMs when it failed for the last time, milliseconds since 1970
   */
  record DeadLetter(
      long id,
      Event event,
      Subscriber.Key subscription,
      RunarException.Code code,
      String name,
      String message,
      int attempts,
      long failedMs) {

    /** With the meta and in the trace of the event that it stands for. */
    PublishOptions options() {
      return PublishOptions.DEFAULT.withMeta(event.meta()).withTrace(event.trace());
    }

    /** As it is published. */
    Payload published() {
      return Payload.object(
          "id", event.id(),
          "topic", event.topic(),
          "payload", event.payload().value(),
          "error", Payload.object("code", code.name(), "name", name, "message", message).value(),
          "attempts", attempts,
          "subscription", subscription.text());
    }
  }

  /** The counts at one instant. */
  record Counts(int kept, long keptBytes, long added, long evicted) {}

  DeadLetters(int maxLetters, long maxBytes) {
    this.maxLetters = maxLetters;
    this.maxBytes = maxBytes;
  }

  /** A letter that is not kept yet. */
  synchronized DeadLetter letter(
      Event event, Subscriber.Key subscription, RunarException error, int attempts, long nowMs) {
    String message = String.valueOf(error.getMessage());
    return new DeadLetter(
        ++lastId,
        event,
        subscription,
        error.code(),
        error.remoteName().orElse("RunarError"),
        message.length() <= MAX_TEXT ? message : message.substring(0, MAX_TEXT) + "…",
        attempts,
        nowMs);
  }

  synchronized void keep(DeadLetter letter) {
    letters.add(letter);
    bytes += letter.event.payload().size();
    added++;
    while (letters.size() > maxLetters || bytes > maxBytes) {
      bytes -= letters.remove().event.payload().size();
      evicted++;
    }
  }

  synchronized List<DeadLetter> list() {
    return List.copyOf(letters);
  }

  /** Takes one out. */
  synchronized Optional<DeadLetter> take(long id) {
    for (DeadLetter letter : letters) {
      if (letter.id == id) {
        letters.remove(letter);
        bytes -= letter.event.payload().size();
        return Optional.of(letter);
      }
    }
    return Optional.empty();
  }

  synchronized int clear() {
    int had = letters.size();
    letters.clear();
    bytes = 0;
    return had;
  }

  synchronized Counts counts() {
    return new Counts(letters.size(), bytes, added, evicted);
  }
}
