package dev.runar.internal.broker;

import dev.runar.internal.broker.offline.Acknowledged;
import dev.runar.internal.broker.offline.OfflineQueues;
import dev.runar.internal.node.Failures;
import dev.runar.internal.protocol.Client;
import dev.runar.internal.protocol.OfflineMessage;
import dev.runar.internal.protocol.PublicError;
import dev.runar.internal.protocol.topic.TopicFrame;
import dev.runar.internal.protocol.topic.TopicWriter;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What a client of {@code /topics} asks and is told of its offline messages. Lane's thread only.
 * Answers come when the store has answered, in the order in which it does.
 */
final class TopicOffline implements Inbox.Tongue {
  private final ClientSession session;
  private final Inbox inbox;

  TopicOffline(ClientSession session, OfflineQueues queues, Client who) {
    this.session = session;
    this.inbox = new Inbox(session, queues, who.user(), who.client(), this);
  }

  Inbox inbox() {
    return inbox;
  }

  void read(TopicFrame.ReadUnacked wanted) {
    Inbox.Line line = inbox.open(wanted.group());
    answer(new TopicFrame.Unacked(wanted.group(), line.waiting(), wanted.id()));
    if (wanted.isLive()) {
      line.begin();
    } else {
      line.beginUntilNow();
    }
  }

  void ack(TopicFrame.Ack ack) {
    answer(
        inbox.acknowledge(ack.group(), ack.messages()), done -> acked(done, ack.id()), ack.id());
  }

  private static TopicFrame.Outbound acked(Acknowledged done, @Nullable String id) {
    return new TopicFrame.Acked(done.done(), done.unknown(), done.level().name(), id);
  }

  void nack(TopicFrame.Nack nack) {
    answer(
        inbox.refuse(nack.group(), nack.message(), nack.cause()),
        refusals -> new TopicFrame.Nacked(nack.message(), refusals, nack.id()),
        nack.id());
  }

  private <T> void answer(
      CompletableFuture<T> future, Function<T, TopicFrame.Outbound> frame, @Nullable String id) {
    var _ =
        future.whenComplete(
            (done, error) ->
                session.post(
                    () -> answer(error == null ? frame.apply(done) : failed(error, id))));
  }

  private TopicFrame.Outbound failed(Throwable error, @Nullable String id) {
    String caller = "session " + session.id();
    PublicError shown = session.lane().failures().shown(caller, caller, Failures.of(error));
    return new TopicFrame.Failed(shown, id);
  }

  private void answer(TopicFrame.Outbound frame) {
    session.reply(news(frame));
  }

  @Override
  public WireMessage message(OfflineMessage message) {
    return WireMessage.text(message.json("message"));
  }

  @Override
  public WireMessage news(TopicFrame.Outbound frame) {
    return WireMessage.text(TopicWriter.write(frame));
  }
}
