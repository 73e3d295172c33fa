package dev.runar.internal.protocol;

import dev.runar.Payload;
import dev.runar.internal.json.JsonBytes;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Who is connected, as others are told. Immutable; any thread.
 *
 * @param user empty: nobody is known
 * @param info of the connection, JSON; null: nothing is known
 * @param channelInfo of its subscription, JSON; null: nothing is known
 */
public record Client(
    String user, String client, @Nullable Payload info, @Nullable Payload channelInfo) {
  private static final byte[] NULL = "null".getBytes(StandardCharsets.US_ASCII);

  /** One of whose subscription nothing is known. */
  public Client(String user, String client, @Nullable Payload info) {
    this(user, client, info, null);
  }

  /** As an action is told who calls it: {@code {"client","user","info"}}. */
  public Payload identity() {
    byte[] known = info == null ? NULL : info.encoded();
    JsonBytes json = names(known.length + 16).ascii(",\"info\":").raw(known).ascii("}");
    return Payload.encoded(Payload.Kind.JSON, json.done());
  }

  /**
   * Its names as the beginning of a JSON object, to which a member or the end is to be added.
   *
   * @param more about how many bytes
   */
  public JsonBytes names(int more) {
    return new JsonBytes(more + 96)
        .ascii("{\"client\":")
        .string(client)
        .ascii(",\"user\":")
        .string(user);
  }
}
