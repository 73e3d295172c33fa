package dev.runar.internal.server;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import java.nio.charset.StandardCharsets;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Flow;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Writes a body that is still being made, no faster than the client reads: parts are asked for
 * while the channel takes more. Parts come on any thread; everything else is the event loop's.
 */
final class StreamWriter implements Flow.Subscriber<byte[]> {
  /** Parts that may be on their way. */
  private static final int WINDOW = 32;

  /** How the whole ended. */
  private enum End {
    COMPLETE,
    /** In the middle: the client has to see that. */
    FAILED
  }

  private final ChannelHandlerContext context;
  private final boolean chunked;
  private final Consumer<ChannelFuture> whenWritten;

  // Any thread.
  private final Queue<byte[]> parts = new ConcurrentLinkedQueue<>(); // at most WINDOW and one more
  private final AtomicBoolean scheduled = new AtomicBoolean();
  private volatile @Nullable End end;

  // Event loop.
  private Flow.@Nullable Subscription source;
  private int expected;
  private boolean done;

  /**
   * A writer of one body.
   *
   * @param chunked false: the end of the connection is the end of the body
   * @param whenWritten hears of the last write of a whole body
   */
  StreamWriter(
      ChannelHandlerContext context, boolean chunked, Consumer<ChannelFuture> whenWritten) {
    this.context = context;
    this.chunked = chunked;
    this.whenWritten = whenWritten;
  }

  @Override
  public void onSubscribe(Flow.Subscription subscription) {
    source = subscription;
    more();
  }

  @Override
  public void onNext(byte[] part) {
    parts.add(part);
    schedule();
  }

  @Override
  public void onComplete() {
    end = End.COMPLETE;
    schedule();
  }

  @Override
  public void onError(Throwable error) {
    end = End.FAILED;
    schedule();
  }

  private void schedule() {
    if (scheduled.compareAndSet(false, true)) {
      try {
        context.executor().execute(this::drain);
      } catch (RejectedExecutionException e) { // the connection is gone with its event loop
        parts.clear();
      }
    }
  }

  private void drain() {
    scheduled.set(false);
    End known = end; // before the parts: none comes after it
    for (byte[] part = parts.poll(); part != null; part = parts.poll()) {
      expected = Math.max(0, expected - 1);
      if (!done && part.length > 0) {
        var _ = context.write(chunk(part), context.voidPromise());
      }
    }
    if (done) {
      return;
    }
    if (known == null) {
      context.flush();
      more();
      return;
    }
    finish(known);
  }

  private void finish(End how) {
    done = true;
    if (how == End.FAILED) {
      context.flush();
      var _ = context.close();
      return;
    }
    ByteBuf last = context.alloc().directBuffer(5);
    if (chunked) {
      last.writeBytes("0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
    }
    whenWritten.accept(context.writeAndFlush(last));
  }

  /** The channel takes more again, or may. */
  void more() {
    Flow.Subscription from = source;
    if (from == null || done || expected > WINDOW / 2 || !context.channel().isWritable()) {
      return;
    }
    int count = WINDOW - expected;
    expected = WINDOW;
    from.request(count);
  }

  /** The client has gone. */
  void cancel() {
    done = true;
    parts.clear();
    if (source != null) {
      source.cancel();
    }
  }

  /** Ends the body here, as if it were whole: its client begins anew elsewhere. */
  void cutShort() {
    if (!done) {
      if (source != null) {
        source.cancel();
      }
      finish(End.COMPLETE);
    }
  }

  private ByteBuf chunk(byte[] part) {
    if (!chunked) {
      return context.alloc().directBuffer(part.length).writeBytes(part);
    }
    byte[] size = (Integer.toHexString(part.length) + "\r\n").getBytes(StandardCharsets.US_ASCII);
    return context
        .alloc()
        .directBuffer(size.length + part.length + 2)
        .writeBytes(size)
        .writeBytes(part)
        .writeByte('\r')
        .writeByte('\n');
  }
}
