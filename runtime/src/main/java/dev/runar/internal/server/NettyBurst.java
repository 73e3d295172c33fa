package dev.runar.internal.server;

import dev.runar.internal.broker.Burst;
import dev.runar.internal.broker.WireMessage;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;

/** WebSocket frames, ready for the socket, behind one another in one buffer. */
final class NettyBurst implements Burst {
  private static final int FIRST_SIZE = 4_096;

  private final ByteBuf frames;
  private int messages;

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
    frames.retain();
  }

  @Override
  public void release() {
    frames.release();
  }

  /** The same bytes for one more connection. */
  ByteBuf share() {
    return frames.retainedDuplicate();
  }

  /** The same, for who would write what comes next behind them: TLS fills its records so. */
  ByteBuf shareSealed() {
    return frames.asReadOnly().retainedDuplicate();
  }
}
