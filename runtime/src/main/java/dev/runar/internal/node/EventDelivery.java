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

  /** How often it has been tried, this time included. */
  default int attempt() {
    return 1;
  }

  /** Whether it is handled when the handler says so, and not when the handler has finished. */
  default boolean isManual() {
    return false;
  }

  /** The handler is about to be called. */
  default void begun() {}

  /** Runs a callback, on any thread, when it is over without the handler: its time has run out. */
  default void whenOver(Runnable callback) {}

  /** The handler has finished. */
  void handled();

  /** The handler threw, or the event could not be run after it was queued. */
  void failed(RunarException error);
}
