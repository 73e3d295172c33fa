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

  /** Bytes that were queued and that the client has not taken. Any thread. */
  long pendingBytes();

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
