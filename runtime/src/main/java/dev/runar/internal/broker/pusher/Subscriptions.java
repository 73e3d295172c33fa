package dev.runar.internal.broker.pusher;

import dev.runar.internal.broker.ClientSession;
import dev.runar.internal.protocol.pusher.ChannelName;
import dev.runar.internal.protocol.pusher.PusherFrame;
import dev.runar.internal.protocol.pusher.PusherWriter;
import dev.runar.internal.protocol.pusher.SubscriptionError;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** What one client subscribes to, and who lets it. Lane's thread only. */
final class Subscriptions {
  private final ClientSession session;
  private final AppState app;
  private final Map<String, LiveChannel> held = new HashMap<>(4);

  Subscriptions(ClientSession session, AppState app) {
    this.session = session;
    this.app = app;
  }

  /** A second subscription is answered again, and is without effect. */
  void subscribe(PusherFrame.Subscribe wanted) {
    Optional<ChannelName> read = ChannelName.read(wanted.channel());
    int longest = app.app().limits().channelNameLength();
    if (read.isEmpty() || wanted.channel().length() > longest) {
      refuse(
          wanted,
          SubscriptionError.NAME,
          "a channel's name has 1 to " + longest + " of the characters A-Z a-z 0-9 _ - = @ , . ;");
      return;
    }
    ChannelName name = read.get();
    int bound = session.broker().options().subscriptionsPerSession();
    if (held.containsKey(name.text())) {
      succeeded(name);
    } else if (!mayJoin(name, wanted)) {
      refuse(wanted, SubscriptionError.AUTH, "the signature of this channel is wrong or absent");
    } else if (held.size() >= bound) {
      refuse(
          wanted,
          SubscriptionError.LIMIT,
          "the connection has " + bound + " subscriptions, as many as it may have");
    } else {
      join(name);
    }
  }

  private boolean mayJoin(ChannelName name, PusherFrame.Subscribe wanted) {
    if (name.user().isPresent()) {
      return false;
    }
    return !name.needsSignature() || ChannelAuth.isRight(app.app(), session.id(), wanted);
  }

  private void join(ChannelName name) {
    LiveChannel.Joined joined = app.join(session, name);
    held.put(name.text(), joined.channel());
    succeeded(name);
    if (name.isCache()) {
      session.reply(
          joined
              .cached()
              .map(payload -> PusherWriter.publication(head(joined.channel()), payload))
              .orElseGet(() -> PusherWriter.event("pusher:cache_miss", name.text(), null)));
    }
    joined.channel().tellCount();
  }

  private static byte[] head(LiveChannel channel) {
    return PusherWriter.head(channel.topic());
  }

  private void succeeded(ChannelName name) {
    session.reply(PusherWriter.event("pusher_internal:subscription_succeeded", name.text(), "{}"));
  }

  private void refuse(PusherFrame.Subscribe wanted, SubscriptionError error, String problem) {
    app.apps().stats().refused(error);
    session.reply(PusherWriter.subscriptionError(wanted.channel(), error, problem));
  }

  /** Is not answered; an unknown channel is ignored. */
  void unsubscribe(String channel) {
    LiveChannel left = held.remove(channel);
    if (left != null) {
      left.leave(session);
    }
  }

  /** The channel, if the client subscribes to it. */
  Optional<LiveChannel> find(String channel) {
    return Optional.ofNullable(held.get(channel));
  }

  /** The client has gone. */
  void leaveAll() {
    held.values().forEach(channel -> channel.leave(session));
    held.clear();
  }
}
