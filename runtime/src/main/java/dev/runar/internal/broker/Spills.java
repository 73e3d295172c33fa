package dev.runar.internal.broker;

import dev.runar.RunarException;
import dev.runar.internal.broker.offline.OfflineQueues;
import dev.runar.internal.broker.offline.QueueKey;
import dev.runar.internal.protocol.topic.TopicFrame;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The topics whose publications one client gets through its offline queues for now. Lane's thread
 * only.
 */
final class Spills implements Spill.Voice {
  private final ClientSession session;
  private final Inbox inbox;
  private final OfflineQueues queues;
  private final BrokerStats stats;
  private final Map<String, Spill> topics = new HashMap<>();

  Spills(ClientSession session, Inbox inbox) {
    this.session = session;
    this.inbox = inbox;
    this.queues = inbox.queues();
    this.stats = session.broker().stats();
  }

  /** Whether publications of the topic take this way now, whatever room there is. */
  boolean isOver(String topic) {
    return topics.containsKey(topic);
  }

  /** Takes a burst; false: this client can have no queue for the topic. */
  boolean take(Recent recent) {
    String topic = recent.channel().topic();
    for (Publication publication : recent.publications()) {
      if (publication.isFor(session.dialect()) && publication.isAnnouncement()) {
        session.output().say(publication.encoded(session.dialect()));
      } else if (publication.isFor(session.dialect())) {
        Spill spill = topics.get(topic);
        if (spill == null) {
          spill = begin(topic, publication.offset());
        }
        if (spill == null) {
          return false;
        }
        offer(spill, topic, publication);
      }
    }
    return true;
  }

  /** Tells of publications that never came here, behind those that came before. */
  void miss(String topic, long from, long to) {
    Spill spill = topics.get(topic);
    if (spill != null) {
      spill.miss(from, to);
      check(topic, spill);
    }
  }

  private @Nullable Spill begin(String topic, long from) {
    try {
      if (queues.join(inbox.key(topic)).isCompletedExceptionally()) {
        return null; // there are too many queues
      }
      Inbox.Line line = inbox.line(topic);
      var spill = new Spill(topic, from, queues.most(), this);
      line.spill(spill, () -> check(topic, spill));
      topics.put(topic, spill);
      return spill;
    } catch (RunarException e) { // the name is too long, or the session reads too many groups
      return null;
    }
  }

  private void offer(Spill spill, String topic, Publication publication) {
    QueueKey key = inbox.key(topic);
    Spill.Answer answer = spill.offer(publication.offset());
    stats.spilled.increment();
    var _ =
        queues
            .offer(key, publication.payload())
            .whenComplete(
                (receipt, error) ->
                    session.post(
                        () -> {
                          answer.come(receipt);
                          check(topic, spill);
                        }));
  }

  private boolean isGiven(Spill spill) {
    return spill.isGiven() && inbox.isWritten() && session.isOpen();
  }

  /** The client has been given all, and reads: from now on it gets events themselves again. */
  private void check(String topic, Spill spill) {
    if (topics.get(topic) != spill || !isGiven(spill)) {
      return;
    }
    if (session.output().isReadFor(0)) {
      topics.remove(topic);
      inbox.line(topic).endSpill();
      spill.end();
    } else {
      session.output().whenRead(() -> check(topic, spill));
    }
  }

  @Override
  public void over(String topic, long from) {
    inbox.say(topic, new TopicFrame.Spilled(topic, from));
  }

  @Override
  public void live(String topic, long from) {
    inbox.say(topic, new TopicFrame.Live(topic, from));
  }

  @Override
  public void gap(String topic, long from, long to) {
    stats.droppedForSlow.add(to - from + 1);
    stats.gaps.increment();
    inbox.say(topic, new TopicFrame.Gap(topic, from, to));
  }
}
