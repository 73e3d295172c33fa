package dev.runar.internal.broker;

/**
 * One session's side of a protocol: what becomes of the messages that its client sends. Lane's
 * thread only. The arrays belong to the caller and are only valid during the call.
 */
interface Conversation {
  /** The client sent text, checked to be UTF-8. */
  void text(byte[] utf8, int from, int length);

  /** The client sent bytes. */
  void binary(byte[] bytes, int from, int length);

  /** The session has ended; called exactly once, last. */
  void closed(int code, String reason);
}
