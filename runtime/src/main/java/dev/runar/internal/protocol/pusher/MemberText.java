package dev.runar.internal.protocol.pusher;

import dev.runar.Payload;
import dev.runar.internal.json.JsonBytes;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import org.jspecify.annotations.Nullable;

/**
 * One member of a presence channel as the protocol writes it. Immutable; any thread.
 *
 * <p>The list of members that every joiner gets is JSON inside a string. A member's part of it is
 * quoted once, when the member comes; a list is then no more than these parts put together.
 */
public final class MemberText {
  private static final Payload NULL = Payload.json("null");

  private final String userId;
  private final Payload info;
  private final byte[] id;
  private final byte[] entry;

  /** Of a user; without info it is {@code null} everywhere. */
  public MemberText(String userId, @Nullable Payload info) {
    this.userId = userId;
    this.info = info == null ? NULL : info;
    this.id = quoted(new JsonBytes(userId.length() + 8).string(userId));
    this.entry =
        quoted(
            new JsonBytes(userId.length() + this.info.size() + 8)
                .string(userId)
                .ascii(":")
                .raw(this.info.encoded()));
  }

  private static byte[] quoted(JsonBytes json) {
    return JsonBytes.quoted(new String(json.done(), StandardCharsets.UTF_8));
  }

  public String userId() {
    return userId;
  }

  /** JSON. */
  public Payload info() {
    return info;
  }

  /** {@code pusher_internal:member_added}, to be announced. */
  public Payload added() {
    byte[] data =
        new JsonBytes(64 + info.size())
            .ascii("{\"user_id\":")
            .string(userId)
            .ascii(",\"user_info\":")
            .raw(info.encoded())
            .ascii("}")
            .done();
    return announcement("pusher_internal:member_added", data);
  }

  /** {@code pusher_internal:member_removed}, to be announced. */
  public Payload removed() {
    byte[] data = new JsonBytes(64).ascii("{\"user_id\":").string(userId).ascii("}").done();
    return announcement("pusher_internal:member_removed", data);
  }

  private static Payload announcement(String event, byte[] data) {
    Payload json = Payload.encoded(Payload.Kind.JSON, data);
    return new ChannelEvent(event, json, null, null).payload();
  }

  /** {@code pusher_internal:subscription_succeeded} with everybody who is there. */
  public static byte[] list(String channel, Collection<MemberText> members) {
    int size = 256;
    for (MemberText member : members) {
      size += member.id.length + member.entry.length + 2;
    }
    var json =
        new JsonBytes(size)
            .ascii("{\"event\":\"pusher_internal:subscription_succeeded\",\"channel\":")
            .string(channel)
            .ascii(",\"data\":\"{\\\"presence\\\":{\\\"ids\\\":[");
    String comma = "";
    for (MemberText member : members) {
      json.ascii(comma).raw(member.id);
      comma = ",";
    }
    json.ascii("],\\\"hash\\\":{");
    comma = "";
    for (MemberText member : members) {
      json.ascii(comma).raw(member.entry);
      comma = ",";
    }
    return json.ascii("},\\\"count\\\":").number(members.size()).ascii("}}\"}").done();
  }
}
