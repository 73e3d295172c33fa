package dev.runar.internal.protocol.pusher;

import dev.runar.Payload;
import dev.runar.internal.json.JsonBytes;
import java.util.List;

/** Writes which of the users that a client watches have come and gone. Stateless; any thread. */
public final class WatchlistWriter {
  private WatchlistWriter() {}

  /** {@code pusher_internal:watchlist_events}, whose data is an object; without what is empty. */
  public static Payload events(List<String> online, List<String> offline) {
    var json =
        new JsonBytes(128)
            .ascii("{\"event\":\"pusher_internal:watchlist_events\",\"data\":{\"events\":[");
    append(json, "online", online);
    if (!online.isEmpty() && !offline.isEmpty()) {
      json.ascii(",");
    }
    append(json, "offline", offline);
    return Payload.encoded(Payload.Kind.JSON, json.ascii("]}}").done());
  }

  private static void append(JsonBytes json, String name, List<String> userIds) {
    if (userIds.isEmpty()) {
      return;
    }
    json.ascii("{\"name\":").string(name).ascii(",\"user_ids\":[");
    String comma = "";
    for (String userId : userIds) {
      json.ascii(comma).string(userId);
      comma = ",";
    }
    json.ascii("]}");
  }
}
