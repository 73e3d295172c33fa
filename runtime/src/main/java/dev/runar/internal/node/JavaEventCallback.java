package dev.runar.internal.node;

import dev.runar.Event;
import dev.runar.EventContext;
import dev.runar.EventHandler;
import dev.runar.RunarException;
import dev.runar.RunarException.Code;
import dev.runar.internal.loop.Callback;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;

/** One event for a handler written in Java. Runs on a thread of the handler's queue. */
record JavaEventCallback(EventDelivery delivery, EventHandler handler, EventContext context)
    implements Callback {
  private static final Logger LOG = System.getLogger("dev.runar.node");

  @Override
  public void run() {
    Event event = delivery.event();
    try {
      delivery.begun();
      handler.handle(event, context);
      if (!delivery.isManual()) {
        delivery.handled();
      }
    } catch (Exception | Error e) {
      LOG.log(Level.ERROR, "event handler failed topic=" + event.topic(), e);
      delivery.failed(Failures.of(e));
    }
  }

  @Override
  public void abandon(RunarException reason) {
    delivery.failed(reason);
  }

  @Override
  public int size() {
    return delivery.event().payload().size();
  }

  /**
   * For {@code ack} and {@code nack}.
   *
   * @throws RunarException {@code INVALID_INPUT}
   */
  static void mustBeManual(EventDelivery delivery) {
    if (!delivery.isManual()) {
      throw new RunarException(
          Code.INVALID_INPUT,
          "event "
              + delivery.event().topic()
              + ": its subscription acknowledges by itself; subscribe with ack \"manual\" to do it"
              + " by ack() and nack()");
    }
  }
}
