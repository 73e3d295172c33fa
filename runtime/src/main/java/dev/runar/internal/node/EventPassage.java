package dev.runar.internal.node;

import dev.runar.Delivery;
import dev.runar.Event;
import dev.runar.RunarException;
import dev.runar.spi.Telemetry.Span;
import java.util.Map;

/** Events on their way to handlers of a node that has something around it. Any thread. */
record EventPassage(NodeCore core, Surroundings around, Spans spans) implements EventBus.Passage {
  /** If there is nothing around, nothing is on the way. */
  EventBus.Passage orStraight() {
    return spans.isOff() && !around.hasEvents() ? EventEndpoint::offer : this;
  }

  @Override
  public Delivery offer(EventEndpoint handler, EventDelivery delivery) {
    if (spans.isOff()) {
      return surrounded(handler, delivery);
    }
    Span span = spans.handle(delivery.event());
    Delivery answer = surrounded(handler, new Traced(delivery, spans, span));
    if (answer != Delivery.QUEUED) {
      spans.end(span, new RunarException(RunarException.Code.OVERLOADED, "refused: " + answer));
    }
    return answer;
  }

  private Delivery surrounded(EventEndpoint handler, EventDelivery delivery) {
    if (!around.hasEvents()) {
      return handler.offer(delivery);
    }
    var ofNobody = new ServiceScope(core.config().networkId(), "");
    return SurroundedDelivery.offer(
        delivery, handler, around, new JavaEventContext(delivery, core, ofNobody));
  }

  /** Ends its span when it is settled. */
  private record Traced(EventDelivery delivery, Spans spans, Span span) implements EventDelivery {
    @Override
    public Event event() {
      return delivery.event();
    }

    @Override
    public Map<String, String> pathParams() {
      return delivery.pathParams();
    }

    @Override
    public boolean isPast() {
      return delivery.isPast();
    }

    @Override
    public void handled() {
      spans.end(span, null);
      delivery.handled();
    }

    @Override
    public void failed(RunarException error) {
      spans.end(span, error);
      delivery.failed(error);
    }
  }
}
