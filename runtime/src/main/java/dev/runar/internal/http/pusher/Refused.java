package dev.runar.internal.http.pusher;

/** A request is not done; its sender is told why. Immutable. */
final class Refused extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** Why, for whoever watches the counters. */
  enum Reason {
    UNKNOWN_APP(404),
    UNKNOWN_PATH(404),
    WRONG_METHOD(405),
    UNSIGNED(401),
    WRONG_KEY(401),
    WRONG_TIME(401),
    WRONG_BODY_HASH(401),
    WRONG_SIGNATURE(401),
    REPEATED(401),
    DISABLED(403),
    OVER_QUOTA(403),
    INVALID(400),
    TOO_LARGE(413),
    /** A lane of the broker has more to deliver than it can. */
    CONGESTED(503),
    NOT_READY(503);

    private final int status;

    Reason(int status) {
      this.status = status;
    }

    int status() {
      return status;
    }
  }

  private final Reason reason;

  Refused(Reason reason, String message) {
    super(message, null, false, false); // the way that led here tells nobody anything
    this.reason = reason;
  }

  /** The path takes another method. */
  static Refused wrongMethod(String allowed) {
    return new Refused(Reason.WRONG_METHOD, allowed + " is what this path takes");
  }

  static Refused invalid(String message) {
    return new Refused(Reason.INVALID, message);
  }

  Reason reason() {
    return reason;
  }

  /** What the sender is told. */
  String text() {
    return String.valueOf(getMessage());
  }
}
