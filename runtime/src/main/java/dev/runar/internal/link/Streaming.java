package dev.runar.internal.link;

import org.jspecify.annotations.Nullable;

/** An exchange that may have streams. Any thread. */
interface Streaming {
  /** Where items of the other side go; null: it sends none that way. */
  @Nullable ItemReceiver receiver(boolean isInput);

  /** Where items for the other side come from; null: it gets none that way. */
  @Nullable ItemSender sender(boolean isInput);
}
