package dev.runar.internal.server;

import dev.runar.internal.broker.Burst;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;

/** WebSocket text frames, ready for the socket, behind one another in one buffer. */
final class NettyBurst implements Burst {
  private static final int FIRST_SIZE = 4_096;

  private final ByteBuf frames;
  private int messages;

  NettyBurst(ByteBufAllocator allocator) {
    frames = allocator.directBuffer(FIRST_SIZE);
  }

  @Override
  public void append(byte[] utf8) {
    Frames.head(frames, Frames.TEXT, utf8.length);
    frames.writeBytes(utf8);
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
