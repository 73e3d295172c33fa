package dev.runar.internal.server;

import dev.runar.internal.protocol.CloseCode;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** The frames that a server sends: whole, unmasked, without extensions. Stateless. */
final class Frames {
  static final int TEXT = 1;
  static final int BINARY = 2;
  static final int CLOSE = 8;
  static final int PING = 9;
  static final int PONG = 10;

  private static final int FINAL = 0x80;
  private static final int OPCODE = 0x0f;
  static final int MAX_HEAD = 10;
  private static final int MAX_REASON = 123;
  private static final byte[] NOTHING = {};

  private Frames() {}

  /** The head of a frame whose payload follows. */
  static void head(ByteBuf out, int opcode, int length) {
    out.writeByte(FINAL | opcode);
    if (length < 126) {
      out.writeByte(length);
    } else if (length < 65_536) {
      out.writeByte(126).writeShort(length);
    } else {
      out.writeByte(127).writeLong(length);
    }
  }

  static ByteBuf frame(ByteBufAllocator allocator, int opcode, byte[] payload) {
    return frame(allocator, opcode, payload, 0, payload.length);
  }

  static ByteBuf frame(
      ByteBufAllocator allocator, int opcode, byte[] payload, int from, int length) {
    ByteBuf out = allocator.directBuffer(MAX_HEAD + length);
    head(out, opcode, length);
    return out.writeBytes(payload, from, length);
  }

  static ByteBuf close(ByteBufAllocator allocator, int code, String reason) {
    if (code == CloseCode.NO_CODE) {
      return frame(allocator, CLOSE, NOTHING);
    }
    byte[] text = cut(reason);
    ByteBuf out = allocator.directBuffer(MAX_HEAD + 2 + text.length);
    head(out, CLOSE, 2 + text.length);
    return out.writeShort(code).writeBytes(text);
  }

  /** What a frame holds. */
  interface Message {
    /**
     * Takes it.
     *
     * @param payload valid during the call, up to {@code length}
     */
    void take(int opcode, byte[] payload, int length);
  }

  /** Hands over what is in frames that were made here. */
  static void forEach(ByteBuf frames, Message taker) {
    byte[] payload = NOTHING;
    int at = frames.readerIndex();
    while (at < frames.writerIndex()) {
      int opcode = frames.getByte(at) & OPCODE;
      int length = frames.getByte(at + 1);
      at += 2;
      if (length == 126) {
        length = frames.getUnsignedShort(at);
        at += 2;
      } else if (length == 127) {
        length = (int) frames.getLong(at);
        at += 8;
      }
      if (payload.length < length) {
        payload = new byte[length];
      }
      frames.getBytes(at, payload, 0, length);
      taker.take(opcode, payload, length);
      at += length;
    }
  }

  /** At most what a Close frame holds, and whole characters. */
  private static byte[] cut(String reason) {
    byte[] text = reason.getBytes(StandardCharsets.UTF_8);
    if (text.length <= MAX_REASON) {
      return text;
    }
    int end = MAX_REASON;
    while ((text[end] & 0xc0) == 0x80) {
      end--;
    }
    return Arrays.copyOf(text, end);
  }
}
