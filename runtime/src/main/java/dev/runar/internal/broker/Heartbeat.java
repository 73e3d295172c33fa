package dev.runar.internal.broker;

/** When a client was last heard, and whether it was asked since. Lane's thread only. */
final class Heartbeat {
  /** What the silence of a client asks for. */
  enum Wanted {
    NOTHING,
    PING,
    CLOSE
  }

  private Patience patience;
  private long heardNanos;
  private boolean pinged;
  private long pingedNanos;

  Heartbeat(long nowNanos, Patience patience) {
    this.patience = patience;
    heardNanos = nowNanos;
    pingedNanos = nowNanos;
  }

  /** What becomes of the client's silence. */
  Patience patience() {
    return patience;
  }

  void patience(Patience newPatience) {
    patience = newPatience;
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
  boolean isBorne(long nowNanos, boolean isPaused, Connection connection) {
    if (isPaused) {
      excuse(nowNanos);
    }
    Wanted wanted = look(nowNanos);
    if (wanted == Wanted.PING) {
      patience.ask(connection);
    }
    return wanted != Wanted.CLOSE;
  }

  /** Wants one ping for each silence, or one after another. */
  Wanted look(long nowNanos) {
    long silence = nowNanos - heardNanos;
    if (silence > patience.closeNanos()) {
      return Wanted.CLOSE;
    }
    boolean isDue =
        patience.isRegular()
            ? nowNanos - pingedNanos >= patience.pingNanos()
            : !pinged && silence >= patience.pingNanos();
    if (!isDue) {
      return Wanted.NOTHING;
    }
    pinged = true;
    pingedNanos = nowNanos;
    return Wanted.PING;
  }
}
