package dev.runar.internal.broker.pusher;

import dev.runar.Payload;
import dev.runar.internal.broker.ClientSession;
import dev.runar.internal.broker.Pace;
import dev.runar.internal.protocol.pusher.ChannelName;
import dev.runar.internal.protocol.pusher.MemberText;
import dev.runar.internal.protocol.pusher.PusherError;
import dev.runar.internal.protocol.pusher.PusherFrame;
import dev.runar.internal.protocol.pusher.PusherWriter;
import dev.runar.internal.protocol.pusher.SubscriptionError;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** What one client subscribes to, and who lets it. Lane's thread only. */
final class Subscriptions {
  /** How often a client may subscribe or unsubscribe, beyond what it may at once. */
  static final int PER_SECOND = 100;

  /** More where it may have more subscriptions. */
  static final int LEAST_AT_ONCE = 200;

  private static final long SECOND_NANOS = TimeUnit.SECONDS.toNanos(1);

  private final ClientSession session;
  private final AppState app;
  private final SessionUser user;
  private final ClientHooks hooks;
  private final ClientHooks.Taker taker;
  private final Map<String, Held> held = new HashMap<>(4);
  private final Pace pace;
  private final Tolerance tolerance;
  private boolean hasShownSignature;

  /** A subscription; on a presence channel that of a member. */
  private record Held(LiveChannel channel, @Nullable String member) {}

  /**
   * Of a client that subscribes to nothing yet.
   *
   * @param taker what has waited for a hook goes there
   */
  Subscriptions(SessionUser user, ClientHooks hooks, ClientHooks.Taker taker, Tolerance tolerance) {
    this.session = hooks.session();
    this.app = hooks.app();
    this.user = user;
    this.hooks = hooks;
    this.taker = taker;
    this.pace = new Pace(app.apps().clock());
    this.tolerance = tolerance;
  }

  /** Each costs the others of a channel something; a client that comes back has all at once. */
  private boolean isTooFast() {
    int atOnce = Math.max(LEAST_AT_ONCE, session.broker().options().subscriptionsPerSession());
    if (pace.allows(atOnce, atOnce * (SECOND_NANOS / PER_SECOND))) {
      return false;
    }
    app.apps().stats().refused(PusherError.TOO_FAST);
    session.reply(
        PusherWriter.error(
            PusherError.TOO_FAST.code(),
            "a client subscribes and unsubscribes at most "
                + PER_SECOND
                + " times in a second, and "
                + atOnce
                + " times at once"));
    tolerance.refused();
    session.broker().slowDown(session);
    return true;
  }

  /** A second subscription is answered again, and is without effect. */
  void subscribe(PusherFrame.Subscribe wanted) {
    if (isTooFast()) {
      return;
    }
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
    Held present = held.get(name.text());
    if (present != null) {
      repeat(name, present);
    } else if (!mayJoin(name, wanted)) {
      refuse(wanted, SubscriptionError.AUTH, "the signature of this channel is wrong or absent");
    } else if (held.size() >= bound) {
      refuse(
          wanted,
          SubscriptionError.LIMIT,
          "the connection has " + bound + " subscriptions, as many as it may have");
    } else if (name.isPresence()) {
      joinAsMember(name, wanted);
    } else {
      ask(name, wanted, null);
    }
  }

  private void repeat(ChannelName name, Held present) {
    if (name.isPresence()) {
      present.channel().tellMembers(session);
    } else {
      succeeded(name);
    }
    session.broker().slowDown(session);
  }

  private boolean mayJoin(ChannelName name, PusherFrame.Subscribe wanted) {
    Optional<String> reached = name.user();
    if (reached.isPresent()) {
      return user.is(reached.get());
    }
    if (!name.needsSignature()) {
      return true;
    }
    boolean isRight = ChannelAuth.isRight(app.app(), session.id(), wanted);
    hasShownSignature |= isRight; // a hook may take its time
    return isRight;
  }

