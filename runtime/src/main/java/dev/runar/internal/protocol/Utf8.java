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
          return false;
        }
        i += size;
      }
    }
    return true;
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
