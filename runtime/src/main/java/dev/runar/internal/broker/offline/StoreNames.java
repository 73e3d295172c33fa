package dev.runar.internal.broker.offline;

/** The queues of the store that belong to offline queues. */
final class StoreNames {
  /** One entry for each client of a group. */
  static final String MEMBERS = "members";

  /** One entry for each client whose queue began by spilling. */
  static final String SPILLED = "spilled";

  /** Before the key of a client: its messages. */
  static final String MESSAGES = "messages/";

  /** Before the key of a client: how often it rejected which message. */
  static final String COUNTS = "rejected/";

  private StoreNames() {}
}
