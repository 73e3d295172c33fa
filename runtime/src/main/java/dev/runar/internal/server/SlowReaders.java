package dev.runar.internal.server;

import io.netty.channel.Channel;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelOutboundBuffer;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Connections that bytes wait for: one that takes none of them in time is given up. It is not the
 * whole answer that has a deadline, but each step of its client, and none while nothing waits.
 * Event loop only.
 */
final class SlowReaders {
  private final long allowedNanos;
  private final Set<Watch> watches = new LinkedHashSet<>();

  SlowReaders(long allowedNanos) {
    this.allowedNanos = allowedNanos;
  }

  /**
   * Watches a connection until the watch is ended.
   *
   * @param givenUp runs when the connection is given up, before it is reset
   */
  Watch watch(Channel channel, Runnable givenUp) {
    var watch = new Watch(channel, givenUp, System.nanoTime());
    watches.add(watch);
    return watch;
  }

  void sweep(long now) {
    for (Watch watch : List.copyOf(watches)) {
      if (watch.stalledNanos(now) > allowedNanos) {
        watch.giveUp();
      }
    }
  }

  /** What one connection has taken. */
  final class Watch {
    private final Channel channel;
    private final Runnable givenUp;
    private long pending = -1;
    private long progress;
    private long sinceNanos;

    private Watch(Channel channel, Runnable givenUp, long now) {
      this.channel = channel;
      this.givenUp = givenUp;
      this.sinceNanos = now;
    }

    /** Its answer is written, or its client has gone. Repeatable. */
    void end() {
      watches.remove(this);
    }

    /** How long bytes have waited and none was taken; 0: none waits. */
    private long stalledNanos(long now) {
      ChannelOutboundBuffer buffer = channel.unsafe().outboundBuffer();
      if (buffer == null || buffer.isEmpty()) {
        pending = -1;
        sinceNanos = now;
        return 0;
      }
      // A message counts as pending until all of it is taken; its progress says how much was.
      long nowPending = buffer.totalPendingWriteBytes();
      long nowProgress = buffer.currentProgress();
      if (nowPending != pending || nowProgress != progress) {
        pending = nowPending;
        progress = nowProgress;
        sinceNanos = now;
      }
      return now - sinceNanos;
    }

    /** Resets it: an end in good order could be taken for the end of the answer. */
    private void giveUp() {
      end();
      givenUp.run();
      var _ = channel.config().setOption(ChannelOption.SO_LINGER, 0);
      var _ = channel.close();
    }
  }
}