  private void joinAsMember(ChannelName name, PusherFrame.Subscribe wanted) {
    switch (user.joiner(wanted.channelData())) {
      case SessionUser.Joiner.Known(var member) -> ask(name, wanted, member);
      case SessionUser.Joiner.Refused(var error, var problem) -> refuse(wanted, error, problem);
    }
  }

  /** Asks the app's hook, if it has one; nothing of this client happens until it has answered. */
  private void ask(ChannelName name, PusherFrame.Subscribe wanted, @Nullable MemberText member) {
    if (!hooks.has(Hooks.Hook.SUBSCRIBE)) {
      join(name, wanted, member);
      return;
    }
    Payload subject =
        member == null
            ? HookSubject.subscribing(session, name.text(), user.id(), user.info())
            : HookSubject.subscribing(session, name.text(), member.userId(), member.info());
    hooks.ask(
        Hooks.Hook.SUBSCRIBE, subject, answer -> answered(name, wanted, member, answer), taker);
  }

  private void answered(
      ChannelName name,
      PusherFrame.Subscribe wanted,
      @Nullable MemberText member,
      Hooks.Answer answer) {
    switch (answer) {
      case Hooks.Answer.Allowed() -> join(name, wanted, member);
      case Hooks.Answer.Refused(var why) -> refuse(wanted, SubscriptionError.REFUSED, why);
      case Hooks.Answer.Failed() ->
          say(wanted, SubscriptionError.UNDECIDED, PusherError.UNDECIDED.text());
    }
  }

  private void join(ChannelName name, PusherFrame.Subscribe wanted, @Nullable MemberText member) {
    app.join(session, name, member)
        .ifPresentOrElse(
            joined -> joined(name, joined, member == null ? null : member.userId()),
            () ->
                refuse(
                    wanted,
                    SubscriptionError.LIMIT,
                    "the channel has as many members as it may have"));
  }

  private void joined(ChannelName name, LiveChannel.Entry.Joined joined, @Nullable String member) {
    held.put(name.text(), new Held(joined.channel(), member));
    joined.members().ifPresentOrElse(list -> session.reply(list.encoded()), () -> succeeded(name));
    if (name.isCache()) {
      session.reply(
          joined
              .cached()
              .map(payload -> PusherWriter.publication(head(joined.channel()), payload))
              .orElseGet(() -> PusherWriter.event("pusher:cache_miss", name.text(), null)));
    }
    joined.channel().tellCount();
    session.broker().slowDown(session); // the others are told
  }

  private static byte[] head(LiveChannel channel) {
    return PusherWriter.head(channel.topic());
  }

  private void succeeded(ChannelName name) {
    session.reply(PusherWriter.event("pusher_internal:subscription_succeeded", name.text(), "{}"));
  }

  private void refuse(PusherFrame.Subscribe wanted, SubscriptionError error, String problem) {
    say(wanted, error, problem);
    tolerance.refused();
  }

  /** What is not the client's fault does not close it, however often it is told. */
  private void say(PusherFrame.Subscribe wanted, SubscriptionError error, String problem) {
    app.apps().stats().refused(error);
    session.reply(PusherWriter.subscriptionError(wanted.channel(), error, problem));
  }

  /** Is not answered; an unknown channel is ignored. */
  void unsubscribe(String channel) {
    if (isTooFast()) {
      return;
    }
    Held left = held.remove(channel);
    if (left != null) {
      left.channel().leave(session, left.member());
      session.broker().slowDown(session);
    }
  }

  /** The channel, if the client subscribes to it. */
  Optional<LiveChannel> find(String channel) {
    return Optional.ofNullable(held.get(channel)).map(Held::channel);
  }

  /** Who the client is on a presence channel; null: it is not there. */
  @Nullable String memberOf(String channel) {
    Held present = held.get(channel);
    return present == null ? null : present.member();
  }

  /** It has shown that a server of the app knows it. */
  boolean isAuthorized() {
    return hasShownSignature || user.isSignedIn();
  }

  /** The client has gone. */
  void leaveAll() {
    held.values().forEach(each -> each.channel().leave(session, each.member()));
    held.clear();
  }
}
