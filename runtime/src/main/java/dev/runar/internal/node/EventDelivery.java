package dev.runar.internal.node;

import dev.runar.Event;
import dev.runar.RunarException;
import java.util.Map;

/** One event on its way to one handler. Settled exactly once. Any thread. */
public interface EventDelivery {
  Event event();

  /** The values of the pattern's {@code {name}} segments. */
  Map<String, String> pathParams();

  /** Published before its handler subscribed, and retained. */
  default boolean isPast() {
    return false;
  }

  /** The handler has finished. */
  void handled();

  /** The handler threw, or the event could not be run after it was queued. */
  void failed(RunarException error);
}
