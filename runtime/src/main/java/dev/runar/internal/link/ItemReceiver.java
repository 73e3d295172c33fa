package dev.runar.internal.link;

import dev.runar.Delivery;
import dev.runar.Payload;
import dev.runar.RunarException;
import dev.runar.RunarException.Code;
import dev.runar.internal.node.Items;
import dev.runar.internal.node.Pipe;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Writes the items that the JavaScript side sends into a pipe, and tells it how many more there is
 * room for. Any thread; never blocks.
 */
final class ItemReceiver {
  private final Peer peer;
  private final long id;
  private final int flags;
  private final Pipe pipe;
  private int granted; // and not come; guarded by this
  private boolean waits; // for room; guarded by this
  private volatile boolean isOver;

  ItemReceiver(Peer peer, long id, int flags, Pipe pipe) {
    this.peer = peer;
    this.id = id;
    this.flags = flags;
    this.pipe = pipe;
  }

  void begin() {
    pipe.whenClosed(this::closed);
    grant();
  }

  /** Its answer has come, so nothing more does. */
  void over() {
    isOver = true;
  }

  private void closed() {
    if (!isOver) {
      peer.outbox().postReserved(Frame.of(FrameKind.STOP_ITEMS, id, null).withFlags(flags));
    }
  }

  private void grant() {
    int more;
    synchronized (this) {
      waits = false;
      more = pipe.room() - granted;
      if (more <= 0) {
        return;
      }
      granted += more;
    }
    peer.outbox().postReserved(new Frame(FrameKind.ROOM, flags, more, 0, id, null, null));
  }

  void items(Frame frame) {
    int count = Math.max(1, frame.target());
    boolean asks;
    synchronized (this) {
      granted -= count;
      asks = !waits && granted <= pipe.room() / 2;
      waits |= asks;
    }
    if (pipe.write(items(frame, count)) == Delivery.FULL) {
      pipe.fail(
          new RunarException(
              Code.PROTOCOL, "a stream has brought more items than there is room for"));
      return;
    }
    if (asks) {
      pipe.whenRoom(this::grant);
    }
  }

  private static Items items(Frame frame, int count) {
    Payload payload = frame.payloadOrNull();
    if (payload.kind() == Payload.Kind.BYTES) {
      return new Items.One(payload);
    }
    byte[] text = payload.encoded();
    if (text.length < 2 || text[0] != '[') {
      throw new RunarException(Code.INVALID_INPUT, "the items of a frame are no array");
    }
    String items = new String(text, 1, text.length - 2, StandardCharsets.UTF_8);
    return new Items.Many(payload.kind(), items, count);
  }

  /** The other side has written its last item, or has failed. */
  void end(@Nullable RunarException failure) {
    isOver = true;
    if (failure == null) {
      pipe.end();
    } else {
      pipe.fail(failure);
    }
  }
}
