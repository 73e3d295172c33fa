package dev.runar.internal.link;

import org.jspecify.annotations.Nullable;

/** An exchange that may have streams. Any thread. */
interface Streaming {
  /** Where items of the other side go; null: it sends none that way. */
  @Nullable ItemReceiver receiver(boolean isInput);

  /** The items have a head, which says something of all of them. */
  default void said(Frame items) {}

  /** Where items for the other side come from; null: it gets none that way. */
  @Nullable ItemSender sender(boolean isInput);

  /** A frame about one of its streams. By the thread that reads the link. */
  default void take(Frame frame) {
    ItemReceiver receiver = receiver(frame.isInput());
    ItemSender sender = sender(frame.isInput());
    switch (frame.kind()) {
      case ITEMS -> {
        if (receiver != null) {
          if (frame.head() != null) {
            said(frame);
          }
          receiver.items(frame);
        }
      }
      case END -> {
        if (receiver != null) {
          receiver.end(frame.payload() == null ? null : Peer.failureOf(frame));
        }
      }
      case ROOM -> {
        if (sender != null) {
          sender.room(frame.target());
        }
      }
      default -> {
        if (sender != null) {
          sender.stop();
        }
      }
    }
  }
}
