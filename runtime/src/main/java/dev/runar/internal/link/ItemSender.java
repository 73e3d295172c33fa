package dev.runar.internal.link;

import dev.runar.Delivery;
import dev.runar.Payload;
import dev.runar.RunarException;
import dev.runar.internal.node.Items;
import dev.runar.internal.node.Pipe;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Sends the items of a pipe to the JavaScript side once it reads them. Any thread; never blocks.
 *
 * <p>The pipe bounds how much is on its way: what is sent uses up its room until the other side
 * says that it was used.
 */
final class ItemSender {
  /** So much text goes at a time, and what is left of the items that reach beyond. */
  private static final int MAX_TEXT = 256 << 10;

  private final Peer peer;
  private final long id;
  private final int flags;
  private final Pipe pipe;
  private final Supplier<@Nullable Payload> endHead;

  /** How often there was something to look at and nobody has looked. */
  private final AtomicInteger wakes = new AtomicInteger();

  private boolean hasBegun; // by the thread that reads the link
  private volatile boolean isStopped;

  /** Is for whoever looks. */
  private @Nullable Items held;

  /**
   * A sender of one stream.
   *
   * @param endHead what the end says beside a failure
   */
  ItemSender(Peer peer, long id, int flags, Pipe pipe, Supplier<@Nullable Payload> endHead) {
    this.peer = peer;
    this.id = id;
    this.flags = flags;
    this.pipe = pipe;
    this.endHead = endHead;
  }

  /** The first time the reader has begun; later it has used so many items. */
  void room(int items) {
    if (hasBegun) {
      pipe.taken(Math.max(0, items));
    } else {
      hasBegun = true;
      wake();
    }
  }

  /** The reader has given up, or the exchange is over. Repeatable. */
  void stop() {
    isStopped = true;
    pipe.cancel();
  }

  private void wake() {
    if (wakes.getAndIncrement() > 0) {
      return;
    }
    int seen;
    do {
      seen = wakes.get();
      send();
    } while (wakes.addAndGet(-seen) > 0);
  }

  private void send() {
    for (Items items = next(); items != null; items = next()) {
      if (isStopped) {
        return;
      }
      post(items);
    }
    Pipe.End end = pipe.ended();
    if (end == null) {
      pipe.whenReadable(this::wake);
    } else if (!isStopped) {
      Frame last = end().withHead(endHead.get());
      if (end.failure() == null) {
        peer.outbox().postAnswer(last);
      } else {
        peer.tell(last, end.failure());
      }
    }
  }

  private @Nullable Items next() {
    Items items = held == null ? pipe.poll() : held;
    held = null;
    return items;
  }

  /** As many as are there and go together. */
  private void post(Items first) {
    if (first instanceof Items.One(var item) && item.kind() == Payload.Kind.BYTES) {
      post(1, item);
      return;
    }
    var text = new StringBuilder("[").append(text(first));
    boolean isRich = isRich(first);
    int count = first.count();
    while (text.length() < MAX_TEXT) {
      Items more = pipe.poll();
      if (more == null) {
        break;
      }
      if (more instanceof Items.One(var item) && item.kind() == Payload.Kind.BYTES) {
        held = more;
        break;
      }
      text.append(',').append(text(more));
      isRich |= isRich(more);
      count += more.count();
    }
    byte[] array = text.append(']').toString().getBytes(StandardCharsets.UTF_8);
    post(count, Payload.encoded(isRich ? Payload.Kind.RICH : Payload.Kind.JSON, array));
  }

  private void post(int count, Payload items) {
    Frame frame = new Frame(FrameKind.ITEMS, flags, count, 0, id, null, items);
    try {
      if (peer.outbox().postAnswer(frame) == Delivery.FULL) {
        giveUp(Peer.unread(frame));
      }
    } catch (RunarException e) {
      giveUp(e); // too large
    }
  }

  /** An item is lost: the reader is told, and what writes is stopped. */
  private void giveUp(RunarException why) {
    stop();
    peer.tell(end(), why);
  }

  private Frame end() {
    return Frame.of(FrameKind.END, id, null).withFlags(flags);
  }

  private static String text(Items items) {
    return switch (items) {
      case Items.Many(var _, var text, var _) -> text;
      case Items.One(var item) -> item.text();
    };
  }

  private static boolean isRich(Items items) {
    return switch (items) {
      case Items.Many(var kind, var _, var _) -> kind == Payload.Kind.RICH;
      case Items.One(var item) -> item.kind() == Payload.Kind.RICH;
    };
  }
}
