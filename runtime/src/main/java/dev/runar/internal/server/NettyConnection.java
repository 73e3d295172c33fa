package dev.runar.internal.server;

import dev.runar.internal.broker.Burst;
import dev.runar.internal.broker.Connection;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.ChannelPromise;
import io.netty.handler.ssl.SslHandler;
import java.net.InetSocketAddress;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The wire of one session, and how it ends. Event loop only, where {@link Connection} does not say
 * otherwise.
 *
 * <p>Ready-made frames go straight to the socket: there is nothing between this and the head of the
 * pipeline, unless TLS is. A failed write is no concern of whoever wrote; the connection ends and
 * the session learns that.
 */
final class NettyConnection implements Connection {

  /** How far the closing handshake has come. */
  private enum Stage {
    OPEN,
    /** Our Close frame is on its way; the client's is awaited. */
    CLOSING,
    /** Nothing more is said. */
    ENDED
  }

  private final ChannelHandlerContext context;
  private final Channel channel;
  private final Loop loop;
  private final boolean isDirect;
  private final boolean compresses;
  private final Runnable onResume;

  /** What TLS holds until it is flushed; it counts where it would wait without TLS. */
  private final AtomicLong unsealed = new AtomicLong();

  private Stage stage = Stage.OPEN;
  private long writtenBytes;

  /**
   * The wire of a session.
   *
   * @param compresses what is sent may be compressed, as its client has agreed to
   * @param onResume told when the client is to be read again, as it is to the end once it is closed
   */
  NettyConnection(ChannelHandlerContext context, Loop loop, boolean compresses, Runnable onResume) {
    this.context = context;
    this.channel = context.channel();
    this.loop = loop;
    this.compresses = compresses;
    this.onResume = onResume;
    this.isDirect = channel.pipeline().get(SslHandler.class) == null;
  }

  @Override
  public void write(Burst burst) {
    if (stage == Stage.OPEN) {
      NettyBurst ready = (NettyBurst) burst;
      write(shared(ready));
    }
  }

  private ByteBuf shared(NettyBurst burst) {
    if (compresses) {
      ByteBuf frames = burst.shareCompressed(loop.deflater());
      return isDirect ? frames : frames.asReadOnly();
    }
    return isDirect ? burst.share() : burst.shareSealed();
  }

  @Override
  public void writeText(byte[] utf8) {
    writeMessage(Frames.TEXT, utf8);
  }

  private void writeMessage(int opcode, byte[] bytes) {
    if (stage == Stage.OPEN) {
      write(
          compresses
              ? loop.deflater().frame(context.alloc(), opcode, bytes)
              : Frames.frame(context.alloc(), opcode, bytes));
    }
  }

  @Override
  public void writeBinary(byte[] bytes) {
    writeMessage(Frames.BINARY, bytes);
  }

  @Override
  public void writePing() {
    if (stage == Stage.OPEN) {
      write(Frames.frame(context.alloc(), Frames.PING, new byte[0]));
    }
  }

  void writePong(byte[] bytes, int from, int length) {
    if (stage == Stage.OPEN) {
      write(Frames.frame(context.alloc(), Frames.PONG, bytes, from, length));
    }
  }

  private void write(ByteBuf frames) {
    writtenBytes += frames.readableBytes();
    if (isDirect) {
      channel.unsafe().write(frames, channel.unsafe().voidPromise());
    } else {
      unsealed.getAndAdd(frames.readableBytes());
      var _ = context.write(frames, context.voidPromise());
    }
  }

  @Override
  public void flush() {
    if (isDirect) {
      channel.unsafe().flush();
    } else {
      context.flush(); // what the client does not take is in the socket's own buffer from now on
      unsealed.set(0);
    }
  }

  @Override
  public void whenDrained(Runnable callback) {
    if (stage != Stage.OPEN) {
      return;
    }
    ChannelPromise taken = channel.newPromise();
    taken.addListener(
        done -> {
          if (done.isSuccess()) {
            channel.eventLoop().execute(() -> inBurst(callback));
          }
        });
    if (isDirect) {
      channel.unsafe().write(Unpooled.EMPTY_BUFFER, taken);
    } else {
      var _ = context.write(Unpooled.EMPTY_BUFFER, taken);
    }
    flush();
  }

  private void inBurst(Runnable callback) {
    loop.lane().beginBurst();
    try {
      callback.run();
    } finally { // or the lane would never wake again
      loop.lane().endBurst();
    }
  }

  @Override
  public long pendingBytes() {
    ChannelOutboundBuffer buffer = channel.unsafe().outboundBuffer();
    return buffer == null ? 0 : buffer.totalPendingWriteBytes() + unsealed.get();
  }

  /**
   * What is pending of a message counts until all of it is taken; its progress says how much is.
   */
  @Override
  public long takenBytes() {
    ChannelOutboundBuffer buffer = channel.unsafe().outboundBuffer();
    return buffer == null
        ? 0
        : writtenBytes - buffer.totalPendingWriteBytes() + buffer.currentProgress();
  }

  @Override
  public void close(int code, String reason) {
    if (stage != Stage.OPEN) {
      return;
    }
    stage = Stage.CLOSING;
    var _ =
        context.writeAndFlush(Frames.close(context.alloc(), code, reason), context.voidPromise());
    loop.expectEnd(channel);
    onResume.run(); // it may be behind what was kept
    channel.config().setAutoRead(true); // the client's own Close frame must be seen
  }

  /** The client has closed: its code is given back, unless it answers ours. Then all is said. */
  void closedByClient(int code) {
    if (stage == Stage.CLOSING) {
      stage = Stage.ENDED;
      var _ = context.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE);
      return;
    }
    end(code, "");
  }

  /** The client broke the protocol: it is told so and not listened to any more. */
  void refuse(int code, String reason) {
    end(code, reason);
  }

  /**
   * Only our half: closing both with unread input would reset the connection and lose the frame.
   */
  private void end(int code, String reason) {
    if (stage == Stage.OPEN) {
      write(Frames.close(context.alloc(), code, reason));
      loop.expectEnd(channel);
      onResume.run();
      channel.config().setAutoRead(true); // so that the client's end is seen
    }
    stage = Stage.ENDED;
    var _ = context.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(done -> HalfClose.of(channel));
  }

  /** Our Close frame is on its way, and the client has not answered it. */
  boolean isClosing() {
    return stage == Stage.CLOSING;
  }

  /** The client is not heard any more, not even its Close frame. */
  void stopReading() {
    channel.config().setAutoRead(false);
  }

  boolean isEnded() {
    return stage == Stage.ENDED;
  }

  @Override
  public void pauseReading() {
    if (stage == Stage.OPEN) {
      channel.config().setAutoRead(false);
    }
  }

  @Override
  public void resumeReading() {
    if (stage == Stage.OPEN) { // who is closed is read or not for reasons of its own
      onResume.run();
      channel.config().setAutoRead(true);
    }
  }

  @Override
  public String remoteAddress() {
    return channel.remoteAddress() instanceof InetSocketAddress address
        ? address.getAddress().getHostAddress() + ":" + address.getPort()
        : "";
  }
}
