package dev.runar;

import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * A script context for somebody who types: what one line declares, the next ones see. It lives in a
 * node, with {@code node}, {@code services} and what the SDK exports as globals, under the
 * permissions and limits of the node's scripts. Any thread; one line is evaluated at a time.
 *
 * <p>Whoever has a shell can do in the node what a script can. A node opens none by itself and
 * offers none on its port.
 */
public interface Shell extends AutoCloseable {
  /** The most characters of one line. */
  int MAX_LINE = 1 << 20;

  /** The most characters of one answer; the rest is left out. */
  int MAX_ANSWER = 1 << 16;

  /** What becomes of a line. */
  enum Outcome {
    /** The text is the value as the console prints it. */
    VALUE,
    /** The text says what went wrong, and where. */
    ERROR,
    /** The line means nothing yet: it goes on with the next one. Nothing was run. */
    INCOMPLETE
  }

  /** The answer to a line. */
  record Answer(Outcome outcome, String text) {}

  /**
   * How a line may go on.
   *
   * @param from where in it what is to be completed begins
   * @param candidates what may stand from there on
   */
  record Completion(int from, List<String> candidates) {
    /** Copies the list. */
    public Completion {
      candidates = List.copyOf(candidates);
    }
  }

  /**
   * Runs TypeScript or JavaScript, top-level {@code await} and imports included.
   *
   * @throws RunarException in the future: {@code OVERLOADED} while another line is evaluated,
   *     {@code TOO_LARGE}, {@code CONTEXT_GONE} when the context was ended, as for its memory
   */
  CompletableFuture<Answer> evaluate(String line);

  /** Completes the end of a line. */
  CompletableFuture<Completion> complete(String line);

  /** Ends the line that is evaluated, also one that spins; what it has declared stays. */
  void interrupt();

  /** Ends the context with all that it has added to the node. Repeatable. */
  @Override
  void close();
}
