package dev.runar.internal.node;

import dev.runar.Event;
import dev.runar.RunarException;
import java.util.Map;

/** A delivery as something in front of its handler sees it: another one in all, until it says. */
class ForwardingDelivery implements EventDelivery {
  private final EventDelivery delivery;

  ForwardingDelivery(EventDelivery delivery) {
    this.delivery = delivery;
  }

  @Override
  public Event event() {
    return delivery.event();
  }

  @Override
  public final Map<String, String> pathParams() {
    return delivery.pathParams();
  }

  @Override
  public final boolean isPast() {
    return delivery.isPast();
  }

  @Override
  public final int attempt() {
    return delivery.attempt();
  }

  @Override
  public final boolean isManual() {
    return delivery.isManual();
  }

  @Override
  public final void begun() {
    delivery.begun();
  }

  @Override
  public void whenOver(Runnable callback) {
    delivery.whenOver(callback);
  }

  @Override
  public void handled() {
    delivery.handled();
  }

  @Override
  public void failed(RunarException error) {
    delivery.failed(error);
  }
}
