package dev.runar.internal.broker;

import dev.runar.Payload;
import dev.runar.PublishReceipt;
import dev.runar.RequestOptions;
import dev.runar.RunarException;
import dev.runar.RunarException.Code;
import dev.runar.internal.broker.BrokerStats.Refusal;
import dev.runar.internal.broker.offline.OfflineQueues;
import dev.runar.internal.node.Failures;
import dev.runar.internal.node.NodeGate;
import dev.runar.internal.node.Requester;
import dev.runar.internal.node.SocketEndpoint;
import dev.runar.internal.protocol.Client;
import dev.runar.internal.protocol.OfflineMessage;
import dev.runar.internal.protocol.PublicError;
import dev.runar.internal.protocol.topic.TopicFrame;
import dev.runar.internal.protocol.topic.TopicReader;
import dev.runar.internal.protocol.topic.TopicWriter;
import dev.runar.internal.topic.TopicPath;
import dev.runar.internal.topic.TopicPattern;
import dev.runar.spi.Authorizer.Verb;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * The whole dialect {@code /topics}: what becomes of each frame of one client. Lane's thread only.
 * Whatever a client sends, it gets an answer and keeps its session.
 */
final class TopicConversation implements Conversation, InboxFrames.Answers, Inbox.Tongue {
  private static final int TOPICS_LISTED = 10_000;
  private static final String NO_TOKEN =
      "connect with a token first: {\"connect\":{\"token\":\"…\"}}";

  private final ClientSession session;
  private final Broker broker;
  private final NodeGate gate;
  private final ClientRights rights;
  private final TopicPresence presence;
  private final OpenRequests requests = new OpenRequests();
  private final String caller;

  /** Of the request by which the client came, until it says who it is. */
  private Map<String, String> headers;

  /** From the first connect on, or from the beginning where nobody may do without. */
  private @Nullable TopicIdentity identity;

  /** From the first time on that it is needed. */
  private @Nullable InboxFrames offline;

  /** From the first topic on that the client may publish bytes on. */
  private @Nullable ProducedTopics produced;

  TopicConversation(
      ClientSession session, Broker broker, NodeGate gate, Map<String, String> headers) {
    this.session = session;
    this.broker = broker;
    this.gate = gate;
    this.headers = headers;
    this.rights = new ClientRights(session);
    this.presence = new TopicPresence(session, broker.clients());
    this.caller = "session " + session.id();
    if (broker.clients().tokens().isRequired()) {
      TopicIdentity _ = identity(); // its time to connect begins
    }
  }

  @Override
  public void text(byte[] utf8, int from, int length) {
    take(TopicReader.read(utf8, from, length));
  }

  @Override
  public void binary(byte[] bytes, int from, int length) {
    take(produced == null ? noNumber() : produced.read(bytes, from, length));
  }

  private TopicFrame.Inbound noNumber() {
    return new TopicFrame.Invalid(
        session.dialect().isNumbered()
            ? "ask for a number first: {\"produce\":\"the/topic\"}"
            : "clients send bytes on /topics?bytes=framed only",
        null);
  }

  private void take(TopicFrame.Inbound frame) {
    TopicIdentity asked = identity;
    if (asked != null && asked.isBusy()) {
      asked.keep(frame);
    } else {
      handle(frame);
    }
  }

  private void handle(TopicFrame.Inbound frame) {
    if (!isOpenFor(frame)) {
      inOrder(
          frame.id(), () -> refuse(Refusal.TOKEN, Code.PERMISSION_DENIED, NO_TOKEN, frame.id()));
      return;
    }
    switch (frame) {
      case TopicFrame.Connect connect -> guarded(connect.id(), () -> identity().connect(connect));
      case TopicFrame.Publish publish -> guarded(publish.id(), () -> publish(publish));
      case TopicFrame.Request request -> guarded(request.id(), () -> request(request));
      // These take their place behind what this client published before.
      case TopicFrame.Subscribe subscribe -> inOrder(subscribe.id(), () -> subscribe(subscribe));
      case TopicFrame.Unsubscribe(var pattern, var id) ->
          inOrder(id, () -> unsubscribe(pattern, id));
      case TopicFrame.ListTopics(var pattern, var id) -> inOrder(id, () -> list(pattern, id));
      case TopicFrame.ReadPresence presence -> inOrder(presence.id(), () -> read(presence));
      case TopicFrame.ReadHistory history -> inOrder(history.id(), () -> read(history));
      case TopicFrame.WatchTopics(var id) -> inOrder(id, () -> watch(id));
      case TopicFrame.Produce(var topic, var id) -> inOrder(id, () -> produce(topic, id));
      case TopicFrame.OfInbox own -> inOrder(own.id(), () -> offline().take(own, this));
      case TopicFrame.Ping(var echo) -> inOrder(null, () -> answer(new TopicFrame.Pong(echo)));
      case TopicFrame.Invalid(var problem, var id) ->
          inOrder(id, () -> refuse(Refusal.BAD_FRAME, Code.PROTOCOL, problem, id));
    }
  }

