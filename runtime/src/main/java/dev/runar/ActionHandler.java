package dev.runar;

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
}
