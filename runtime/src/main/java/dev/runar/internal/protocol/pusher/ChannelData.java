package dev.runar.internal.protocol.pusher;

import dev.runar.Payload;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;

/**
 * Who joins a presence channel: the {@code channel_data} of a subscription. Immutable; any thread.
 *
 * @param userId a number becomes its text; null: it names nobody
 * @param userInfo JSON, as it was signed; null: it says nothing about the user
 */
public record ChannelData(@Nullable String userId, @Nullable Payload userInfo) {

  /** Reads the text that was signed; empty for what is no JSON object. */
  public static Optional<ChannelData> read(String text) {
    var draft = new Draft();
    return SignedJson.read(text, draft)
        ? Optional.of(new ChannelData(draft.userId, draft.userInfo))
        : Optional.empty();
  }

  private static final class Draft implements SignedJson.Member {
    private @Nullable String userId;
    private @Nullable Payload userInfo;

    @Override
    public void take(String key, JsonParser parser, byte[] text) {
      switch (key) {
        case "user_id" -> userId = SignedJson.id(parser);
        case "user_info" -> userInfo = SignedJson.value(parser, text);
        default -> parser.skipChildren();
      }
    }
  }
}