  /** Where there are keys nothing is done for who has shown no token. */
  private boolean isOpenFor(TopicFrame.Inbound frame) {
    return switch (frame) {
      case TopicFrame.Connect connect -> true;
      case TopicFrame.Ping ping -> true;
      case TopicFrame.Invalid invalid -> true;
      default -> who() != null || !broker.clients().tokens().isRequired();
    };
  }

  private @Nullable Client who() {
    return identity == null ? null : identity.who();
  }

  @Override
  public @Nullable Inbox inbox() {
    Client who = who();
    OfflineQueues queues = broker.clients().offline();
    if (offline == null && queues != null && who != null && !who.user().isEmpty()) {
      offline =
          new InboxFrames(session, new Inbox(session, queues, who.user(), who.client(), this));
    }
    return offline == null ? null : offline.inbox();
  }

  private InboxFrames offline() {
    Inbox _ = inbox();
    if (offline == null) {
      broker.stats().refused(Refusal.DENIED);
      throw new RunarException(
          Code.PERMISSION_DENIED, "offline messages are of a user: connect with a token first");
    }
    return offline;
  }

  @Override
  public WireMessage message(OfflineMessage message) {
    return WireMessage.text(message.json("message"));
  }

  @Override
  public WireMessage news(TopicFrame.Outbound frame) {
    return WireMessage.text(TopicWriter.write(frame));
  }

  private TopicIdentity identity() {
    TopicIdentity known = identity;
    if (known == null) {
      known = new TopicIdentity(session, broker.clients(), headers, this::handle, this::answer);
      identity = known;
      headers = Map.of();
    }
    return known;
  }

  @Override
  public void endpointGone(SocketEndpoint endpoint) {} // requests are answered one by one

  @Override
  public void endpointReplaced(SocketEndpoint endpoint, SocketEndpoint successor) {}

  /** What the client asked for and can no longer get is not worked on any more. */
  @Override
  public void closed(int code, String reason) {
    if (identity != null) {
      identity.closed();
    }
    if (offline != null) {
      offline.inbox().close();
    }
    presence.leaveAll();
    broker.stats().cancelledRequests.add(requests.cancelAll());
  }

  private void inOrder(@Nullable String id, Runnable action) {
    session.post(
        () -> {
          if (session.isOpen()) { // or it would leave what nobody takes away
            guarded(id, action);
          }
        });
  }

  private void guarded(@Nullable String id, Runnable action) {
    try {
      action.run();
    } catch (RuntimeException e) { // also a fault of ours: the client is not left without an answer
      session.post(() -> fail(e, id));
    }
  }

  @Override
  public void fail(Throwable error, @Nullable String id) {
    PublicError shown = session.lane().failures().shown(caller, caller, Failures.of(error));
    answer(new TopicFrame.Failed(shown, id));
  }

  private void publish(TopicFrame.Publish publish) {
    String topic = publish.topic();
    rights.check(Verb.PUBLISH, topic);
    PublishReceipt receipt = gate.publish(topic, publish.data(), caller);
    String id = publish.id();
    if (id != null) {
      session.post(() -> answer(published(topic, id, receipt)));
    }
    broker.slowDown(session);
  }

  private static TopicFrame.Published published(String topic, String id, PublishReceipt receipt) {
    return new TopicFrame.Published(
        topic, id, receipt.matched(), receipt.queued(), receipt.refused(), receipt.clients());
  }

  private void request(TopicFrame.Request request) {
    rights.check(Verb.REQUEST, request.path());
    int bound = broker.options().requestsPerSession();
    if (requests.size() >= bound) {
      broker.stats().refused(Refusal.REQUEST_LIMIT);
      throw new RunarException(Code.OVERLOADED, bound + " requests of this session are unanswered");
    }
    CompletableFuture<Payload> answer =
        gate.request(Requester.CLIENT, request.path(), request.data(), options(request));
    OpenRequests.Open open = requests.add(answer);
    var _ = answer.whenComplete((result, error) -> settle(open, request, result, error));
  }

  private RequestOptions options(TopicFrame.Request request) {
    var options = new RequestOptions(Duration.ofMillis(request.timeoutMs()), Map.of(), caller);
    Client who = who();
    return who == null || who.user().isEmpty() ? options : options.withIdentity(who.identity());
  }

  /** Any thread: the answer takes its place in the lane, behind what was published before it. */
  private void settle(
      OpenRequests.Open open,
      TopicFrame.Request request,
      @Nullable Payload result,
      @Nullable Throwable error) {
    if (error instanceof CancellationException) { // by us: there is nobody to answer
      session.post(() -> requests.remove(open));
      return;
    }
    byte[] answer = TopicWriter.write(outcome(request, result, error));
    session.post(
        () -> {
          requests.remove(open);
          session.reply(answer);
        });
  }

