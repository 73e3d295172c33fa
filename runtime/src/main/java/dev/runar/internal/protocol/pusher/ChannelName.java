package dev.runar.internal.protocol.pusher;

import java.util.Optional;

/**
 * The name of a channel, which says what kind of channel it is. Immutable.
 *
 * <p>A prefix counts with its dash: {@code privateer} and {@code cached} are public.
 */
public record ChannelName(String text) {
  /** Where every name is at most as long as the protocol's documentation allows. */
  public static final int MAX_LENGTH = 200;

  private static final String TO_USER = "#server-to-user-";

  /**
   * Reads a name.
   *
   * @return empty for what is none: empty, longer than {@link #MAX_LENGTH}, with a character
   *     outside {@code A-Za-z0-9_-=@,.;} or with {@code #}, which is kept for the channels of users
   */
  public static Optional<ChannelName> read(String text) {
    boolean isToUser = text.startsWith(TO_USER) && text.length() > TO_USER.length();
    if (text.isEmpty() || text.length() > MAX_LENGTH) {
      return Optional.empty();
    }
    for (int i = isToUser ? 1 : 0; i < text.length(); i++) {
      if (!isAllowed(text.charAt(i))) {
        return Optional.empty();
      }
    }
    return Optional.of(new ChannelName(text));
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
