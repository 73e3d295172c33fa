package dev.runar.internal.node.stage;

import dev.runar.ActionOptions.DeclaredError;
import dev.runar.RunarException;
import dev.runar.RunarException.Code;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Which failures of an action are answers to its caller: errors that it declares, and those that
 * are about the request. They would be the same at the next attempt, say nothing of the action's
 * health, and are not for a fallback to hide. Immutable.
 */
final class Answers {
  private static final Set<Code> OF_THE_REQUEST =
      Set.of(
          Code.CANCELLED,
          Code.DUPLICATE,
          Code.INVALID_INPUT,
          Code.INVALID_PATH,
          Code.NOT_FOUND,
          Code.PERMISSION_DENIED,
          Code.TOO_LARGE,
          Code.UNSUPPORTED_VALUE);

  /** The same request may succeed a little later. */
  private static final Set<Code> PASSING =
      Set.of(Code.CONTEXT_GONE, Code.NOT_RUNNING, Code.OVERLOADED);

  private final Set<String> declared;

  Answers(List<DeclaredError> errors) {
    this.declared = errors.stream().map(DeclaredError::name).collect(Collectors.toSet());
  }

  boolean isAnswer(RunarException failure) {
    return OF_THE_REQUEST.contains(failure.code())
        || failure.remoteName().filter(declared::contains).isPresent();
  }

  /** Whether another attempt may end better, and does no harm. */
  boolean isRetryable(RunarException failure, boolean hasBegun, boolean isIdempotent) {
    if (isAnswer(failure) || (hasBegun && !isIdempotent)) {
      return false;
    }
    return PASSING.contains(failure.code()) || failure.code() == Code.TIMEOUT;
  }
}
