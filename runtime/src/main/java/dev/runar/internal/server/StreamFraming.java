package dev.runar.internal.server;

import dev.runar.internal.http.HttpResponse.MessageForm;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.nio.charset.StandardCharsets;

/**
 * How messages stand in the body of a response that goes on. Immutable.
 *
 * @param isChunked as HTTP/1.1 says where a body ends; HTTP/1.0 says it by the connection's end
 */
record StreamFraming(MessageForm form, boolean isChunked) {
  /** How many there are. */
  static final int COUNT = MessageForm.values().length * 2;

  /** The size of a chunk, which is written when it is known; zeros in front are allowed. */
  private static final byte[] SIZE = "00000000\r\n".getBytes(StandardCharsets.US_ASCII);

  private static final byte[] HEX = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] LAST = "0\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] DATA = "data: ".getBytes(StandardCharsets.US_ASCII);

  /** What a message grows by, at most, but for line breaks in it. */
  private static final int OVERHEAD = 32;

  /** Its place in tables, from 0 and below {@link #COUNT}. */
  int index() {
    int place =
        switch (form) {
          case EVENTS -> 0;
          case LINES -> 1;
          case BYTES -> 2;
        };
    return place * 2 + (isChunked ? 1 : 0);
  }

  /** One message by itself. */
  ByteBuf one(ByteBufAllocator allocator, byte[] message) {
    ByteBuf out = begun(allocator, message.length);
    append(out, message, message.length);
    return ended(out);
  }

  /** The end of the body. */
  ByteBuf last(ByteBufAllocator allocator) {
    return isChunked
        ? allocator.directBuffer(LAST.length).writeBytes(LAST)
        : allocator.directBuffer(0);
  }

  /** The messages of WebSocket frames, as one chunk. */
  ByteBuf of(ByteBuf frames) {
    ByteBuf out = begun(frames.alloc(), frames.readableBytes());
    Frames.forEach(frames, (opcode, message, length) -> append(out, message, length));
    return ended(out);
  }

  private ByteBuf begun(ByteBufAllocator allocator, int size) {
    ByteBuf out = allocator.directBuffer(size + OVERHEAD);
    return isChunked ? out.writeBytes(SIZE) : out;
  }

  private void append(ByteBuf out, byte[] message, int length) {
    switch (form) {
      case BYTES -> out.writeBytes(message, 0, length);
      case LINES -> out.writeBytes(message, 0, length).writeByte('\n');
      case EVENTS -> {
        event(out, message, length);
        out.writeByte('\n');
      }
    }
  }

  /** Each line of a message is a line of the event. */
  private static void event(ByteBuf out, byte[] message, int length) {
    int from = 0;
    for (int at = 0; at <= length; at++) {
      if (at == length || message[at] == '\n') {
        out.writeBytes(DATA).writeBytes(message, from, at - from).writeByte('\n');
        from = at + 1;
      }
    }
  }

  private ByteBuf ended(ByteBuf out) {
    if (!isChunked) {
      return out;
    }
    int size = out.readableBytes() - SIZE.length;
    if (size == 0) { // would be the end
      return out.clear();
    }
    for (int at = SIZE.length - 3; size != 0; at--) {
      out.setByte(out.readerIndex() + at, HEX[size & 0xf]);
      size >>>= 4;
    }
    return out.writeByte('\r').writeByte('\n');
  }
}
