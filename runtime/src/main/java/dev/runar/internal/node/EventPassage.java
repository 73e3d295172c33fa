package dev.runar.internal.node;

import dev.runar.Delivery;
import dev.runar.Event;
import dev.runar.RunarException;
import dev.runar.spi.Telemetry.Span;
import dev.runar.spi.TraceContext;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * What events go through in front of handlers: nothing, in a node that has nothing around it. Any
 * thread.
 */
record EventPassage(NodeCore core, Surroundings around, Spans spans)
    implements UnaryOperator<EventEndpoint> {

  @Override
  public EventEndpoint apply(EventEndpoint handler) {
    return spans.isOff() && !around.hasEvents() ? handler : new Passing(handler);
  }

  private final class Passing implements EventEndpoint {
    private final EventEndpoint handler;

    Passing(EventEndpoint handler) {
      this.handler = handler;
    }

    @Override
    public Delivery offer(EventDelivery delivery) {
      if (spans.isOff()) {
        return surrounded(delivery);
      }
      Span span = spans.handle(delivery.event());
      Delivery answer = surrounded(new Traced(delivery, span));
      if (answer != Delivery.QUEUED) {
        spans.end(span, new RunarException(RunarException.Code.OVERLOADED, "refused: " + answer));
      }
      return answer;
    }

    private Delivery surrounded(EventDelivery delivery) {
      if (!around.hasEvents()) {
        return handler.offer(delivery);
      }
      var ofNobody = new ServiceScope(core.config().networkId(), "");
      return SurroundedDelivery.offer(
          delivery, handler, around, new JavaEventContext(delivery, core, ofNobody));
    }

    @Override
    public String owner() {
      return handler.owner();
    }

    @Override
    public int lane(Event event) {
      return handler.lane(event);
    }
  }

  /** The event at its span's place in the trace; ends the span when it is settled. */
  private final class Traced extends ForwardingDelivery {
    private final Event event;
    private final Span span;

    Traced(EventDelivery delivery, Span span) {
      super(delivery);
      this.event = at(span.context(), delivery.event());
      this.span = span;
    }

    private static Event at(Optional<TraceContext> place, Event event) {
      return place.isEmpty()
          ? event
          : new Event(
              event.id(),
              event.topic(),
              event.payload(),
              event.timestampMs(),
              event.meta(),
              place.get());
    }

    @Override
    public Event event() {
      return event;
    }

    @Override
    public void handled() {
      spans.end(span, null);
      super.handled();
    }

    @Override
    public void failed(RunarException error) {
      spans.end(span, error);
      super.failed(error);
    }
  }
}
