package dev.runar.internal.server;

import io.netty.channel.Channel;
import java.util.ArrayDeque;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/**
 * Connections that must be done with something in time, all with the same time to do it: no timer
 * for each. Event loop only.
 */
final class Deadlines {

  /** One connection's deadline. */
  static final class Deadline {
    private final long nanos;
    private @Nullable Channel channel;

    Deadline(long nanos, Channel channel) {
      this.nanos = nanos;
      this.channel = channel;
    }

    /** It was met. */
    void met() {
      channel = null;
    }
  }

  private final long allowedNanos;
  private final Queue<Deadline> queue = new ArrayDeque<>(); // the earliest first

  Deadlines(long allowedNanos) {
    this.allowedNanos = allowedNanos;
  }

  Deadline start(Channel channel, long now) {
    var deadline = new Deadline(now + allowedNanos, channel);
    queue.add(deadline);
    return deadline;
  }

  /** Closes the connections whose deadline has passed. */
  void sweep(long now) {
    for (Deadline first = queue.peek(); first != null; first = queue.peek()) {
      if (first.channel != null && first.nanos - now > 0) {
        return;
      }
      queue.remove();
      if (first.channel != null) {
        var _ = first.channel.close();
      }
    }
  }
}
