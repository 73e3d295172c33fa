package dev.runar.internal.link;

import dev.runar.Delivery;
import dev.runar.internal.node.ActionEndpoint;
import dev.runar.internal.node.Invocation;
import dev.runar.internal.node.ServiceScope;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One action whose handler is on the JavaScript side. Any thread.
 *
 * @param path of a request that is for exactly this action, as most write it
 * @param handler its number there
 * @param standIn what answers when this one has failed; null: nothing
 */
record LinkAction(
    Peer peer, ServiceScope scope, String path, int handler, @Nullable LinkAction standIn)
    implements ActionEndpoint {

  @Override
  public Delivery offer(Invocation call) {
    LinkCall exchange = new LinkCall(this, call);
    Delivery delivery = peer.ask(exchange, exchange::frame);
    if (delivery == Delivery.QUEUED) {
      exchange.posted();
    }
    return delivery;
  }

  @Override
  public Optional<ActionEndpoint> fallback() {
    return Optional.ofNullable(standIn);
  }

  /** Of all actions of the link, as of those of one script context. */
  @Override
  public int unanswered() {
    return peer.exchanges().size();
  }
}
