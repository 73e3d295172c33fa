package dev.runar.internal.broker;

import dev.runar.Payload;
import dev.runar.internal.topic.TopicPath;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One topic that somebody subscribes to: a total order of publications. Any thread.
 *
 * <p>A publication gets its offset and is handed to the lanes in one short step under the channel's
 * own lock, so every lane sees every channel in offset order. Nothing is encoded and nothing is
 * written under the lock. A channel lives as long as it has subscribers; the next one of the same
 * topic has another epoch, so that a client can tell that the count began anew.
 */
final class Channel implements Membership.Place {
  /** Answer to a publish: the channel has ended, look for the new one. */
  static final int RETIRED = -1;

  private static final Lane[] NOBODY = {};

  private final TopicPath path;
  private final String topic;
  private final String epoch;
  private final long number;
  private final List<Lane> lanes;
  private final byte[] @Nullable [] heads = new byte[Dialect.COUNT] @Nullable [];

  // Each slot belongs to its lane's thread.
  private final @Nullable LaneChannel[] laneChannels;

  // Written under this lock, read by the lanes too.
  private volatile PatternGroup[] patterns;

  // Under this lock.
  private final int[] counts;
  private Lane[] receivers = NOBODY;
  private long sequence;
  private long offset;
  private boolean retired;

  /**
   * A channel without subscribers to its very topic.
   *
   * @param number unlike that of every other channel of this run; clients know it by its number
   *     where its topic would be long
   */
  Channel(
      TopicPath path,
      String topic,
      String epoch,
      long number,
      List<Lane> lanes,
      PatternGroup[] patterns) {
    this.path = path;
    this.topic = topic;
    this.epoch = epoch;
    this.number = number;
    this.lanes = lanes;
    this.patterns = patterns;
    this.laneChannels = new @Nullable LaneChannel[lanes.size()];
    this.counts = new int[lanes.size()];
    findReceivers();
  }

  TopicPath path() {
    return path;
  }

  String topic() {
    return topic;
  }

  String epoch() {
    return epoch;
  }

  long number() {
    return number;
  }

  PatternGroup[] patterns() {
    return patterns;
  }

  /**
   * Gives the payload its place and hands it to the lanes.
   *
   * @return the subscriptions it was handed to, or {@link #RETIRED}
   */
  int publish(Payload payload) {
    return publish(payload, null);
  }

  /**
   * As {@link #publish(Payload)}.
   *
   * @param except the session that does not get it; null: all do
   */
  synchronized int publish(Payload payload, @Nullable String except) {
    if (retired) {
      return RETIRED;
    }
    return hand(new Publication(this, ++sequence, ++offset, payload, except, null));
  }

  /**
   * Tells the subscribers of one dialect something about the channel itself, in order with what is
   * published on it. It has no offset: to the others it has not been. No lane refuses it, as nobody
   * could tell that it is missing; it is bounded by what clients do, who are slowed down.
   */
  synchronized void announce(Payload payload, Dialect dialect, @Nullable String except) {
    if (retired) {
      return;
    }
    var announcement = new Publication(this, ++sequence, offset, payload, except, dialect);
    for (Lane lane : receivers) {
      lane.post(announcement);
    }
  }

  private int hand(Publication publication) {
    int clients = 0;
    for (Lane lane : receivers) {
      if (lane.offer(publication)) {
        clients += subscriptions(lane.index());
      }
    }
    return clients;
  }

  /** Whether a lane that has subscribers cannot keep up. */
  synchronized boolean isCongested() {
    for (Lane lane : receivers) {
      if (lane.isCongested()) {
        return true;
      }
    }
    return false;
  }

  /** Where a new subscriber's publications begin. */
  record Place(long sequence, long offset) {}

  /** One more subscriber on a lane; returns after what its publications begin. */
  synchronized Place join(Lane lane) {
    if (counts[lane.index()]++ == 0) {
      findReceivers();
    }
    return new Place(sequence, offset);
  }

  /** The sessions that subscribed to this very topic. */
  synchronized int subscribers() {
    int sum = 0;
    for (int count : counts) {
      sum += count;
    }
    return sum;
  }

  /** One subscriber less on a lane. */
  synchronized void leave(Lane lane) {
    if (--counts[lane.index()] == 0) {
      findReceivers();
    }
  }

  /** Other patterns match this topic now, or the same ones on other lanes. */
  synchronized void match(PatternGroup[] newPatterns) {
    patterns = newPatterns;
    findReceivers();
  }

  /** Ends the channel unless somebody subscribed to this very topic. */
  synchronized boolean retireUnlessJoined() {
    for (int count : counts) {
      if (count > 0) {
        return false;
      }
    }
    retired = true;
    return true;
  }

  /** The beginning of every publication of this channel; a second making of it does no harm. */
  byte[] head(Dialect dialect) {
    byte[] head = heads[dialect.index()];
    if (head == null) {
      head = dialect.head(topic, number);
      heads[dialect.index()] = head;
    }
    return head;
  }

  /** The channel's part on a lane. Lane's thread only. */
  LaneChannel on(Lane lane) {
    LaneChannel here = laneChannels[lane.index()];
    if (here == null) {
      here = new LaneChannel(this, lane);
      laneChannels[lane.index()] = here;
    }
    return here;
  }

  private int subscriptions(int lane) {
    int sum = counts[lane];
    for (PatternGroup group : patterns) {
      sum += group.count(lane);
    }
    return sum;
  }

  private void findReceivers() {
    receivers = lanes.stream().filter(lane -> subscriptions(lane.index()) > 0).toArray(Lane[]::new);
  }
}
