package dev.runar.internal.protocol.centrifugal;

/**
 * What a session is closed with. A client connects again after a code below 3500, and not after any
 * other.
 */
public enum Disconnect {
  SHUTDOWN(3001, "shutdown"),
  SERVER_ERROR(3004, "internal server error"),
  EXPIRED(3005, "connection expired"),
  SLOW(3008, "slow"),
  INSUFFICIENT_STATE(3010, "insufficient state"),
  NO_PONG(3012, "no pong"),
  TOO_MANY_REQUESTS(3013, "too many requests"),
  INVALID_TOKEN(3500, "invalid token"),
  BAD_REQUEST(3501, "bad request"),
  STALE(3502, "stale"),
  TOO_MANY_ERRORS(3509, "too many errors");

  private final int code;
  private final String reason;

  Disconnect(int code, String reason) {
    this.code = code;
    this.reason = reason;
  }

  public int code() {
    return code;
  }

  public String reason() {
    return reason;
  }
}
