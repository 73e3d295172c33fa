package dev.runar.internal.http.pusher;

import dev.runar.Payload;
import dev.runar.RunarException;
import dev.runar.apps.AppLimits;
import dev.runar.internal.http.pusher.Refused.Reason;
import dev.runar.internal.json.JsonBytes;
import dev.runar.internal.protocol.pusher.ChannelEvent;
import dev.runar.internal.protocol.pusher.ChannelName;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One event that a server would have published. Immutable.
 *
 * @param event what is published on each of the channels
 * @param info what the answer tells of each of them
 */
record EventRequest(List<ChannelName> channels, ChannelEvent event, Info info) {

  /** Reads the body of {@code events}. */
  static EventRequest one(byte[] body, AppLimits limits) {
    return one(object(value(body), "the body"), limits);
  }

  /** Reads the fields of such a body. */
  static EventRequest one(Map<?, ?> fields, AppLimits limits) {
    Object several = fields.get("channels");
    Object single = fields.get("channel");
    if (several != null && single == null) {
      return read(fields, several, limits);
    }
    if (several == null && single != null) {
      return read(fields, List.of(single), limits);
    }
    throw Refused.invalid("either channels or channel must be there");
  }

  /** Reads the body of {@code batch_events}. */
  static List<EventRequest> batch(byte[] body, AppLimits limits) {
    if (!(object(value(body), "the body").get("batch") instanceof List<?> batch)) {
      throw Refused.invalid("batch must be a list of events");
    }
    if (batch.size() > limits.eventsPerBatch()) {
      throw Refused.invalid(
          "a batch has at most " + limits.eventsPerBatch() + " events, not " + batch.size());
    }
    var events = new ArrayList<EventRequest>();
    for (Object one : batch) {
      Map<?, ?> fields = object(one, "each event of a batch");
      events.add(read(fields, List.of(text(fields, "channel")), limits));
    }
    return events;
  }

  private static EventRequest read(Map<?, ?> fields, Object channels, AppLimits limits) {
    String name = text(fields, "name");
    if (name.isEmpty() || name.length() > limits.eventNameLength()) {
      throw Refused.invalid("name must have 1 to " + limits.eventNameLength() + " characters");
    }
    if (name.startsWith("pusher:") || name.startsWith("pusher_internal:")) {
      throw Refused.invalid("names that begin with pusher: or pusher_internal: are the protocol's");
    }
    String data = text(fields, "data");
    int bytes = data.getBytes(StandardCharsets.UTF_8).length;
    if (bytes > limits.messageBytes()) {
      throw new Refused(
          Reason.TOO_LARGE,
          "data has at most %d bytes, not %d".formatted(limits.messageBytes(), bytes));
    }
    var json = Payload.encoded(Payload.Kind.JSON, new JsonBytes(bytes + 16).string(data).done());
    return new EventRequest(
        channels(channels, limits),
        new ChannelEvent(name, json, null, socketId(fields)),
        fields.get("info") == null ? Info.NONE : Info.read(text(fields, "info")));
  }

  private static List<ChannelName> channels(Object given, AppLimits limits) {
    if (!(given instanceof List<?> list) || list.isEmpty()) {
      throw Refused.invalid("channels must be a list of names, and not empty");
    }
    if (list.size() > limits.channelsPerEvent()) {
      throw Refused.invalid(
          "an event goes to at most %d channels, not %d"
              .formatted(limits.channelsPerEvent(), list.size()));
    }
    return list.stream().map(name -> channel(name, limits)).distinct().toList();
  }

  /** Reads the name of a channel. */
  static ChannelName channel(@Nullable Object given, AppLimits limits) {
    if (given instanceof String name && name.length() <= limits.channelNameLength()) {
      return ChannelName.read(name).orElseThrow(EventRequest::wrongChannel);
    }
    throw wrongChannel();
  }

  static Refused wrongChannel() {
    return Refused.invalid(
        "the name of a channel has at most 200 of A-Z a-z 0-9 _ - = @ , . ; and no others,"
            + " or is #server-to-user- and a user's id without control characters");
  }

  private static @Nullable String socketId(Map<?, ?> fields) {
    if (fields.get("socket_id") == null) {
      return null;
    }
    String id = text(fields, "socket_id");
    if (id.length() > 64 || !id.matches("\\d+\\.\\d+")) {
      throw Refused.invalid("socket_id must be two numbers with a dot between them");
    }
    return id;
  }

  private static String text(Map<?, ?> fields, String key) {
    if (fields.get(key) instanceof String text) {
      return text;
    }
    throw Refused.invalid(key + (fields.containsKey(key) ? " must be a text" : " is missing"));
  }

  private static Map<?, ?> object(@Nullable Object value, String what) {
    if (value instanceof Map<?, ?> fields) {
      return fields;
    }
    throw Refused.invalid(what + " must be a JSON object");
  }

  private static @Nullable Object value(byte[] body) {
    try {
      return Payload.encoded(Payload.Kind.JSON, body).value();
    } catch (RunarException e) {
      throw Refused.invalid("the body is not JSON: " + e.getMessage());
    }
  }
}
