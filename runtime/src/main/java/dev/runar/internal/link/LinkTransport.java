package dev.runar.internal.link;

import dev.runar.Delivery;

/**
 * Carries batches of whole frames to one JavaScript context, in order, each once. Any thread, but
 * batches come from one at a time; nothing here blocks.
 */
public interface LinkTransport {
  /** What hears of a transport. It is called on a thread of the transport. */
  interface Receiver {
    /** Bytes have come, cut anywhere. They are the caller's again when this returns. */
    void onBytes(byte[] bytes, int offset, int length);

    /** After {@code FULL}: there is room again. */
    void onRoom();

    /** The other side takes and answers nothing more, but still gets what is posted. */
    default void onEnding(String why) {}

    /** Once, and the last: the other side is gone. */
    void onClosed(String why);
  }

  /** Once, before anything else. */
  void start(Receiver receiver);

  /**
   * Copies a batch.
   *
   * @return {@code FULL}: nothing happened, and {@link Receiver#onRoom} will be called, or the
   *     other side says {@code DRAINED}
   */
  Delivery post(byte[] batch, int offset, int length);

  /** Sends what was posted, as far as that is possible at once, and ends. Repeatable. */
  void close();
}
