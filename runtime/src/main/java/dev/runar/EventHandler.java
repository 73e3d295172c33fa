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

  /** A handler of events whose payload fits a class; one that does not fit counts as failed. */
  static <T> EventHandler of(Class<T> type, Typed<T> handler) {
    return (event, context) -> handler.handle(event.payload().as(type), context);
  }

  /** Takes events whose payload fits a class. */
  @FunctionalInterface
  interface Typed<T> {
    /** As {@link EventHandler#handle}. */
    void handle(T event, EventContext context) throws Exception;
  }
}
