package dev.runar.internal.broker;

/** When a client was last heard, and whether it was asked since. Lane's thread only. */
final class Heartbeat {
  /** What the silence of a client asks for. */
  enum Wanted {
    NOTHING,
    PING,
    CLOSE
  }

  private long heardNanos;
  private boolean pinged;

  Heartbeat(long nowNanos) {
    heardNanos = nowNanos;
  }

  /** Something was heard. */
  void heard(long nowNanos) {
    heardNanos = nowNanos;
    pinged = false;
  }

  /** The silence is ours: the client is not read. */
  void excuse(long nowNanos) {
    heardNanos = nowNanos;
  }

  /**
   * Looks at the silence of a client, and pings it once for each.
   *
   * @param isPaused the silence is ours: the client is not read
   * @return false when it is to be closed
   */
  boolean isBorne(long nowNanos, Patience patience, boolean isPaused, Connection connection) {
    if (isPaused) {
      excuse(nowNanos);
    }
    Wanted wanted = look(nowNanos, patience);
    if (wanted == Wanted.PING) {
      patience.ask(connection);
    }
    return wanted != Wanted.CLOSE;
  }

  /** Wants one ping for each silence. */
  Wanted look(long nowNanos, Patience patience) {
    long silence = nowNanos - heardNanos;
    if (silence > patience.closeNanos()) {
      return Wanted.CLOSE;
    }
    if (pinged || silence < patience.pingNanos()) {
      return Wanted.NOTHING;
    }
    pinged = true;
    return Wanted.PING;
  }
}
