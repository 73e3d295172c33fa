package dev.runar.internal.server;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.util.zip.Deflater;

/**
 * Makes frames of messages that are compressed one by one (RFC 7692 with {@code
 * server_no_context_takeover}), so one serves all connections of an event loop. Its thread only.
 */
final class MessageDeflater implements AutoCloseable {
  /** Of fewer bytes than these nothing much is gained. */
  static final int WORTHWHILE = 1_024;

  /** Each compressed message ends with these four bytes, 0 0 ff ff, which are not sent. */
  private static final int TAIL = 4;

  /** The reserved bit that says it. */
  private static final int COMPRESSED = 0x40;

  private static final int KEPT = 64 << 10;

  private final Deflater deflater = new Deflater(Deflater.BEST_SPEED, true);
  private byte[] output = new byte[KEPT];

  /** One frame, compressed if that makes it smaller. */
  ByteBuf frame(ByteBufAllocator allocator, int opcode, byte[] payload) {
    ByteBuf out = allocator.directBuffer(Frames.MAX_HEAD + payload.length);
    append(out, opcode, payload, payload.length);
    shrink();
    return out;
  }

  /** The same frames in their order, each compressed if that makes it smaller. */
  ByteBuf compress(ByteBuf frames) {
    ByteBuf out = frames.alloc().directBuffer(frames.readableBytes());
    Frames.forEach(frames, (opcode, payload, length) -> append(out, opcode, payload, length));
    shrink();
    return out;
  }

  private void append(ByteBuf out, int opcode, byte[] payload, int length) {
    int size = length < WORTHWHILE ? -1 : deflate(payload, length);
    if (size < 0) {
      Frames.head(out, opcode, length);
      out.writeBytes(payload, 0, length);
    } else {
      Frames.head(out, COMPRESSED | opcode, size);
      out.writeBytes(output, 0, size);
    }
  }

  /** The bytes in {@link #output}, or -1 if they would not be fewer. */
  private int deflate(byte[] payload, int length) {
    if (output.length < length) {
      output = new byte[length];
    }
    try {
      deflater.setInput(payload, 0, length);
      int size = deflater.deflate(output, 0, length, Deflater.SYNC_FLUSH);
      return size < length ? size - TAIL : -1; // full: there may be more
    } finally {
      deflater.reset();
    }
  }

  /** What a single large message needed is given back. */
  private void shrink() {
    if (output.length > KEPT) {
      output = new byte[KEPT];
    }
  }

  @Override
  public void close() {
    deflater.end();
  }
}
