package dev.runar.internal.broker;

/**
 * The wire of one session. Lane's thread only, but for {@link #pendingBytes} and {@link
 * #remoteAddress}. Nothing here throws for a connection that is gone: it is simply without effect.
 */
public interface Connection {
  /** Queues a burst that other connections get too; {@link #flush} sends. */
  void write(Burst burst);

  /** Queues one text message. */
  void writeText(byte[] utf8);

  /** Queues one binary message. */
  void writeBinary(byte[] bytes);

  /** Queues one message. */
  default void write(WireMessage message) {
    if (message.isBinary()) {
      writeBinary(message.bytes());
    } else {
      writeText(message.bytes());
    }
  }

  /** Queues a ping that the client has to answer. */
  void writePing();

  /** Sends what was queued, as far as the client takes it; the rest when it reads. */
  void flush();

  /**
   * Sends what was queued, and calls back once the client has taken all of it; later, as a burst of
   * its own. Never, if the connection ends before.
   */
  void whenDrained(Runnable callback);

  /**
   * So much more fits beside what waits, or nothing waits at all. What only waits because the burst
   * is long is sent first.
   */
  default boolean hasRoom(int more, int bound) {
    long pending = pendingBytes();
    if (pending == 0 || pending + more <= bound) {
      return true;
    }
    flush();
    pending = pendingBytes();
    return pending == 0 || pending + more <= bound;
  }

  /** Bytes that were queued and that the client has not taken. Any thread. */
  long pendingBytes();

  /**
   * Grows as what waits is taken; says nothing while nothing waits, and compares only with itself.
   * Event loop only.
   */
  default long takenBytes() {
    return 0;
  }

  /**
   * Sends what is queued and a Close frame, then ends the connection, at the latest after a short
   * time. Repeatable.
   */
  void close(int code, String reason);

  /** Stops reading from the client, which slows it down by TCP. */
  void pauseReading();

  /** Reads again. */
  void resumeReading();

  /** The client's address, {@code host:port}. Any thread. */
  String remoteAddress();
}
