package dev.runar.internal.broker;

import dev.runar.internal.broker.offline.Acknowledged;
import dev.runar.internal.protocol.topic.TopicFrame;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What a client says of its offline messages, whatever its dialect. Lane's thread only. Answers
 * come when the store has answered, in the order in which it does.
 */
public final class InboxFrames {
  private final ClientSession session;
  private final Inbox inbox;

  /** Who is answered. Lane's thread. */
  public interface Answers {
    void answer(TopicFrame.Outbound frame);

    void fail(Throwable error, @Nullable String id);
  }

  /** Those of an inbox. */
  public InboxFrames(ClientSession session, Inbox inbox) {
    this.session = session;
    this.inbox = inbox;
  }

  public Inbox inbox() {
    return inbox;
  }

  /**
   * Does what a frame asks for.
   *
   * @throws dev.runar.RunarException when it cannot be; then the answers are told nothing
   */
  public void take(TopicFrame.OfInbox frame, Answers answers) {
    switch (frame) {
      case TopicFrame.ReadUnacked wanted -> read(wanted, answers);
      case TopicFrame.Ack ack ->
          whenDone(
              inbox.acknowledge(ack.group(), ack.messages()),
              done -> acked(done, ack.id()),
              answers,
              ack.id());
      case TopicFrame.Nack nack ->
          whenDone(
              inbox.refuse(nack.group(), nack.message(), nack.cause()),
              refusals -> new TopicFrame.Nacked(nack.message(), refusals, nack.id()),
              answers,
              nack.id());
    }
  }

  private void read(TopicFrame.ReadUnacked wanted, Answers answers) {
    Inbox.Line line = inbox.open(wanted.group());
    answers.answer(new TopicFrame.Unacked(wanted.group(), line.waiting(), wanted.id()));
    if (wanted.isLive()) {
      line.begin();
    } else {
      line.beginUntilNow();
    }
  }

  private static TopicFrame.Outbound acked(Acknowledged done, @Nullable String id) {
    return new TopicFrame.Acked(done.done(), done.unknown(), done.level().name(), id);
  }

  private <T> void whenDone(
      CompletableFuture<T> future,
      Function<T, TopicFrame.Outbound> frame,
      Answers answers,
      @Nullable String id) {
    var _ =
        future.whenComplete(
            (done, error) ->
                session.post(
                    () -> {
                      if (error == null) {
                        answers.answer(frame.apply(done));
                      } else {
                        answers.fail(error, id);
                      }
                    }));
  }
}
