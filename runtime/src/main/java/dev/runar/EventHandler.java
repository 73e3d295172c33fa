package dev.runar;

/**
 * Takes events in Java. Calls come one after the other, in the order of publication, on a virtual
 * thread; a handler may block, its own events then wait.
 */
@FunctionalInterface
public interface EventHandler {
  /**
   * Takes one event.
   *
   * @throws Exception is logged and counted as failed; the next event still arrives
   */
  void handle(Event event, EventContext context) throws Exception;
}
