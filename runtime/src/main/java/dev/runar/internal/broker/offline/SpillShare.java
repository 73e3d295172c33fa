package dev.runar.internal.broker.offline;

/**
 * What the queues hold together that publications of one user have begun by spilling. Guarded by
 * the table.
 *
 * <p>No service has joined them, but whatever the user subscribes to with a name of its choice: so
 * one user must not take the room of all.
 */
final class SpillShare {
  /** So many queues of one user begin so. */
  static final int QUEUES = 100;

  /** Their messages take one part in so many of the bytes that there are for all queues. */
  static final int PART = 8;

  int queues;

  /** Waiting, and on the way to the store. */
  long bytes;
}
