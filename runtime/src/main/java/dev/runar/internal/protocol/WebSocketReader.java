package dev.runar.internal.protocol;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Reads the frames of one client as RFC 6455 demands, and RFC 7692 if it may compress: whatever
 * they forbid is refused with the close code that they name. Not for use by several threads.
 *
 * <p>A message that arrived whole is unmasked in a buffer that the caller shares among many
 * readers; only the parts of an unfinished one are kept here, in a buffer that grows with what has
 * really come and never beyond the bound. A size that is merely announced costs nothing.
 */
public final class WebSocketReader {

  /** Where the bytes come from. */
  public interface Source {
    /** How many there are. */
    int available();

    /** Takes the next. */
    byte next();

    /** Takes the next {@code length}. */
    void take(byte[] into, int at, int length);
  }

  /** What was read. The arrays are only valid during the call. */
  public interface Listener {
    void text(byte[] utf8, int from, int length);

    void binary(byte[] bytes, int from, int length);

    void ping(byte[] bytes, int from, int length);

    void pong();

    /** What follows is not to be read yet; asked between messages. */
    default boolean isHeld() {
      return false;
    }

    /**
     * The client closes; nothing is read after it.
     *
     * @param code a valid one, or {@link CloseCode#NO_CODE}
     */
    void close(int code, String reason);
  }

  /** The client broke the protocol; the connection is to be closed with this code. */
  public static final class Violation extends Exception {
    private static final long serialVersionUID = 1L;

    private final int code;

    Violation(int code, String reason) {
      super(reason, null, false, false);
      this.code = code;
    }

    /** The close code. */
    public int code() {
      return code;
    }

    /** What the client did, as text. */
    public String reason() {
      return String.valueOf(getMessage());
    }
  }

  /** The most frames that one message may come in. */
  static final int MAX_FRAGMENTS = 100_000;

  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
  private static final byte[] EMPTY = {};
  private static final int FIRST_BUFFER = 1_024;

  private static final int RESERVED = 0x70;
  private static final int COMPRESSED = 0x40;

  private static final int CONTINUATION = 0;
  private static final int TEXT = 1;
  private static final int BINARY = 2;
  private static final int CLOSE = 8;
  private static final int PING = 9;
  private static final int PONG = 10;

  private final int maxMessage;
  private final Listener listener;

  /** Null: the client must not compress. */
  private final @Nullable MessageInflater inflater;

  // The head of the current frame.
  private final byte[] head = new byte[14];
  private int headLength;
  private int headSize = 2;
  private boolean inPayload;
  private int remaining;
  private int payloadLength;
  private int mask;

  // The message that the current data frame is part of.
  private int messageOpcode = CONTINUATION;
  private boolean isCompressed;
  private int fragments;
  private byte[] message = EMPTY;
  private int messageLength;

  /** How much of a text is known to be UTF-8: what is not is refused before its end has come. */
  private int checked;

  // A control frame may come between the frames of a message.
  private byte[] control = EMPTY;
  private boolean closed;

  /**
   * Makes a reader.
   *
   * @param maxMessage the largest message in bytes, as it is before it is compressed
   * @param inflater for what the client compresses; null: it must not
   */
  public WebSocketReader(int maxMessage, Listener listener, @Nullable MessageInflater inflater) {
    this.maxMessage = maxMessage;
    this.listener = listener;
    this.inflater = inflater;
  }

  /** Reads everything there is. {@code scratch} is used during the call only. */
  public void read(Source source, byte[] scratch) throws Violation {
    while (!closed && !listener.isHeld() && (inPayload || source.available() > 0)) {
      if (!inPayload && !readHead(source)) {
        return;
      }
      if (!readPayload(source, scratch)) {
        return;
      }
    }
  }

  private boolean readHead(Source source) throws Violation {
    while (headLength < headSize) {
      if (source.available() == 0) {
        return false;
      }
      head[headLength++] = source.next();
      if (headLength == 2) {
        checkFirstBytes();
      }
    }
    startPayload();
    return true;
  }

  private void checkFirstBytes() throws Violation {
    int opcode = head[0] & 0x0f;
    int length = head[1] & 0x7f;
    if ((head[0] & RESERVED) != 0 && !mayBeCompressed(opcode)) {
      throw violation("a reserved bit is set");
    }
    if (head[1] >= 0) {
      throw violation("the frame is not masked");
    }
    if (opcode >= CLOSE) {
      checkControl(opcode, length);
    } else if (opcode > BINARY) {
      throw violation("unknown opcode " + opcode);
    } else if ((opcode == CONTINUATION) == (messageOpcode == CONTINUATION)) {
      throw violation(
          opcode == CONTINUATION ? "nothing to continue" : "the message before is unfinished");
    }
    headSize = 6 + (length == 126 ? 2 : length == 127 ? 8 : 0);
  }

  /** The first frame of a message says so for the whole of it. */
  private boolean mayBeCompressed(int opcode) {
    return inflater != null
        && (head[0] & RESERVED) == COMPRESSED
        && (opcode == TEXT || opcode == BINARY);
  }

  private void checkControl(int opcode, int length) throws Violation {
    if (opcode > PONG) {
      throw violation("unknown opcode " + opcode);
    }
    if (head[0] >= 0) {
      throw violation("a control frame must not be fragmented");
    }
    if (length > 125) {
      throw violation("a control frame is at most 125 bytes long");
    }
  }

