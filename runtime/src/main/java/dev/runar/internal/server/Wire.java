package dev.runar.internal.server;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.ChannelPromise;
import io.netty.handler.ssl.SslHandler;
import java.net.InetSocketAddress;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The socket below one session. Event loop only, but for {@link #pendingBytes} and {@link
 * #remoteAddress}.
 *
 * <p>Ready-made bytes go straight to the socket: there is nothing between this and the head of the
 * pipeline, unless TLS is. A failed write is no concern of whoever wrote; the connection ends and
 * the session learns that.
 */
final class Wire {
  private final ChannelHandlerContext context;
  private final Channel channel;
  private final Loop loop;
  private final boolean isDirect;

  /** What TLS holds until it is flushed; it counts where it would wait without TLS. */
  private final AtomicLong unsealed = new AtomicLong();

  private long writtenBytes;

  Wire(ChannelHandlerContext context, Loop loop) {
    this.context = context;
    this.channel = context.channel();
    this.loop = loop;
    this.isDirect = channel.pipeline().get(SslHandler.class) == null;
  }

  /** Without TLS: what is written is what the socket gets. */
  boolean isDirect() {
    return isDirect;
  }

  ByteBufAllocator alloc() {
    return context.alloc();
  }

  void write(ByteBuf bytes) {
    writtenBytes += bytes.readableBytes();
    if (isDirect) {
      channel.unsafe().write(bytes, channel.unsafe().voidPromise());
    } else {
      unsealed.getAndAdd(bytes.readableBytes());
      var _ = context.write(bytes, context.voidPromise());
    }
  }

  void flush() {
    if (isDirect) {
      channel.unsafe().flush();
    } else {
      context.flush(); // what the client does not take is in the socket's own buffer from now on
      unsealed.set(0);
    }
  }

  /** Sends all, and tells when the client has taken it. */
  ChannelFuture drain() {
    return context.writeAndFlush(Unpooled.EMPTY_BUFFER);
  }

  /** Sends all, and calls back in a burst of its own when the client has taken it. */
  void whenDrained(Runnable callback) {
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

  /** Bytes that the client has not taken. Any thread. */
  long pendingBytes() {
    ChannelOutboundBuffer buffer = channel.unsafe().outboundBuffer();
    return buffer == null ? 0 : buffer.totalPendingWriteBytes() + unsealed.get();
  }

  /**
   * Bytes that the client has taken. What is pending of a message counts until all of it is taken;
   * its progress says how much is.
   */
  long takenBytes() {
    ChannelOutboundBuffer buffer = channel.unsafe().outboundBuffer();
    return buffer == null
        ? 0
        : writtenBytes - buffer.totalPendingWriteBytes() + buffer.currentProgress();
  }

  /** Reads from the client, or leaves it alone. */
  void read(boolean isRead) {
    channel.config().setAutoRead(isRead);
  }

  /** The client has a short time to read what was sent, and to close. */
  void expectEnd() {
    loop.expectEnd(channel);
  }

  /** Ends our half once all is sent: with unread input a full end would lose the rest. */
  void endOutput() {
    var _ = drain().addListener(done -> HalfClose.of(channel));
  }

  /** {@code host:port}. Any thread. */
  String remoteAddress() {
    return channel.remoteAddress() instanceof InetSocketAddress address
        ? address.getAddress().getHostAddress() + ":" + address.getPort()
        : "";
  }
}
