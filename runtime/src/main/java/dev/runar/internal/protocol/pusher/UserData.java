package dev.runar.internal.protocol.pusher;

import dev.runar.Payload;
import dev.runar.internal.json.JsonBytes;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/**
 * Who signs in: the {@code user_data} of {@code pusher:signin}. Immutable; any thread.
 *
 * @param id not empty; a number becomes its text
 * @param userInfo JSON, as it was signed; null: it says nothing about the user
 * @param watchlist the ids of the users whose coming and going the client is told, each once
 */
public record UserData(String id, @Nullable Payload userInfo, List<String> watchlist) {
  public UserData {
    watchlist = List.copyOf(watchlist);
  }

  /** Reads the text that was signed; empty for what is no JSON object or names nobody. */
  public static Optional<UserData> read(String text) {
    var draft = new Draft();
    String id = SignedJson.read(text, draft) && draft.isRight ? draft.id : null;
    return id == null
        ? Optional.empty()
        : Optional.of(new UserData(id, draft.userInfo, List.copyOf(draft.watchlist)));
  }

  /** {@code pusher:signin_success}: what was signed comes back. */
  public static byte[] success(String userData) {
    byte[] data =
        new JsonBytes(32 + userData.length())
            .ascii("{\"user_data\":")
            .string(userData)
            .ascii("}")
            .done();
    return PusherWriter.event(
        "pusher:signin_success", null, new String(data, StandardCharsets.UTF_8));
  }

  private static final class Draft implements SignedJson.Member {
    private final Set<String> watchlist = new LinkedHashSet<>();
    private @Nullable String id;
    private @Nullable Payload userInfo;
    private boolean isRight = true;

    @Override
    public void take(String key, JsonParser parser, byte[] text) {
      switch (key) {
        case "id" -> id = SignedJson.id(parser);
        case "user_info" -> userInfo = SignedJson.value(parser, text);
        case "watchlist" -> takeWatchlist(parser);
        default -> parser.skipChildren();
      }
    }

    private void takeWatchlist(JsonParser parser) {
      if (parser.currentToken() != JsonToken.START_ARRAY) {
        isRight = parser.currentToken() == JsonToken.VALUE_NULL;
        parser.skipChildren();
        return;
      }
      while (parser.nextToken() != JsonToken.END_ARRAY) {
        String watched = SignedJson.id(parser);
        if (watched == null) {
          isRight = false;
        } else {
          watchlist.add(watched);
        }
      }
    }
  }
}