  private void startPayload() throws Violation {
    long length = length();
    int opcode = head[0] & 0x0f;
    if (opcode < CLOSE) {
      if (length > maxMessage - messageLength) {
        throw new Violation(CloseCode.TOO_LARGE, "a message is at most " + maxMessage + " bytes");
      }
      if (++fragments > MAX_FRAGMENTS) {
        throw new Violation(
            CloseCode.TOO_LARGE, "a message is at most " + MAX_FRAGMENTS + " frames long");
      }
      if (opcode != CONTINUATION) {
        messageOpcode = opcode;
        isCompressed = (head[0] & COMPRESSED) != 0;
      }
    }
    int at = headSize - 4;
    mask =
        (head[at] & 0xff)
            | (head[at + 1] & 0xff) << 8
            | (head[at + 2] & 0xff) << 16
            | (head[at + 3] & 0xff) << 24;
    payloadLength = (int) length;
    remaining = payloadLength;
    headLength = 0;
    headSize = 2;
    inPayload = true;
  }

  /** The announced length, which must be in its shortest form. */
  private long length() throws Violation {
    int shortLength = head[1] & 0x7f;
    if (shortLength < 126) {
      return shortLength;
    }
    int size = shortLength == 126 ? 2 : 8;
    long length = 0;
    for (int i = 0; i < size; i++) {
      length = length << 8 | (head[2 + i] & 0xff);
    }
    if (length < 0 || length < (size == 2 ? 126 : 65_536)) {
      throw violation("the length is not in its shortest form");
    }
    return length;
  }

  private boolean readPayload(Source source, byte[] scratch) throws Violation {
    if ((head[0] & 0x0f) >= CLOSE) {
      return readControl(source);
    }
    boolean isWhole = head[0] < 0 && messageLength == 0 && remaining == payloadLength;
    if (isWhole && source.available() >= payloadLength && payloadLength <= scratch.length) {
      source.take(scratch, 0, payloadLength);
      unmask(scratch, 0, payloadLength, mask);
      finishMessage(scratch, payloadLength);
      return true;
    }
    int length = Math.min(remaining, source.available());
    growMessage(messageLength + length);
    source.take(message, messageLength, length);
    unmask(message, messageLength, length, turned(payloadLength - remaining));
    messageLength += length;
    remaining -= length;
    if (messageOpcode == TEXT && !isCompressed) {
      checkText();
    }
    if (remaining > 0) {
      return false;
    }
    if (head[0] < 0) {
      finishMessage(message, messageLength);
    }
    inPayload = false;
    return true;
  }

  private void growMessage(int size) {
    if (size > message.length) {
      int larger = Math.max(FIRST_BUFFER, Math.max(size, Math.min(message.length * 2, maxMessage)));
      message = Arrays.copyOf(message, larger);
    }
  }

  private void checkText() throws Violation {
    checked += Utf8.valid(message, checked, messageLength - checked);
    if (!Utf8.isBeginning(message, checked, messageLength - checked)) {
      throw notUtf8();
    }
  }

  private static Violation notUtf8() {
    return new Violation(CloseCode.INVALID_TEXT, "a text message is not UTF-8");
  }

  private void finishMessage(byte[] bytes, int length) throws Violation {
    int opcode = messageOpcode;
    int valid = checked;
    checked = 0;
    inPayload = false;
    messageOpcode = CONTINUATION;
    messageLength = 0;
    fragments = 0;
    message = EMPTY;
    if (isCompressed && inflater != null) {
      int size = inflater.inflate(bytes, 0, length, maxMessage);
      deliver(opcode, inflater.output(), valid, size);
    } else {
      deliver(opcode, bytes, valid, length);
    }
  }

  private void deliver(int opcode, byte[] bytes, int valid, int length) throws Violation {
    if (opcode != TEXT) {
      listener.binary(bytes, 0, length);
      return;
    }
    if (!Utf8.isValid(bytes, valid, length - valid)) {
      throw notUtf8();
    }
    listener.text(bytes, 0, length);
  }

  private boolean readControl(Source source) throws Violation {
    if (control.length < payloadLength) {
      control = new byte[payloadLength];
    }
    int length = Math.min(remaining, source.available());
    source.take(control, payloadLength - remaining, length);
    remaining -= length;
    if (remaining > 0) {
      return false;
    }
    inPayload = false;
    byte[] bytes = control;
    control = EMPTY;
    unmask(bytes, 0, payloadLength, mask);
    switch (head[0] & 0x0f) {
      case PING -> listener.ping(bytes, 0, payloadLength);
      case PONG -> listener.pong();
      default -> close(bytes, payloadLength);
    }
    return true;
  }

  private void close(byte[] bytes, int length) throws Violation {
    closed = true;
    if (length == 0) {
      listener.close(CloseCode.NO_CODE, "");
      return;
    }
    if (length == 1) {
      throw violation("a Close frame with half a code");
    }
    int code = (bytes[0] & 0xff) << 8 | (bytes[1] & 0xff);
    if (!CloseCode.isValidFromPeer(code)) {
      throw violation("close code " + code + " must not be sent");
    }
    if (!Utf8.isValid(bytes, 2, length - 2)) {
      throw new Violation(CloseCode.INVALID_TEXT, "a close reason is not UTF-8");
    }
    listener.close(code, new String(bytes, 2, length - 2, StandardCharsets.UTF_8));
  }

  /** The mask for a part of the payload that begins at this place of it. */
  private int turned(int at) {
    return Integer.rotateRight(mask, (at & 3) * 8);
  }

  private static void unmask(byte[] bytes, int from, int length, int mask) {
    long wide = (mask & 0xffffffffL) | (long) mask << 32;
    int end = from + length;
    int i = from;
    for (; i + 8 <= end; i += 8) {
      LONGS.set(bytes, i, (long) LONGS.get(bytes, i) ^ wide);
    }
    for (int shift = 0; i < end; i++, shift += 8) {
      bytes[i] ^= (byte) (mask >>> (shift & 31));
    }
  }

  private static Violation violation(String what) {
    return new Violation(CloseCode.PROTOCOL_ERROR, what);
  }
}
