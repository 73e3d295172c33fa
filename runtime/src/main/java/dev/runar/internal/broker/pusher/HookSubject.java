package dev.runar.internal.broker.pusher;

import dev.runar.Payload;
import dev.runar.Session;
import dev.runar.internal.broker.Arrival;
import dev.runar.internal.json.JsonBytes;
import dev.runar.internal.protocol.pusher.PusherFrame;
import org.jspecify.annotations.Nullable;

/** What a hook is asked about, or told of. Stateless; any thread. */
final class HookSubject {
  private static final byte[] NULL = {'n', 'u', 'l', 'l'};

  private HookSubject() {}

  /** A client that connects. */
  static Payload connecting(Session session, Arrival arrival) {
    return Payload.object(
        "socketId", session.id(),
        "remoteAddress", session.remoteAddress(),
        "origin", arrival.origin(),
        "secure", arrival.isSecure(),
        "query", session.query());
  }

  /**
   * A subscription.
   *
   * @param userId null: nobody is known
   * @param userInfo JSON; null: nothing is known
   */
  static Payload subscribing(
      Session session, String channel, @Nullable String userId, @Nullable Payload userInfo) {
    JsonBytes json = begun(session, userId).ascii(",\"channel\":").string(channel);
    json.ascii(",\"userInfo\":").raw(userInfo == null ? NULL : userInfo.encoded());
    return ended(json);
  }

  /** A client event: its data is the very text that came. */
  static Payload sent(Session session, PusherFrame.ClientEvent sent, @Nullable String userId) {
    JsonBytes json = begun(session, userId).ascii(",\"channel\":").string(sent.channel());
    json.ascii(",\"event\":").string(sent.event());
    return ended(json.ascii(",\"data\":").raw(sent.data().encoded()));
  }

  /** A connection that has ended. */
  static Payload gone(Session session, @Nullable String userId, int code, String reason) {
    JsonBytes json = begun(session, userId).ascii(",\"code\":").number(code);
    return ended(json.ascii(",\"reason\":").string(reason));
  }

  private static JsonBytes begun(Session session, @Nullable String userId) {
    var json = new JsonBytes(256).ascii("{\"socketId\":").string(session.id());
    json.ascii(",\"remoteAddress\":").string(session.remoteAddress()).ascii(",\"userId\":");
    return userId == null ? json.raw(NULL) : json.string(userId);
  }

  private static Payload ended(JsonBytes json) {
    return Payload.encoded(Payload.Kind.JSON, json.ascii("}").done());
  }
}
