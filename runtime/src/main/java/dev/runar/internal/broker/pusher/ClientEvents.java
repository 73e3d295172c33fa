package dev.runar.internal.broker.pusher;

import dev.runar.apps.App;
import dev.runar.internal.broker.ClientSession;
import dev.runar.internal.broker.Pace;
import dev.runar.internal.node.NodeGate;
import dev.runar.internal.protocol.pusher.ChannelEvent;
import dev.runar.internal.protocol.pusher.ChannelName;
import dev.runar.internal.protocol.pusher.PusherError;
import dev.runar.internal.protocol.pusher.PusherFrame;
import dev.runar.internal.protocol.pusher.PusherWriter;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** What one client publishes to the others of a channel. Lane's thread only. */
final class ClientEvents {
  private static final long SECOND_NANOS = TimeUnit.SECONDS.toNanos(1);

  private final ClientSession session;
  private final AppState app;
  private final SessionUser user;
  private final Subscriptions subscriptions;
  private final ClientHooks hooks;
  private final NodeGate gate;
  private final Pace pace;
  private final Tolerance tolerance;

  ClientEvents(
      SessionUser user,
      Subscriptions subscriptions,
      ClientHooks hooks,
      NodeGate gate,
      Tolerance tolerance) {
    this.session = hooks.session();
    this.app = hooks.app();
    this.user = user;
    this.subscriptions = subscriptions;
    this.hooks = hooks;
    this.gate = gate;
    this.pace = new Pace(app.apps().clock());
    this.tolerance = tolerance;
  }

  /**
   * Publishes it to everybody but the client itself, or tells the client why not; the app's hook is
   * asked before, if it has one.
   *
   * @param taker what has waited for the hook goes there
   */
  void take(PusherFrame.ClientEvent sent, ClientHooks.Taker taker) {
    Optional<String> problem = problem(sent);
    if (problem.isPresent()) {
      refuse(problem.get());
    } else if (hooks.has(Hooks.Hook.CLIENT_EVENT)) {
      @Nullable String member = subscriptions.memberOf(sent.channel());
      hooks.ask(
          Hooks.Hook.CLIENT_EVENT,
          HookSubject.sent(session, sent, member == null ? user.id() : member),
          answer -> answered(sent, answer),
          taker);
    } else {
      publish(sent);
    }
  }

  private void answered(PusherFrame.ClientEvent sent, Hooks.Answer answer) {
    switch (answer) {
      case Hooks.Answer.Allowed() -> publish(sent);
      case Hooks.Answer.Refused(var why) -> refuse(why);
      case Hooks.Answer.Failed() -> say(PusherError.UNDECIDED.text()); // not the client's fault
    }
  }

  private void refuse(String why) {
    say(why);
    tolerance.refused();
  }

  private void say(String why) {
    app.apps().stats().refused(PusherError.CLIENT_EVENT_REFUSED);
    session.reply(PusherWriter.error(PusherError.CLIENT_EVENT_REFUSED.code(), why));
  }

  private void publish(PusherFrame.ClientEvent sent) {
    @Nullable String userId = subscriptions.memberOf(sent.channel());
    var event = new ChannelEvent(sent.event(), sent.data(), userId, session.id());
    var _ = gate.publish(AppState.topic(app.id(), sent.channel()), event.payload(), publisher());
    app.apps().stats().clientEvents.increment();
    app.apps()
        .events()
        .clientEvent(
            app.app(),
            sent.channel(),
            new AppEvents.Sent(sent.event(), sent.data(), session.id(), userId));
    session.broker().slowDown(session);
  }

  /** Most clients send none, so it is not kept. */
  private String publisher() {
    return "session " + session.id();
  }

  private Optional<String> problem(PusherFrame.ClientEvent sent) {
    App now = app.app();
    if (now.clientEvents() == App.ClientEvents.NONE) {
      return Optional.of("client events are off for this app");
    }
    Optional<ChannelName> name = ChannelName.read(sent.channel());
    if (name.isEmpty() || !name.get().takesClientEvents()) {
      return Optional.of("client events go to private and presence channels only");
    }
    if (now.clientEvents() == App.ClientEvents.MEMBERS
        && subscriptions.find(sent.channel()).isEmpty()) {
      return Optional.of("client events go to channels only that the client subscribes to");
    }
    int longest = now.limits().eventNameLength();
    if (sent.event().length() > longest) {
      return Optional.of("the name of an event has at most " + longest + " characters");
    }
    int perSecond = now.limits().clientEventsPerSecond();
    return pace.allows(perSecond, SECOND_NANOS)
        ? Optional.empty()
        : Optional.of("a client sends at most " + perSecond + " events in a second");
  }
}
