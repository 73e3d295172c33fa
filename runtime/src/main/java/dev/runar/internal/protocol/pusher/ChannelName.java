package dev.runar.internal.protocol.pusher;

import java.util.HexFormat;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The name of a channel, which says what kind of channel it is. Immutable.
 *
 * <p>A prefix counts with its dash: {@code privateer} and {@code cached} are public.
 */
public record ChannelName(String text) {
  /** Where every name is at most as long as the protocol's documentation allows. */
  public static final int MAX_LENGTH = 200;

  private static final String TO_USER = "#server-to-user-";

  /** So that the topic of every name is one. */
  private static final int MAX_SEGMENT = 800;

  /** Half of a character. */
  private static final int SURROGATE = Character.SURROGATE;

  private static final Pattern ESCAPED = Pattern.compile("%([0-9a-f]{4})");

  /**
   * Reads a name.
   *
   * @return empty for what is none: empty, longer than {@link #MAX_LENGTH}, with a character
   *     outside {@code A-Za-z0-9_-=@,.;} or with {@code #}, which is kept for the channels of
   *     users; their ids may have any characters but control characters
   */
  public static Optional<ChannelName> read(String text) {
    if (text.isEmpty() || text.length() > MAX_LENGTH) {
      return Optional.empty();
    }
    var name = new ChannelName(text);
    boolean isRight = text.startsWith(TO_USER) ? name.hasUser() : isAllowed(text);
    return isRight ? Optional.of(name) : Optional.empty();
  }

  private boolean hasUser() {
    boolean isPlain =
        text.codePoints()
            .noneMatch(c -> Character.isISOControl(c) || Character.getType(c) == SURROGATE);
    return isPlain && text.length() > TO_USER.length() && segment().length() <= MAX_SEGMENT;
  }

  private static boolean isAllowed(String text) {
    return text.chars().allMatch(c -> isAllowed((char) c));
  }

  /**
   * What it is within a topic: itself, but of the id of a user whatever could not stand in a name
   * becomes {@code %} and four hexadecimal digits, so that no id reaches another user's topic.
   */
  public String segment() {
    if (!text.startsWith(TO_USER) || isAllowed(text.substring(1))) {
      return text;
    }
    var segment = new StringBuilder(TO_USER);
    for (char c : text.substring(TO_USER.length()).toCharArray()) {
      if (isAllowed(c)) {
        segment.append(c);
      } else {
        segment.append('%').append(HexFormat.of().toHexDigits(c));
      }
    }
    return segment.toString();
  }

  /** The name that {@link #segment} was made of. */
  public static ChannelName ofSegment(String segment) {
    if (!segment.startsWith(TO_USER) || segment.indexOf('%') < 0) {
      return new ChannelName(segment);
    }
    return new ChannelName(
        ESCAPED
            .matcher(segment)
            .replaceAll(
                found ->
                    Matcher.quoteReplacement(
                        String.valueOf((char) HexFormat.fromHexDigits(found.group(1))))));
  }

  private static boolean isAllowed(char c) {
    return (c >= 'a' && c <= 'z')
        || (c >= 'A' && c <= 'Z')
        || (c >= '0' && c <= '9')
        || "_-=@,.;".indexOf(c) >= 0;
  }

  /** The channel on which a user's sessions are reached. */
  public static ChannelName toUser(String userId) {
    return new ChannelName(TO_USER + userId);
  }

  /** Needs a signature, presence channels among them. */
  public boolean needsSignature() {
    return text.startsWith("private-") || isPresence();
  }

  /** Knows who is there. */
  public boolean isPresence() {
    return text.startsWith("presence-");
  }

  /** Its data is encrypted from end to end: nobody here can read it. */
  public boolean isEncrypted() {
    return text.startsWith("private-encrypted-");
  }

  /** Remembers the last event. */
  public boolean isCache() {
    return text.startsWith("cache-")
        || text.startsWith("private-cache-")
        || text.startsWith("private-encrypted-cache-")
        || text.startsWith("presence-cache-");
  }

  /** Clients may send on it. */
  public boolean takesClientEvents() {
    return needsSignature() && !isEncrypted();
  }

  /** Whose sessions it reaches, if it is the channel of a user. */
  public Optional<String> user() {
    return text.startsWith(TO_USER)
        ? Optional.of(text.substring(TO_USER.length()))
        : Optional.empty();
  }
}
