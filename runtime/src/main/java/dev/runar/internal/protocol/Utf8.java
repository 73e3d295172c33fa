package dev.runar.internal.protocol;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** Checks UTF-8. Stateless; any thread. */
public final class Utf8 {
  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.nativeOrder());
  private static final long NOT_ASCII = 0x8080808080808080L;

  private Utf8() {}

  /** Well formed by RFC 3629: no overlong forms, no surrogates, nothing above U+10FFFF. */
  public static boolean isValid(byte[] bytes, int from, int length) {
    return valid(bytes, from, length) == length;
  }

  /**
   * How many bytes, from the first on, are whole and well formed characters. If what is left is the
   * beginning of a character, the rest of a text may complete it; see {@link #isBeginning}.
   */
  static int valid(byte[] bytes, int from, int length) {
    int end = from + length;
    int i = from;
    while (i < end) {
      if (i + 8 <= end && ((long) LONGS.get(bytes, i) & NOT_ASCII) == 0) {
        i += 8;
      } else if (bytes[i] >= 0) {
        i++;
      } else {
        int size = sequence(bytes, i, end);
        if (size == 0) {
          return i - from;
        }
        i += size;
      }
    }
    return length;
  }

  /** Whether more bytes could make one character of these, which are none yet. */
  static boolean isBeginning(byte[] bytes, int from, int length) {
    if (length == 0) {
      return true;
    }
    if (length > 3) {
      return false;
    }
    // Only the second byte has bounds that depend on the first: 80 or a0 is within any of them.
    byte[] whole = {bytes[from], (byte) 0x80, (byte) 0x80, (byte) 0x80};
    byte[] other = {bytes[from], (byte) 0xa0, (byte) 0x80, (byte) 0x80};
    System.arraycopy(bytes, from, whole, 0, length);
    System.arraycopy(bytes, from, other, 0, length);
    return sequence(whole, 0, 4) > length || sequence(other, 0, 4) > length;
  }

  /** The length of the well formed sequence that begins here; 0 if there is none. */
  private static int sequence(byte[] bytes, int at, int end) {
    int first = bytes[at] & 0xff;
    if (first >= 0xc2 && first <= 0xdf) {
      return isTail(bytes, at + 1, end, 0x80, 0xbf) ? 2 : 0;
    }
    if (first >= 0xe0 && first <= 0xef) {
      int low = first == 0xe0 ? 0xa0 : 0x80;
      int high = first == 0xed ? 0x9f : 0xbf;
      boolean good =
          isTail(bytes, at + 1, end, low, high) && isTail(bytes, at + 2, end, 0x80, 0xbf);
      return good ? 3 : 0;
    }
    if (first >= 0xf0 && first <= 0xf4) {
      int low = first == 0xf0 ? 0x90 : 0x80;
      int high = first == 0xf4 ? 0x8f : 0xbf;
      boolean good =
          isTail(bytes, at + 1, end, low, high)
              && isTail(bytes, at + 2, end, 0x80, 0xbf)
              && isTail(bytes, at + 3, end, 0x80, 0xbf);
      return good ? 4 : 0;
    }
    return 0;
  }

  private static boolean isTail(byte[] bytes, int at, int end, int low, int high) {
    return at < end && (bytes[at] & 0xff) >= low && (bytes[at] & 0xff) <= high;
  }
}