  private TopicFrame.Outbound outcome(
      TopicFrame.Request request, @Nullable Payload result, @Nullable Throwable error) {
    if (result != null) {
      return new TopicFrame.Result(request.id(), result);
    }
    RunarException failure = Failures.of(Objects.requireNonNull(error));
    return new TopicFrame.Failed(
        session.lane().failures().shown(request.path(), caller, failure), request.id());
  }

  private void produce(String topic, @Nullable String id) {
    if (!session.dialect().isNumbered()) {
      refuse(Refusal.BAD_FRAME, Code.PROTOCOL, "\"produce\" goes with /topics?bytes=framed", id);
      return;
    }
    var path = TopicPath.parse(topic, broker.options().networkId());
    rights.check(Verb.PUBLISH, topic);
    if (produced == null) {
      produced = new ProducedTopics(broker.options().subscriptionsPerSession());
    }
    long number = produced.number(spelling(path.network(), path.text(), path.full()));
    answer(new TopicFrame.Producing(topic, number, id));
  }

  private void subscribe(TopicFrame.Subscribe frame) {
    String text = frame.pattern();
    TopicPattern pattern = TopicPattern.parse(text, broker.options().networkId());
    rights.check(Verb.SUBSCRIBE, text);
    int bound = broker.options().subscriptionsPerSession();
    if (session.memberships().size() >= bound) {
      broker.stats().refused(Refusal.SUBSCRIPTION_LIMIT);
      throw new RunarException(
          Code.OVERLOADED, "the session has " + bound + " subscriptions already");
    }
    Broker.Since since = TopicPast.since(frame.since());
    if (since != null && !pattern.isLiteral()) {
      throw new RunarException(Code.PROTOCOL, "\"since\" goes with a topic, not with a pattern");
    }
    if (frame.members() && !pattern.isLiteral()) {
      throw new RunarException(Code.PROTOCOL, "\"members\" goes with a topic, not with a pattern");
    }
    String topic = spelling(pattern);
    if (pattern.isLiteral()) {
      presence.enter(topic, who());
    }
    Broker.Subscribed subscribed =
        broker.subscribe(session, pattern, since, new AnswerRoom(session, 0));
    if (frame.members()) {
      session.memberships().hearMembers(topic);
    }
    Broker.Position at = subscribed.position();
    long number = session.dialect().isNumbered() ? number(pattern) : -1;
    Boolean recovered = since == null ? null : subscribed.recovered();
    answer(new TopicFrame.Subscribed(text, at.offset(), at.epoch(), number, recovered, frame.id()));
    Replay.write(session, topic, subscribed.missed());
    presence.tellJoined(topic);
  }

  private void read(TopicFrame.ReadPresence frame) {
    rights.check(Verb.SUBSCRIBE, frame.topic());
    TopicPattern topic = TopicPattern.parse(frame.topic(), broker.options().networkId());
    presence.tellMembers(spelling(topic), frame.id());
  }

  private void read(TopicFrame.ReadHistory frame) {
    rights.check(Verb.SUBSCRIBE, frame.topic());
    answer(TopicPast.page(session, frame));
  }

  @Override
  public void gap(String topic, long from, long to) {
    answer(new TopicFrame.Gap(topic, from, to));
  }

  private long number(TopicPattern pattern) {
    return session.memberships().number(spelling(pattern));
  }

  private String spelling(TopicPattern pattern) {
    return spelling(pattern.network(), pattern.text(), pattern.full());
  }

  private String spelling(String network, String text, String full) {
    return network.equals(broker.options().networkId()) ? text : full;
  }

  private void unsubscribe(String text, @Nullable String id) {
    TopicPattern pattern = TopicPattern.parse(text, broker.options().networkId());
    broker.unsubscribe(session, pattern);
    presence.leave(spelling(pattern));
    answer(new TopicFrame.Unsubscribed(text, id));
  }

  private void watch(@Nullable String id) {
    broker.list().watch(session); // before it is listed, so that nothing comes in between
    try {
      list(null, id);
    } catch (RunarException noRoom) {
      broker.list().unwatch(session);
      throw noRoom;
    }
  }

  private void list(@Nullable String text, @Nullable String id) {
    Optional<TopicPattern> pattern =
        Optional.ofNullable(text)
            .map(given -> TopicPattern.parse(given, broker.options().networkId()));
    List<String> topics = broker.topics(pattern, TOPICS_LISTED);
    AnswerRoom.reply(session, TopicWriter.write(new TopicFrame.Topics(topics, id)));
  }

  /** To be called in the lane's order: within {@link #inOrder} or {@link ClientSession#post}. */
  @Override
  public void answer(TopicFrame.Outbound frame) {
    session.reply(TopicWriter.write(frame));
  }

  private void refuse(Refusal reason, Code code, String problem, @Nullable String id) {
    broker.stats().refused(reason);
    answer(new TopicFrame.Failed(code, problem, id));
  }
}
