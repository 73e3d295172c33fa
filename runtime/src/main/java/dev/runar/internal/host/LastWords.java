package dev.runar.internal.host;

import static java.nio.charset.StandardCharsets.UTF_8;

/**
 * Why all ends, also where there is no memory left to put it in words: what is said then was made
 * before. Stateless.
 */
public final class LastWords {
  public static final String NO_MEMORY =
      "the node is out of memory: RUNAR_JAVA_OPTS=-Xmx1g gives it a GiB";

  private static final byte[] NO_MEMORY_UTF_8 = NO_MEMORY.getBytes(UTF_8);

  private LastWords() {}

  /** What has failed, and how. */
  public static String of(String what, Throwable failure) {
    try {
      return what + failure;
    } catch (OutOfMemoryError e) {
      return NO_MEMORY;
    }
  }

  static byte[] utf8(String words) {
    try {
      return words.getBytes(UTF_8);
    } catch (OutOfMemoryError e) {
      return NO_MEMORY_UTF_8;
    }
  }
}
