package dev.runar.internal.link;

import dev.runar.Payload;
import dev.runar.channels.TopicWriter;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What the JavaScript side writes on, by the numbers that it has given. As many as it has asked
 * for; for the thread that reads the link.
 */
final class LinkTopics {
  private final Peer peer;
  private final Map<Integer, TopicWriter> writers = new HashMap<>();
  private final Map<Integer, TopicWriter> dropping = new LinkedHashMap<>();

  LinkTopics(Peer peer) {
    this.peer = peer;
  }

  void open(Frame frame) {
    TopicWriter writer = peer.core().get().writer(frame.heads().needed("name"));
    writers.put(frame.target(), writer);
    peer.answer(Frame.headed(FrameKind.RESULT, frame.id(), Payload.object("name", writer.topic())));
  }

  /** To a topic that could not be opened nothing is written: its writer was told. */
  void write(Frame frame) {
    TopicWriter writer = writers.get(frame.target());
    if (writer != null
        && writer.offer(frame.payloadOrNull().encoded()) == TopicWriter.Outcome.DROPPED) {
      dropping.put(frame.target(), writer);
    }
  }

  /** After each batch: tells how many packets were dropped, where some were. */
  void tellDropped() {
    if (dropping.isEmpty()) {
      return;
    }
    dropping.forEach(
        (number, writer) ->
            peer.answer(Frame.at(FrameKind.TOPIC_DROPPED, number, writer.dropped(), null)));
    dropping.clear();
  }
}
