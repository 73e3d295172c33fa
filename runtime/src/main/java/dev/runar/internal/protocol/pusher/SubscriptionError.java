package dev.runar.internal.protocol.pusher;

/** Why a client may not subscribe; it is told {@code pusher:subscription_error}. */
public enum SubscriptionError {
  /** The signature is wrong or absent. */
  AUTH("AuthError", 401),
  /** A hook of the app refuses it. */
  REFUSED("AuthError", 403),
  /** A hook of the app has failed. */
  UNDECIDED("ServerError", 503),
  /** The name is none, or of somebody else. */
  NAME("InvalidChannel", 400),
  /** A bound is reached. */
  LIMIT("LimitReached", 4100),
  /** Who joins a presence channel is larger than a user may be. */
  MEMBER("LimitReached", 4301);

  private final String type;
  private final int status;

  SubscriptionError(String type, int status) {
    this.type = type;
    this.status = status;
  }

  String type() {
    return type;
  }

  int status() {
    return status;
  }
}
