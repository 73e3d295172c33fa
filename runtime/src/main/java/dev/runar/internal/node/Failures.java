package dev.runar.internal.node;

import dev.runar.RunarException;
import dev.runar.RunarException.Code;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;

/** Gives every Java exception the one shape that callers see. */
public final class Failures {
  private Failures() {}

  /** The exception itself, or one with code {@code HANDLER_FAILED} and this one as the cause. */
  public static RunarException of(Throwable thrown) {
    Throwable error = unwrapped(thrown);
    if (error instanceof RunarException known) {
      return known;
    }
    if (error instanceof CancellationException) {
      return new RunarException(Code.CANCELLED, text(error), error);
    }
    return new RunarException(Code.HANDLER_FAILED, text(error), error);
  }

  /** What a future wraps: a handler that waits with {@code get} or {@code join} throws on. */
  private static Throwable unwrapped(Throwable thrown) {
    boolean wraps = thrown instanceof CompletionException || thrown instanceof ExecutionException;
    return wraps && thrown.getCause() != null ? thrown.getCause() : thrown;
  }

  private static String text(Throwable error) {
    String message = error.getMessage();
    return message == null ? error.getClass().getSimpleName() : message;
  }
}
