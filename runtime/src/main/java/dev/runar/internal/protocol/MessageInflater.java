package dev.runar.internal.protocol;

import dev.runar.internal.protocol.WebSocketReader.Violation;
import java.util.Arrays;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/**
 * Undoes the compression of messages that each stand for themselves (RFC 7692 with {@code
 * client_no_context_takeover}), so one serves many connections. Its memory is bounded by the
 * largest message, whatever a few bytes claim to hold. Not for use by several threads.
 */
public final class MessageInflater implements AutoCloseable {
  /**
   * What the sender left out at the end of each message, and a last block with nothing in it: only
   * behind a message that is whole is it read as one.
   */
  private static final byte[] TAIL = {
    0, 0, (byte) 0xff, (byte) 0xff, 1, 0, 0, (byte) 0xff, (byte) 0xff
  };

  /** Behind a last block of the sender's own there may be the beginning of an empty one. */
  private static final int AFTER_LAST = 1;

  private static final int KEPT = 64 << 10;

  private final Inflater inflater = new Inflater(true);
  private byte[] output = new byte[4 << 10];

  /**
   * Fills {@link #output}.
   *
   * @param max the largest message in bytes
   * @return its length
   */
  int inflate(byte[] bytes, int from, int length, int max) throws Violation {
    if (output.length > KEPT) {
      output = new byte[KEPT];
    }
    if (length == 0) {
      return 0; // some send an empty message so
    }
    try {
      inflater.setInput(bytes, from, length);
      int size = drain(0, max);
      boolean isLast = inflater.finished();
      if (!isLast) {
        inflater.setInput(TAIL);
        size = drain(size, max);
      }
      if (!inflater.finished() || inflater.getRemaining() > (isLast ? AFTER_LAST : 0)) {
        throw damaged();
      }
      return size;
    } catch (DataFormatException e) {
      throw damaged();
    } finally {
      inflater.reset();
    }
  }

  private int drain(int begin, int max) throws DataFormatException, Violation {
    int size = begin;
    while (true) {
      int more = inflater.inflate(output, size, output.length - size);
      size += more;
      if (size > max) {
        throw new Violation(
            CloseCode.TOO_LARGE, "a message is at most " + max + " bytes, uncompressed too");
      }
      if (size < output.length) {
        return size; // neither input nor a rest that waits for room
      }
      output = Arrays.copyOf(output, (int) Math.min(2L * output.length, Math.max(max, size) + 1L));
    }
  }

  private static Violation damaged() {
    return new Violation(CloseCode.INVALID_TEXT, "a compressed message is damaged");
  }

  /** The message of the last call, until the next. */
  byte[] output() {
    return output;
  }

  @Override
  public void close() {
    inflater.end();
  }
}
