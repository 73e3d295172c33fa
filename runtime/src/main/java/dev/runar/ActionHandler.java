package dev.runar;

import org.jspecify.annotations.Nullable;

/** Answers one action in Java. Runs on a virtual thread of its own and may block. */
@FunctionalInterface
public interface ActionHandler {
  /**
   * Answers one request.
   *
   * @param payload what the caller sent
   * @param context who asked, until when, and how to reach the node
   * @return the result; {@code Payload.of(null)} for none
   * @throws Exception reaches the caller as a {@link RunarException}; one that is already a {@code
   *     RunarException} keeps its code
   */
  Payload handle(Payload payload, RequestContext context) throws Exception;

  /**
   * A handler whose input fits a class; another input is refused with {@code INVALID_INPUT}:
   *
   * <pre>{@code
   * ActionHandler.of(Pair.class, (pair, context) -> pair.a() + pair.b())
   * }</pre>
   */
  static <T> ActionHandler of(Class<T> input, Typed<T> handler) {
    return (payload, context) -> Payload.of(handler.handle(payload.as(input), context));
  }

  /** Answers with an object that {@link Payload#of} takes. */
  @FunctionalInterface
  interface Typed<T> {
    /** As {@link ActionHandler#handle}. */
    @Nullable Object handle(T input, RequestContext context) throws Exception;
  }
}
