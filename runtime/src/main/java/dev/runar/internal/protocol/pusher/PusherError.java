package dev.runar.internal.protocol.pusher;

/**
 * Why a client is told {@code pusher:error} or is closed. 4000 to 4099 tell it to stay away, 4100
 * to 4199 to come back after a while, 4200 to 4299 to come back at once; from 4300 on the
 * connection stays.
 */
public enum PusherError {
  TLS_ONLY(4000, "this app takes connections over TLS only"),
  UNKNOWN_APP(4001, "there is no app with this key"),
  APP_DISABLED(4003, "the app is disabled"),
  OVER_QUOTA(4004, "the app has as many connections as it may have"),
  BAD_PATH(4005, "the path is not /app/{key}"),
  BAD_VERSION(4006, "the version is malformed"),
  UNSUPPORTED_PROTOCOL(4007, "protocol 5, 6 and 7 are spoken here"),
  NO_PROTOCOL(4008, "the query names no protocol"),
  UNAUTHORIZED(4009, "the connection is not authorized"),
  OVER_CAPACITY(4100, "there is no room for another connection"),
  UNDECIDED(4100, "the app could not decide; try again later"),
  RECONNECT(4200, "the node stops; connect again"),
  NO_PONG(4201, "no pong was received in time"),
  CLIENT_EVENT_REFUSED(4301, "the client event was refused"),
  TOO_FAST(4301, "the client sends too much"),
  NO_END(4301, "too many messages of the client had to be refused"),
  WATCHLIST_TOO_LONG(4302, "the watchlist is too long"),
  BAD_FRAME(4200, "the message was not understood");

  private final int code;
  private final String text;

  PusherError(int code, String text) {
    this.code = code;
    this.text = text;
  }

  public int code() {
    return code;
  }

  /** What it says where there is nothing more exact to be said. */
  public String text() {
    return text;
  }
}
