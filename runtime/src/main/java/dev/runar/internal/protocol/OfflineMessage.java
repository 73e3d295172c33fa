package dev.runar.internal.protocol;

import dev.runar.Payload;
import dev.runar.internal.json.JsonBytes;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Optional;

/**
 * A message of an offline queue, as its client is given it in every dialect. Immutable.
 *
 * @param payload empty: the disk has damaged it
 * @param deliveries how often it was given, this time included
 * @param isRedelivered whether the client may have seen it before
 * @param offset of the publication that it is, in the channel called as the group; 0: not known
 */
public record OfflineMessage(
    String group,
    long id,
    Optional<Payload> payload,
    int deliveries,
    boolean isRedelivered,
    long offset) {
  private static final byte[] DATA = ",\"data\":".getBytes(StandardCharsets.US_ASCII);

  /**
   * As a JSON object with one member.
   *
   * @param name of the member
   */
  public byte[] json(String name) {
    var json = new JsonBytes(payload.map(Payload::size).orElse(0) + 160);
    json.ascii("{").string(name).ascii(":{\"group\":").string(group);
    json.ascii(",\"id\":").number(id);
    payload.ifPresentOrElse(known -> append(known, json), () -> json.ascii(",\"damaged\":true"));
    json.ascii(",\"deliveries\":").number(deliveries);
    json.ascii(",\"redelivered\":").ascii(String.valueOf(isRedelivered));
    if (offset > 0) {
      json.ascii(",\"offset\":").number(offset);
    }
    return json.ascii("}}").done();
  }

  private static void append(Payload payload, JsonBytes json) {
    byte[] encoded = payload.encoded();
    if (payload.kind() == Payload.Kind.BYTES) {
      json.ascii(",\"bytes\":\"").raw(Base64.getEncoder().encode(encoded)).ascii("\"");
    } else {
      json.raw(DATA).raw(encoded);
    }
  }
}
