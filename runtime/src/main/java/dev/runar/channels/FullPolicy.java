package dev.runar.channels;

/** What becomes of a message for an offline queue that holds as much as it may. */
public enum FullPolicy {
  /** The message is not taken; its sender is told {@code OVERLOADED}. */
  REFUSE_NEW,
  /** The oldest messages of the same queue go, and are counted. */
  DROP_OLDEST
}
