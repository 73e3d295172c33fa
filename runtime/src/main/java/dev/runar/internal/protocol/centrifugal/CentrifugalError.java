package dev.runar.internal.protocol.centrifugal;

/** The errors that the protocol has for replies. */
public enum CentrifugalError {
  INTERNAL(100, "internal server error", true),
  UNAUTHORIZED(101, "unauthorized", false),
  UNKNOWN_CHANNEL(102, "unknown channel", false),
  PERMISSION_DENIED(103, "permission denied", false),
  METHOD_NOT_FOUND(104, "method not found", false),
  ALREADY_SUBSCRIBED(105, "already subscribed", false),
  LIMIT_EXCEEDED(106, "limit exceeded", false),
  BAD_REQUEST(107, "bad request", false),
  NOT_AVAILABLE(108, "not available", false),
  TOKEN_EXPIRED(109, "token expired", false),
  EXPIRED(110, "expired", false),
  TOO_MANY_REQUESTS(111, "too many requests", true),
  UNRECOVERABLE_POSITION(112, "unrecoverable position", false);

  private final int code;
  private final String text;
  private final boolean isTemporary;

  CentrifugalError(int code, String text, boolean isTemporary) {
    this.code = code;
    this.text = text;
    this.isTemporary = isTemporary;
  }

  public int code() {
    return code;
  }

  /** What it says by itself. */
  public String text() {
    return text;
  }

  /** The client may try the same again. */
  public boolean isTemporary() {
    return isTemporary;
  }
}
