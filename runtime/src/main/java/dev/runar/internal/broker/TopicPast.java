package dev.runar.internal.broker;

import dev.runar.internal.protocol.topic.TopicFrame;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What the dialect {@code /topics} tells of the past. Lane's thread. */
final class TopicPast {
  private TopicPast() {}

  static Broker.@Nullable Since since(TopicFrame.@Nullable Since since) {
    return since == null ? null : new Broker.Since(since.offset(), since.epoch());
  }

  /**
   * A page as large as the client takes now, with one publication at least.
   *
   * @throws dev.runar.RunarException {@code NOT_FOUND} for a topic whose channel remembers nothing
   */
  static TopicFrame.Page page(ClientSession session, TopicFrame.ReadHistory asked) {
    String topic = asked.topic();
    if (session.broker().rule(topic).history() == 0) {
      throw History.nothing(topic);
    }
    var range = new HistoryRange(since(asked.since()), asked.limit(), asked.reverse());
    History history = session.broker().history(topic, range);
    List<TopicFrame.Past> page =
        new AnswerRoom(session, 0)
            .page(history.publications(), topic).stream()
                .map(one -> new TopicFrame.Past(one.offset(), one.payload()))
                .toList();
    Broker.Position at = history.position();
    return new TopicFrame.Page(page, at.offset(), at.epoch(), asked.id());
  }
}
