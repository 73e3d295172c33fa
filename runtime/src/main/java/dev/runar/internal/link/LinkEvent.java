package dev.runar.internal.link;

import dev.runar.Event;
import dev.runar.Payload;
import dev.runar.PublishOptions;
import dev.runar.RequestOptions;
import dev.runar.RunarException;
import dev.runar.internal.link.Exchanges.Exchange;
import dev.runar.internal.node.EventDelivery;
import dev.runar.internal.node.Onward;
import dev.runar.internal.node.ServiceScope;
import dev.runar.spi.TraceContext;

/** One event that a handler of the JavaScript side handles. Any thread. */
final class LinkEvent implements Exchange, LinkTask {
  private final LinkEvents handler;
  private final EventDelivery delivery;
  private long id; // written before it is posted
  private volatile boolean isCancelled;
  private boolean hasBegun; // by the thread that reads the link

  LinkEvent(LinkEvents handler, EventDelivery delivery) {
    this.handler = handler;
    this.delivery = delivery;
  }

  Frame frame(long newId) {
    id = newId;
    return new Frame(
        FrameKind.EVENT, 0, handler.handler(), 0, id, head(), delivery.event().payload());
  }

  /** It is on its way; it may even be handled. */
  void posted() {
    delivery.whenOver(this::cancel);
  }

  @Override
  public void begun() {
    if (!hasBegun) {
      hasBegun = true;
      delivery.begun();
    }
  }

  private void cancel() {
    isCancelled = true;
    handler.peer().cancel(id, Frame.LATE);
  }

  private Payload head() {
    Event event = delivery.event();
    HeadWriter head =
        new HeadWriter()
            .number("id", event.id())
            .text("topic", event.topic())
            .number("timestamp", event.timestampMs())
            .texts("params", delivery.pathParams())
            .texts("meta", event.meta());
    TraceContext trace = event.trace();
    if (trace != null) {
      head.plain("traceparent", trace.traceparent()).text("tracestate", trace.tracestate());
    }
    if (delivery.attempt() != 1) {
      head.number("attempt", delivery.attempt());
    }
    if (delivery.isManual()) {
      head.isTrue("manual");
    }
    return head.done();
  }

  @Override
  public void succeeded(Frame answer) {
    begun();
    delivery.handled();
  }

  @Override
  public void failed(Frame answer) {
    begun();
    RunarException failure = Peer.failureOf(answer);
    if (!isCancelled && !Peer.isSaid(answer)) {
      String of = handler.scope().servicePath();
      handler
          .peer()
          .report(
              failure,
              "event " + delivery.event().topic() + (of.isEmpty() ? "" : " in service " + of));
    }
    delivery.failed(failure);
  }

  @Override
  public void gone(RunarException reason) {
    delivery.failed(reason);
  }

  @Override
  public ServiceScope scope() {
    return handler.asks();
  }

  @Override
  public RequestOptions onward(RequestOptions own) {
    return Onward.request(delivery.event(), own);
  }

  @Override
  public PublishOptions onward(PublishOptions own) {
    return Onward.publish(delivery.event(), own);
  }
}
