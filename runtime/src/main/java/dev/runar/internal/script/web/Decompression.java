package dev.runar.internal.script.web;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.zip.CRC32;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;
import org.graalvm.polyglot.Value;
import org.graalvm.polyglot.proxy.ProxyExecutable;
import org.jspecify.annotations.Nullable;

/**
 * One decompression of a stream. {@code (bytes)} gives it input, {@code ()} takes the next piece of
 * output or null, {@code (null)} says that the input has ended. A text is an error. Owner thread.
 *
 * <p>Output is taken in pieces, so that a small input that means a large output does not become one
 * large array.
 */
final class Decompression implements ProxyExecutable {
  private static final int MAX_HEADER = 1 << 16;
  private static final int PIECE = 1 << 16;
  private static final int TRAILER = 8;
  private static final int MORE = -1;
  private static final int MALFORMED = -2;

  private final Inflater inflater;
  private final boolean gzip;
  private final CRC32 checksum = new CRC32();

  /** Of gzip: what is not understood yet, a header before the data, a trailer after it. */
  private byte[] held = new byte[0];

  /** The last input, of which a part may remain when the data has ended. */
  private byte[] input = new byte[0];

  private boolean inHeader;
  private boolean done;

  Decompression(String format) {
    gzip = format.equals("gzip");
    inHeader = gzip;
    inflater = new Inflater(!format.equals("deflate"));
  }

  @Override
  public @Nullable Object execute(Value... arguments) {
    try {
      if (arguments.length == 0) {
        return next();
      }
      return arguments[0].isNull() ? finish() : give(Operations.bytes(arguments[0]));
    } catch (DataFormatException e) {
      return "the compressed data is not valid: " + e.getMessage();
    }
  }

  private @Nullable String give(byte[] bytes) {
    if (done) {
      return gzip && held.length < TRAILER ? trailer(bytes) : afterEnd(bytes);
    }
    if (!inHeader) {
      inflate(bytes);
      return null;
    }
    hold(bytes);
    int end = headerEnd(held);
    if (end < 0) {
      return end == MALFORMED || held.length > MAX_HEADER ? "not in gzip format" : null;
    }
    inHeader = false;
    inflate(Arrays.copyOfRange(held, end, held.length));
    held = new byte[0];
    return null;
  }

  private void inflate(byte[] bytes) {
    input = bytes;
    inflater.setInput(bytes);
  }

  private static @Nullable String afterEnd(byte[] bytes) {
    return bytes.length == 0 ? null : "there is data after the end of the compressed data";
  }

  private void hold(byte[] bytes) {
    byte[] both = Arrays.copyOf(held, held.length + bytes.length);
    System.arraycopy(bytes, 0, both, held.length, bytes.length);
    held = both;
  }

  private @Nullable Object next() throws DataFormatException {
    if (inHeader || done) {
      return null;
    }
    byte[] piece = new byte[PIECE];
    int count = inflater.inflate(piece);
    checksum.update(piece, 0, count);
    if (inflater.needsDictionary()) {
      return "the compressed data needs a dictionary";
    }
    if (inflater.finished()) {
      done = true;
      String refused = ended();
      if (refused != null) {
        return refused;
      }
    }
    return count == 0 ? null : ByteBuffer.wrap(piece, 0, count).slice();
  }

  private @Nullable String ended() {
    byte[] rest = Arrays.copyOfRange(input, input.length - inflater.getRemaining(), input.length);
    return gzip ? trailer(rest) : afterEnd(rest);
  }

  private @Nullable String trailer(byte[] bytes) {
    hold(bytes);
    if (held.length < TRAILER) {
      return null;
    }
    ByteBuffer trailer = ByteBuffer.wrap(held).order(ByteOrder.LITTLE_ENDIAN);
    if (trailer.getInt() != (int) checksum.getValue()) {
      return "the checksum of the compressed data is wrong";
    }
    if (trailer.getInt() != (int) inflater.getBytesWritten()) {
      return "the length of the compressed data is wrong";
    }
    return afterEnd(Arrays.copyOfRange(held, TRAILER, held.length));
  }

  private @Nullable String finish() {
    boolean whole = done && (!gzip || held.length >= TRAILER);
    inflater.end();
    return whole ? null : "the compressed data ends too early";
  }

  /** Where the data begins; {@link #MORE} or {@link #MALFORMED}. */
  private static int headerEnd(byte[] header) {
    if (header.length >= 1 && header[0] != 0x1f) {
      return MALFORMED;
    }
    if (header.length < 10) {
      return MORE;
    }
    if ((header[1] & 0xff) != 0x8b || header[2] != 8 || (header[3] & 0xe0) != 0) {
      return MALFORMED;
    }
    int flags = header[3];
    int at = 10;
    if ((flags & 4) != 0) { // extra field
      if (header.length < at + 2) {
        return MORE;
      }
      at += 2 + (header[at] & 0xff) + ((header[at + 1] & 0xff) << 8);
    }
    if ((flags & 8) != 0) { // name
      at = afterZero(header, at);
    }
    if ((flags & 16) != 0 && at >= 0) { // comment
      at = afterZero(header, at);
    }
    if ((flags & 2) != 0 && at >= 0) { // checksum of the header
      at += 2;
    }
    return at < 0 || at > header.length ? MORE : at;
  }

  private static int afterZero(byte[] bytes, int from) {
    for (int i = from; i < bytes.length; i++) {
      if (bytes[i] == 0) {
        return i + 1;
      }
    }
    return MORE;
  }
}
