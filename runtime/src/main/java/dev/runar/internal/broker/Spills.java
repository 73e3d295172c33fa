package dev.runar.internal.broker;

import dev.runar.RunarException;
import dev.runar.internal.broker.BrokerStats.Refusal;
import dev.runar.internal.broker.offline.OfflineQueues;
import dev.runar.internal.broker.offline.QueueHold;
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
  private final Map<String, Open> topics = new HashMap<>();

  /** More is about to come: none of them ends. */
  private boolean isTaking;

  /**
   * One of them.
   *
   * @param hold keeps the queue that it goes into
   */
  private record Open(Spill spill, QueueHold hold) {}

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

  /** Takes a burst; false: this client can have no queue for the topic, and nothing was said. */
  boolean take(Recent recent) {
    String topic = recent.channel().topic();
    Open open = topics.get(topic);
    for (Publication publication : recent.publications()) {
      if (open == null && isForQueue(publication)) {
        open = begin(topic, publication.offset());
        if (open == null) {
          stats.refused(Refusal.SPILL);
          return false;
        }
      }
    }
    isTaking = true;
    for (Publication publication : recent.publications()) {
      if (open != null && isForQueue(publication)) {
        offer(open.spill, topic, publication);
      } else if (publication.isFor(session.dialect())) {
        session.output().say(publication.encoded(session.dialect()));
      }
    }
    isTaking = false;
    if (open != null) {
      check(topic, open.spill);
    }
    return true;
  }

  private boolean isForQueue(Publication publication) {
    return publication.isFor(session.dialect()) && !publication.isAnnouncement();
  }

  /** Tells of publications that never came here, behind those that came before. */
  void miss(String topic, long from, long to) {
    Open open = topics.get(topic);
    if (open != null) {
      open.spill.miss(from, to);
      check(topic, open.spill);
    }
  }

  private @Nullable Open begin(String topic, long from) {
    QueueHold hold = hold(topic);
    if (hold == null) {
      return null; // there are too many queues
    }
    try {
      Inbox.Line line = inbox.line(topic);
      var spill = new Spill(topic, from, queues.most(), this);
      line.spill(spill, () -> check(topic, spill));
      var open = new Open(spill, hold);
      topics.put(topic, open);
      return open;
    } catch (RunarException _) { // the session reads too many groups
      hold.end();
      return null;
    }
  }

  private @Nullable QueueHold hold(String topic) {
    try {
      return queues.spill(inbox.key(topic)).orElse(null);
    } catch (RunarException _) { // the name is too long
      return null;
    }
  }

  private void offer(Spill spill, String topic, Publication publication) {
    QueueKey key = inbox.key(topic);
    Spill.Answer answer = spill.offer(publication.offset());
    stats.spilled.increment();
    queues.offer(
        key,
        publication.payload(),
        receipt ->
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
    Open open = topics.get(topic);
    if (isTaking || open == null || open.spill != spill || !isGiven(spill)) {
      return;
    }
    if (session.output().isReadFor(0)) {
      topics.remove(topic);
      inbox.line(topic).endSpill();
      spill.end();
      open.hold.end();
    } else if (!spill.isWaiting) {
      spill.isWaiting = true;
      session.output().whenRead(() -> read(topic, spill));
    }
  }

  private void read(String topic, Spill spill) {
    spill.isWaiting = false;
    check(topic, spill);
  }

  /** The session has ended; what its client was not given waits for its next one. */
  void close() {
    topics.values().forEach(open -> open.hold.end());
    topics.clear();
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
