package dev.runar;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * What happens in a test file, in the order in which Node.js reports it: a test is told before its
 * subtests, and its result after theirs, whatever ran at the same time. Immutable.
 */
public sealed interface TestEvent {

  /**
   * Results of this test or of one in it follow.
   *
   * @param nesting 0 at the top of the file
   */
  record Began(int nesting, String name) implements TestEvent {}

  /**
   * A test or suite is over.
   *
   * @param number counts from 1 among those of its parent
   * @param directive whether it was skipped or is still to be done
   * @param reason of the directive; may be empty
   * @param suite whether it is one of {@code describe}
   * @param place {@code file:line:column} of the call that made it; may be empty
   * @param failure empty when it passed
   */
  record Ended(
      int nesting,
      int number,
      String name,
      Directive directive,
      String reason,
      boolean suite,
      Duration took,
      String place,
      Optional<Failure> failure)
      implements TestEvent {}

  /** A test, or the file, had so many subtests. */
  record Planned(int nesting, int subtests) implements TestEvent {}

  /** A remark of a test, or of the runner about one. */
  record Noted(int nesting, String message) implements TestEvent {}

  /** The script has written to its console. */
  record Printed(String text, boolean error) implements TestEvent {}

  /**
   * The file is over; nothing follows.
   *
   * @param failure what went wrong outside of every test; empty when nothing did
   */
  record Done(Optional<Failure> failure) implements TestEvent {}

  /** What Node.js calls a directive. */
  enum Directive {
    NONE,
    SKIP,
    TO_DO;

    /** As TAP writes it. */
    public String label() {
      return name().replace("_", "");
    }
  }

  /**
   * Why a test failed.
   *
   * @param kind in the words of Node.js, such as {@code testCodeFailure} or {@code
   *     cancelledByParent}
   * @param name of the error's class; may be empty
   * @param code of the error, such as {@code ERR_ASSERTION}; may be empty
   * @param stack the author's frames, {@code at name (file:line:column)} each
   * @param frame the line of source where it happened, with a caret; may be empty
   * @param difference for an assertion that compares
   * @param causes one line each
   */
  record Failure(
      String kind,
      String message,
      String name,
      String code,
      List<String> stack,
      String frame,
      Optional<Difference> difference,
      List<String> causes) {
    /** Copies the lists. */
    public Failure {
      stack = List.copyOf(stack);
      causes = List.copyOf(causes);
    }

    /** Whether the test was given up rather than having failed. */
    public boolean isCancelled() {
      return switch (kind) {
        case "cancelledByParent", "testAborted", "testTimeoutFailure" -> true;
        default -> false;
      };
    }

    /** One without an error of the script behind it. */
    public static Failure of(String kind, String message) {
      return new Failure(kind, message, "", "", List.of(), "", Optional.empty(), List.of());
    }
  }

  /** The two sides of an assertion as the console prints them. */
  record Difference(String actual, String expected, String operator) {}
}
