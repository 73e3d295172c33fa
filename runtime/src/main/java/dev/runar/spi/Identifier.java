package dev.runar.spi;

import dev.runar.Payload;
import org.jspecify.annotations.Nullable;

/**
 * Says who sends an HTTP request: called once before each action that HTTP clients reach, on a
 * virtual thread, so it may block, for at most 5 s. What it throws is told as 401, or as 403 when
 * it is a {@code RunarException} with {@code PERMISSION_DENIED}.
 */
@FunctionalInterface
public interface Identifier {
  /**
   * Looks at cookies and tokens.
   *
   * @return what the action sees as its caller's identity; null: an anonymous one, which the action
   *     may refuse
   * @throws Exception whatever goes wrong
   */
  @Nullable Payload identify(HttpCall request) throws Exception;
}
