package dev.runar.internal.broker;

import dev.runar.internal.protocol.topic.TopicFrame;
import java.util.ArrayList;
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
    List<TopicFrame.Past> page = fitting(history.publications(), topic, session.output().room());
    Broker.Position at = history.position();
    return new TopicFrame.Page(page, at.offset(), at.epoch(), asked.id());
  }

  private static List<TopicFrame.Past> fitting(
      List<Remembered> publications, String topic, long room) {
    var page = new ArrayList<TopicFrame.Past>();
    long bytes = 0;
    for (Remembered one : publications) {
      bytes += ChannelHistory.wireBytes(one.payload(), topic.length());
      if (bytes > room && !page.isEmpty()) {
        break;
      }
      page.add(new TopicFrame.Past(one.offset(), one.payload()));
    }
    return page;
  }
}
