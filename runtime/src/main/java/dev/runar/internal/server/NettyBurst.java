package dev.runar.internal.server;

import dev.runar.internal.broker.Burst;
import dev.runar.internal.broker.WireMessage;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import org.jspecify.annotations.Nullable;

/**
 * WebSocket frames, ready for the socket, behind one another in one buffer; and in another, made
 * when the first asks for it, compressed.
 */
final class NettyBurst implements Burst {
  private static final int FIRST_SIZE = 4_096;

  private final ByteBuf frames;
  private @Nullable ByteBuf compressed;

  /** The same as parts of HTTP bodies, each made when the first asks for it. */
  private @Nullable ByteBuf @Nullable [] streamed;

  private int messages;

  /** It is kept for so many. */
  private int holders = 1;

  NettyBurst(ByteBufAllocator allocator) {
    frames = allocator.directBuffer(FIRST_SIZE);
  }

  @Override
  public void append(WireMessage message) {
    byte[] bytes = message.bytes();
    Frames.head(frames, message.isBinary() ? Frames.BINARY : Frames.TEXT, bytes.length);
    frames.writeBytes(bytes);
    messages++;
  }

  @Override
  public int bytes() {
    return frames.readableBytes();
  }

  @Override
  public int messages() {
    return messages;
  }

  @Override
  public void retain() {
    holders++;
  }

  @Override
  public void release() {
    if (--holders > 0) {
      return;
    }
    frames.release();
    if (compressed != null) {
      compressed.release();
    }
    if (streamed != null) {
      for (ByteBuf each : streamed) {
        if (each != null) {
          each.release();
        }
      }
    }
  }

  /** The same bytes for one more connection. */
  ByteBuf share() {
    return frames.retainedDuplicate();
  }

  /** As {@link #share}, for a client that takes them compressed. Nothing is appended after it. */
  ByteBuf shareCompressed(MessageDeflater deflater) {
    if (compressed == null) {
      compressed = deflater.compress(frames);
    }
    return compressed.retainedDuplicate();
  }

  /** The same messages, as a part of the body of a response. Nothing is appended after it. */
  ByteBuf shareStreamed(StreamFraming framing) {
    if (streamed == null) {
      streamed = new ByteBuf[StreamFraming.COUNT];
    }
    ByteBuf made = streamed[framing.index()];
    if (made == null) {
      made = framing.of(frames);
      streamed[framing.index()] = made;
    }
    return made.retainedDuplicate();
  }

  /** The same, for who would write what comes next behind them: TLS fills its records so. */
  ByteBuf shareSealed() {
    return frames.asReadOnly().retainedDuplicate();
  }
}
