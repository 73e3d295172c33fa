package dev.runar.internal.broker;

import dev.runar.Payload;
import dev.runar.PublishReceipt;
import dev.runar.RequestOptions;
import dev.runar.RunarException;
import dev.runar.RunarException.Code;
import dev.runar.internal.broker.BrokerStats.Refusal;
import dev.runar.internal.node.NodeGate;
import dev.runar.internal.protocol.topic.TopicFrame;
import dev.runar.internal.protocol.topic.TopicReader;
import dev.runar.internal.protocol.topic.TopicWriter;
import dev.runar.internal.topic.TopicPattern;
import dev.runar.spi.Authorizer.Decision;
import dev.runar.spi.Authorizer.Verb;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/**
 * The whole dialect {@code /topics}: what becomes of each frame of one client. Lane's thread only.
 * Whatever a client sends, it gets an answer and keeps its session.
 */
final class TopicConversation implements Conversation {
  private static final int TOPICS_LISTED = 10_000;

  private final ClientSession session;
  private final Broker broker;
  private final NodeGate gate;
  private int requestsInFlight;

  TopicConversation(ClientSession session, Broker broker, NodeGate gate) {
    this.session = session;
    this.broker = broker;
    this.gate = gate;
  }

  @Override
  public void text(byte[] utf8, int from, int length) {
    TopicFrame.Inbound frame = TopicReader.read(utf8, from, length);
    try {
      handle(frame);
    } catch (RunarException e) {
      fail(e.code(), e, id(frame));
    }
  }

  @Override
  public void binary(byte[] bytes, int from, int length) {
    refuse(Refusal.BAD_FRAME, Code.PROTOCOL, "binary frames are not part of /topics", null);
  }

  @Override
  public void closed(int code, String reason) {}

  private void handle(TopicFrame.Inbound inbound) {
    switch (inbound) {
      case TopicFrame.Publish(var topic, var data, var id) -> publish(topic, data, id);
      case TopicFrame.Request request -> request(request);
      case TopicFrame.Subscribe(var pattern, var id) -> subscribe(pattern, id);
      case TopicFrame.Unsubscribe(var pattern, var id) -> unsubscribe(pattern, id);
      case TopicFrame.ListTopics(var pattern, var id) -> list(pattern, id);
      case TopicFrame.Ping(var echo) -> answer(new TopicFrame.Pong(echo));
      case TopicFrame.Invalid(var problem, var id) ->
          refuse(Refusal.BAD_FRAME, Code.PROTOCOL, problem, id);
    }
  }

  private void publish(String topic, Payload data, @Nullable String id) {
    if (isDenied(Verb.PUBLISH, topic, id)) {
      return;
    }
    PublishReceipt receipt = gate.publish(topic, data);
    if (id != null) {
      answer(
          new TopicFrame.Published(
              topic,
              id,
              receipt.matched(),
              receipt.queued(),
              receipt.refused(),
              receipt.clients()));
    }
    broker.slowDown(session);
  }

  private void request(TopicFrame.Request request) {
    if (isDenied(Verb.REQUEST, request.path(), request.id())) {
      return;
    }
    int bound = broker.options().requestsPerSession();
    if (requestsInFlight >= bound) {
      String problem = bound + " requests of this session are unanswered";
      refuse(Refusal.REQUEST_LIMIT, Code.OVERLOADED, problem, request.id());
      return;
    }
    requestsInFlight++;
    var options = new RequestOptions(Duration.ofMillis(request.timeoutMs()), Map.of());
    var _ =
        gate.request(request.path(), request.data(), options)
            .whenComplete((result, error) -> settle(request.id(), result, error));
  }

  /** Any thread: the answer takes its place in the lane, behind what was published before it. */
  private void settle(String id, @Nullable Payload result, @Nullable Throwable error) {
    byte[] answer = TopicWriter.write(outcome(id, result, error));
    session.post(
        () -> {
          requestsInFlight--;
          session.reply(answer);
        });
  }

  private static TopicFrame.Outbound outcome(
      String id, @Nullable Payload result, @Nullable Throwable error) {
    if (result != null) {
      return new TopicFrame.Result(id, result);
    }
    Throwable cause =
        error instanceof CompletionException && error.getCause() != null ? error.getCause() : error;
    return cause instanceof RunarException known
        ? new TopicFrame.Failed(known.code(), message(known), id)
        : new TopicFrame.Failed(Code.INTERNAL, "internal error", id);
  }

  private void subscribe(String text, @Nullable String id) {
    TopicPattern pattern = TopicPattern.parse(text, broker.options().networkId());
    if (isDenied(Verb.SUBSCRIBE, text, id)) {
      return;
    }
    int bound = broker.options().subscriptionsPerSession();
    if (session.memberships().size() >= bound) {
      String problem = "the session has " + bound + " subscriptions already";
      refuse(Refusal.SUBSCRIPTION_LIMIT, Code.OVERLOADED, problem, id);
      return;
    }
    Broker.Position position = broker.subscribe(session, pattern);
    answer(new TopicFrame.Subscribed(text, position.offset(), position.epoch(), id));
  }

  private void unsubscribe(String text, @Nullable String id) {
    broker.unsubscribe(session, TopicPattern.parse(text, broker.options().networkId()));
    answer(new TopicFrame.Unsubscribed(text, id));
  }

  private void list(@Nullable String text, @Nullable String id) {
    Optional<TopicPattern> pattern =
        Optional.ofNullable(text)
            .map(given -> TopicPattern.parse(given, broker.options().networkId()));
    answer(new TopicFrame.Topics(broker.topics(pattern, TOPICS_LISTED), id));
  }

  /** The network is taken off first, so that no spelling of a path gets around the rule. */
  private boolean isDenied(Verb verb, String text, @Nullable String id) {
    String prefix = broker.options().networkId() + ":";
    String path = text.startsWith(prefix) ? text.substring(prefix.length()) : text;
    if (broker.authorizer().decide(session.id(), verb, path) == Decision.ALLOWED) {
      return false;
    }
    String problem = "clients may not " + verb.name().toLowerCase(Locale.ROOT) + " ";
    refuse(Refusal.DENIED, Code.PERMISSION_DENIED, problem + path, id);
    return true;
  }

  private void answer(TopicFrame.Outbound frame) {
    session.reply(TopicWriter.write(frame));
  }

  private void fail(Code code, RunarException error, @Nullable String id) {
    answer(new TopicFrame.Failed(code, message(error), id));
  }

  private void refuse(Refusal reason, Code code, String problem, @Nullable String id) {
    broker.stats().refused(reason);
    answer(new TopicFrame.Failed(code, problem, id));
  }

  private static String message(RunarException error) {
    String message = error.getMessage();
    return message == null ? error.code().name() : message;
  }

  private static @Nullable String id(TopicFrame.Inbound frame) {
    return switch (frame) {
      case TopicFrame.Publish publish -> publish.id();
      case TopicFrame.Request request -> request.id();
      case TopicFrame.Subscribe subscribe -> subscribe.id();
      case TopicFrame.Unsubscribe unsubscribe -> unsubscribe.id();
      case TopicFrame.ListTopics list -> list.id();
      case TopicFrame.Invalid invalid -> invalid.id();
      case TopicFrame.Ping ping -> null;
    };
  }
}
