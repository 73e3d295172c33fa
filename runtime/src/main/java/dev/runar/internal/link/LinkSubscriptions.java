package dev.runar.internal.link;

import dev.runar.Payload;
import dev.runar.SubscribeOptions;
import dev.runar.Subscription;
import dev.runar.internal.node.NodeCore;
import dev.runar.internal.node.ServiceScope;
import dev.runar.internal.sdk.OperationOptions;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * What handlers of no service of the JavaScript side have subscribed to. For the thread that reads
 * the link.
 */
final class LinkSubscriptions {
  private final Peer peer;
  private final LinkServices services;
  private final Map<Long, Subscription> subscriptions = new ConcurrentHashMap<>();

  LinkSubscriptions(Peer peer, LinkServices services) {
    this.peer = peer;
    this.services = services;
  }

  void add(Frame frame) {
    Head head = frame.heads();
    LinkTask task = services.task(head);
    SubscribeOptions options = OperationOptions.subscribe(head.json("options"));
    NodeCore core = peer.core().get();
    peer.queue().bound(core.config().limits());
    var ofNobody = new ServiceScope(core.config().networkId(), "");
    var handler =
        new LinkEvents(peer, ofNobody, task == null ? ofNobody : task.scope(), frame.target());
    Subscription subscription = core.subscribe(head.needed("pattern"), handler, options);
    subscriptions.put(subscription.id(), subscription);
    answer(frame, Payload.object("subscription", subscription.id()));
  }

  void remove(Frame frame) {
    Subscription subscription = subscriptions.remove(frame.heads().number("subscription"));
    if (subscription != null) {
      subscription.close();
    }
    answer(frame, Payload.object("had", subscription != null));
  }

  void clearRetained(Frame frame) {
    int count = peer.core().get().clearRetained(frame.heads().needed("pattern"));
    answer(frame, Payload.object("count", count));
  }

  private void answer(Frame frame, Payload head) {
    peer.answer(Frame.headed(FrameKind.RESULT, frame.id(), head));
  }

  void end() {
    Aside.each(subscriptions.values(), Subscription::close);
    subscriptions.clear();
  }
}
