package dev.runar.internal.protocol;

/** The WebSocket close codes that the node sends. */
public final class CloseCode {
  public static final int NORMAL = 1000;

  /** The node stops. */
  public static final int GOING_AWAY = 1001;

  /** The client broke RFC 6455. */
  public static final int PROTOCOL_ERROR = 1002;

  /** A kind of message that the dialect has not. */
  public static final int UNSUPPORTED = 1003;

  /** Never on the wire: a Close frame without a code arrived. */
  public static final int NO_CODE = 1005;

  /** Never on the wire: the connection was lost without a Close frame. */
  public static final int LOST = 1006;

  /** A text message is not UTF-8. */
  public static final int INVALID_TEXT = 1007;

  /** A message exceeds the bound. */
  public static final int TOO_LARGE = 1009;

  /** A fault of the node itself. */
  public static final int INTERNAL = 1011;

  /** The service behind the path is gone; try again. */
  public static final int TRY_AGAIN = 1013;

  /** The client has shown no newer token in time. */
  public static final int TOKEN_EXPIRED = 4001;

  /** The client has shown no right token since it came. */
  public static final int NO_TOKEN = 4002;

  /** The client read too slowly and used up its byte budget. */
  public static final int SLOW = 4008;

  /** Nothing was heard from the client for the idle timeout. */
  public static final int IDLE = 4009;

  private CloseCode() {}

  /** May stand in a Close frame that a client sends. */
  public static boolean isValidFromPeer(int code) {
    return switch (code) {
      case 1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014 -> true;
      default -> code >= 3000 && code <= 4999;
    };
  }
}
