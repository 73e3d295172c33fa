package dev.runar.internal.broker.centrifugal;

import dev.runar.RunarException;
import dev.runar.RunarException.Code;
import dev.runar.internal.broker.Arrival;
import dev.runar.internal.broker.ClientSession;
import dev.runar.internal.broker.ClientTokens;
import dev.runar.internal.broker.CommandQueue;
import dev.runar.internal.broker.Conversation;
import dev.runar.internal.broker.Inbox;
import dev.runar.internal.broker.Introduction;
import dev.runar.internal.broker.Patience;
import dev.runar.internal.broker.WireMessage;
import dev.runar.internal.node.Failures;
import dev.runar.internal.node.SocketEndpoint;
import dev.runar.internal.protocol.Client;
import dev.runar.internal.protocol.centrifugal.CentrifugalCommand;
import dev.runar.internal.protocol.centrifugal.CentrifugalError;
import dev.runar.internal.protocol.centrifugal.CentrifugalReply;
import dev.runar.internal.protocol.centrifugal.Disconnect;
import dev.runar.internal.protocol.centrifugal.Spelling;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One client of the Centrifugal protocol. Lane's thread only. Its first command has to be a
 * connect; whatever is a command is answered and keeps the session, and whatever is none ends it.
 */
final class CentrifugalConversation
    implements Conversation, CommandQueue.Taker<CentrifugalCommand> {
  /** How often a client is asked whether it is there, as it is told when it connects. */
  static final Duration PING = Duration.ofSeconds(25);

  private static final Duration PONG = Duration.ofSeconds(8);

  /** How long a client may be silent before it connects, and stay when it was refused. */
  private static final Duration GREETING = Duration.ofSeconds(10);

  private final ClientSession session;
  private final Setting setting;
  private final Replies replies;
  private final CommandQueue<CentrifugalCommand> queue;

  /** Ends the wait for a connect, or for a client that was refused to go. */
  private Runnable endGreeting;

  private boolean isAwaited;

  /** Of the request by which the client came, until it has connected. */
  private Map<String, String> headers;

  /** By which the client names the session; empty: it has no need to. */
  private final String key;

  /** From connect on. */
  private @Nullable OpenClient client;

  /** It counts among the clients that are connected. */
  private boolean isCounted;

  /** It was refused, and nothing else is heard. */
  private boolean isRefused;

  CentrifugalConversation(
      ClientSession session, Setting setting, Spelling spelling, Arrival arrival) {
    this.session = session;
    this.key = arrival.key();
    this.headers = arrival.headers();
    this.setting = setting;
    this.replies = new Replies(session, spelling, setting);
    this.queue = new CommandQueue<>(session, this);
    this.endGreeting = await("no connect came");
  }

  private Runnable await(String disappointment) {
    isAwaited = true;
    Runnable due = () -> session.post(() -> disappointed(disappointment));
    return setting.clients().delays().after(GREETING.toNanos(), due);
  }

  private void disappointed(String why) {
    if (isAwaited) { // or what was waited for has come on the way here
      replies.disconnect(Disconnect.STALE, why);
    }
  }

  @Override
  public void text(byte[] utf8, int from, int length) {
    arrived(false, utf8, from, length);
  }

  @Override
  public void binary(byte[] bytes, int from, int length) {
    arrived(true, bytes, from, length);
  }

  private void arrived(boolean isBinary, byte[] message, int from, int length) {
    Spelling spelling = replies.spelling();
    List<CentrifugalCommand> commands =
        spelling.isBinary() == isBinary
            ? spelling.read(message, from, length)
            : List.of(
                new CentrifugalCommand.Invalid(
                    "messages are " + (isBinary ? "text" : "binary") + " on this connection"));
    session.post(() -> queue.arrived(commands)); // behind what it has brought about before
  }

  @Override
  public void take(CentrifugalCommand command) {
    OpenClient open = client;
    if (command instanceof CentrifugalCommand.Invalid(var problem)) {
      replies.disconnect(Disconnect.BAD_REQUEST, problem);
    } else if (open == null) {
      greet(command);
    } else {
      switch (command) {
        case CentrifugalCommand.Asked asked -> guarded(asked, open::take);
        case CentrifugalCommand.Send message -> open.take(message);
        case CentrifugalCommand.Pong() -> {} // it was heard
        case CentrifugalCommand.Invalid invalid -> {}
      }
    }
  }

  private void guarded(
      CentrifugalCommand.Asked command, Consumer<CentrifugalCommand.Asked> action) {
    try {
      action.accept(command);
    } catch (RuntimeException e) { // also a fault of ours: the client is not left without an answer
      replies.fail(command.id(), command.getClass().getSimpleName(), Failures.of(e));
    }
  }

  private void greet(CentrifugalCommand command) {
    if (isRefused || !(command instanceof CentrifugalCommand.Connect connect)) {
      replies.disconnect(Disconnect.BAD_REQUEST, "the first command is connect");
      return;
    }
    endGreeting.run(); // how long the token is looked at is not up to the client
    isAwaited = false;
    queue.ask(
        setting
            .clients()
            .tokens()
            .connect(Introduction.of(session, connect.token(), connect.data(), headers)),
        verdict -> decided(connect, verdict),
        failure -> {
          refused();
          replies.uncheckedToken(connect.id(), failure);
        });
  }

  private void decided(CentrifugalCommand.Connect connect, ClientTokens.Connecting verdict) {
    headers = Map.of();
    switch (verdict) {
      case ClientTokens.Connecting.Refused(var code, var reason) -> {
        refused();
        replies.refuse(connect.id(), code, reason);
      }
      case ClientTokens.Connecting.Allowed allowed -> {
        if (setting.clients().isOver(allowed.expiresAt())) {
          refused();
          replies.refuse(connect.id(), CentrifugalError.EXPIRED, "the token");
        } else {
          open(connect, allowed);
        }
      }
    }
  }

  private void refused() {
    isRefused = true;
    endGreeting = await("the connect was refused");
  }

  private void open(CentrifugalCommand.Connect connect, ClientTokens.Connecting.Allowed allowed) {
    var who = new Client(allowed.user(), session.id(), allowed.info());
    var opened = new OpenClient(session, setting, replies, queue, who);
    client = opened; // from now on it has something to leave
    try {
      var subs = opened.begin(allowed.channels(), connect.subs());
      long ttl = setting.clients().secondsUntil(allowed.expiresAt());
      int ping = (int) PING.toSeconds();
      replies.now(
          new CentrifugalReply.Connected(
              connect.id(), session.id(), ttl, subs, ping, key, allowed.data()));
    } catch (RunarException e) { // what the token names cannot be subscribed to
      replies.fail(connect.id(), "connect", e);
      if (e.code() == Code.OVERLOADED) {
        replies.disconnect(Disconnect.TOO_MANY_REQUESTS, "a channel of its token has no room");
      } else {
        replies.disconnect(Disconnect.INVALID_TOKEN, "it names a channel that is not to be had");
      }
      return;
    }
    setting.stats().connected(transport());
    isCounted = true;
    opened.expiresAt(allowed.expiresAt());
    session.patience(patience());
    opened.announce();
  }

  private CentrifugalStats.Transport transport() {
    return CentrifugalStats.Transport.of(session.path());
  }

  private Patience patience() {
    Spelling spelling = replies.spelling();
    return Patience.regular(
        new WireMessage(spelling.ping(), spelling.isBinary()),
        PING,
        PONG,
        Disconnect.NO_PONG.code(),
        Disconnect.NO_PONG.reason());
  }

  @Override
  public void caughtUp() {
    replies.flush();
    OpenClient open = client;
    if (open != null) {
      open.caughtUp();
    }
  }

  @Override
  public void tooMany() {
    replies.disconnect(
        Disconnect.TOO_MANY_REQUESTS,
        "more than " + CommandQueue.MOST_WAITING + " commands wait for an answer");
  }

  @Override
  public void endpointGone(SocketEndpoint endpoint) {}

  @Override
  public void endpointReplaced(SocketEndpoint endpoint, SocketEndpoint successor) {}

  @Override
  public @Nullable Inbox inbox() {
    OpenClient open = client;
    return open == null ? null : open.inbox();
  }

  @Override
  public void gap(String topic, long from, long to) {
    OpenClient open = client;
    if (open != null) {
      open.gap(topic);
    }
  }

  @Override
  public void closed(int code, String reason) {
    queue.close();
    endGreeting.run();
    setting.stats().closed(code);
    if (isCounted) {
      setting.stats().ended(transport());
    }
    OpenClient open = client;
    if (open != null) {
      open.closed();
    }
  }
}
