package dev.runar.internal.link;

import dev.runar.Delivery;
import dev.runar.internal.node.EventDelivery;
import dev.runar.internal.node.EventEndpoint;
import dev.runar.internal.node.ServiceScope;

/**
 * One event handler of the JavaScript side. Any thread.
 *
 * @param scope whose handler it is
 * @param asks who asks when the handler does: also one of no service may be a service's
 * @param handler its number there
 */
record LinkEvents(Peer peer, ServiceScope scope, ServiceScope asks, int handler)
    implements EventEndpoint {
  /** Events and calls whose promises may be pending; as of a script context. */
  private static final int MAX_PENDING = 65_536;

  @Override
  public Delivery offer(EventDelivery delivery) {
    if (peer.exchanges().size() >= MAX_PENDING) {
      return Delivery.FULL;
    }
    var exchange = new LinkEvent(this, delivery);
    Delivery offered = peer.ask(exchange, exchange::frame);
    if (offered == Delivery.QUEUED) {
      exchange.posted();
    }
    return offered;
  }

  @Override
  public String owner() {
    return scope.servicePath().isEmpty() ? "the script" : scope.owner();
  }
}
