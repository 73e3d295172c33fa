package dev.runar.internal.broker.offline;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.runar.RunarException;
import dev.runar.RunarException.Code;
import java.util.Optional;

/**
 * Whose queue: one client, such as a phone, of one user in one group, such as a conversation.
 * Immutable.
 */
public record QueueKey(String group, String user, String client) {
  private static final int MAX_CHARS = 200;

  /**
   * A key.
   *
   * @throws RunarException {@code INVALID_INPUT} for a part that is empty, has more than 200
   *     characters, or has half of a surrogate pair, which no UTF-8 can say
   */
  public QueueKey {
    check("group", group);
    check("user", user);
    check("client", client);
  }

  private static void check(String name, String part) {
    if (part.isEmpty() || part.length() > MAX_CHARS) {
      throw new RunarException(
          Code.INVALID_INPUT,
          "the "
              + name
              + " of a queue must have 1 to "
              + MAX_CHARS
              + " characters, it has "
              + part.length());
    }
    if (!UTF_8.newEncoder().canEncode(part)) {
      throw new RunarException(
          Code.INVALID_INPUT, "the " + name + " of a queue has half of a surrogate pair");
    }
  }

  /** As text that {@link #parse} reads; different keys have different texts. */
  String text() {
    return escaped(group) + "/" + escaped(user) + "/" + escaped(client);
  }

  private static String escaped(String part) {
    return part.replace("%", "%25").replace("/", "%2F");
  }

  /** Reads a text; empty: it is none of a key. */
  static Optional<QueueKey> parse(String text) {
    String[] parts = text.split("/", -1);
    try {
      return parts.length == 3
          ? Optional.of(new QueueKey(plain(parts[0]), plain(parts[1]), plain(parts[2])))
          : Optional.empty();
    } catch (RunarException e) {
      return Optional.empty();
    }
  }

  private static String plain(String part) {
    return part.replace("%2F", "/").replace("%25", "%");
  }
}
