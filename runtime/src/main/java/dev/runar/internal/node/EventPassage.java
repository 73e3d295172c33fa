package dev.runar.internal.node;

import dev.runar.Delivery;
import dev.runar.Event;
import dev.runar.RunarException;
import dev.runar.RunarException.Code;
import dev.runar.spi.Telemetry.Span;
import java.util.Map;
import java.util.function.UnaryOperator;

/** Puts around event handlers what the node has around it. Immutable; any thread. */
record EventPassage(NodeCore core, Surroundings around, Spans spans) {
  /** Around each handler, or nothing if there is nothing to put there. */
  UnaryOperator<EventEndpoint> orStraight() {
    return spans.isOff() && !around.hasEvents() ? handler -> handler : Surrounded::new;
  }

  /** A handler with something around it. */
  private final class Surrounded implements EventEndpoint {
    private final EventEndpoint handler;

    Surrounded(EventEndpoint handler) {
      this.handler = handler;
    }

    @Override
    public String owner() {
      return handler.owner();
    }

    @Override
    public int lane(Event event) {
      return handler.lane(event);
    }

    @Override
    public Delivery offer(EventDelivery delivery) {
      if (spans.isOff()) {
        return surrounded(delivery);
      }
      Span span = spans.handle(delivery.event());
      Delivery answer = surrounded(new Traced(delivery, spans, span));
      if (answer != Delivery.QUEUED) {
        spans.end(span, new RunarException(Code.OVERLOADED, "refused: " + answer));
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
    public int attempt() {
      return delivery.attempt();
    }

    @Override
    public boolean isManual() {
      return delivery.isManual();
    }

    @Override
    public void begun() {
      delivery.begun();
    }

    @Override
    public void whenOver(Runnable callback) {
      delivery.whenOver(callback);
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
