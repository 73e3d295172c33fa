package dev.runar.internal.broker;

import dev.runar.Payload;
import dev.runar.channels.ChannelRule;
import dev.runar.channels.SlowPolicy;
import dev.runar.internal.topic.TopicPath;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One topic that somebody subscribes to: a total order of publications. Any thread.
 *
 * <p>A publication gets its offset and is handed to the lanes in one short step under the channel's
 * own lock, so every lane sees every channel in offset order. Nothing is encoded and nothing is
 * written under the lock. A channel lives as long as it has subscribers, or remembers; the next one
 * of the same topic has another epoch, so that a client can tell that the count began anew.
 */
final class Channel implements Membership.Place {
  /**
   * What does not change while a channel lives.
   *
   * @param number unlike that of every other channel of this run; clients know it by its number
   *     where its topic would be long
   */
  record Life(TopicPath path, String topic, String epoch, long number, ChannelRule rule) {}

  /** Answer to a publish: the channel has ended, look for the new one. */
  static final int RETIRED = -1;

  private static final Lane[] NOBODY = {};

  private final TopicPath path;
  private final String topic;
  private final String epoch;
  private final long number;
  private final SlowPolicy slow;
  private final @Nullable ChannelHistory history;
  private final byte[] @Nullable [] heads = new byte[Dialect.COUNT] @Nullable [];

  // Each slot belongs to its lane's thread.
  private @Nullable LaneChannel[] laneChannels;

  // Written under this lock, read by the lanes too.
  private volatile PatternGroup[] patterns;

  // Under this lock.
  private List<Lane> lanes;
  private int[] counts;
  private Lane[] receivers = NOBODY;
  private @Nullable Gap @Nullable [] gaps; // by lane, those that still grow; most never need it
  private long sequence;
  private long offset;
  private long refusals;
  private boolean retired;

  /**
   * Makes one that nobody has subscribed to by its topic.
   *
   * @param history what it remembers; null: nothing
   */
  Channel(Life life, List<Lane> lanes, PatternGroup[] patterns, @Nullable ChannelHistory history) {
    this.path = life.path();
    this.topic = life.topic();
    this.epoch = life.epoch();
    this.number = life.number();
    this.slow = life.rule().slow();
    this.lanes = lanes;
    this.patterns = patterns;
    this.laneChannels = new @Nullable LaneChannel[lanes.size()];
    this.counts = new int[lanes.size()];
    this.history = history;
    findReceivers();
  }

  /** There are lanes now; before them nobody can have subscribed. */
  synchronized void open(List<Lane> opened) {
    lanes = opened;
    laneChannels = new @Nullable LaneChannel[opened.size()];
    counts = new int[opened.size()];
  }

  /** Goes on where it was in a life before. To be called before anything is published. */
  synchronized void restore(HistoryStore.Past past, long nowMs) {
    if (history != null) {
      history.restore(past, nowMs);
      offset = past.top();
    }
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

  /** What becomes of its publications for who reads too slowly. */
  SlowPolicy slow() {
    return slow;
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
  int publish(Payload payload, @Nullable String except) {
    if (history == null) {
      return place(payload, except);
    }
    // Without the value that a reader may have decoded, which nobody would count.
    return place(Payload.encoded(payload.kind(), payload.encoded()), except);
  }

  private synchronized int place(Payload payload, @Nullable String except) {
    if (retired) {
      return RETIRED;
    }
    if (history != null) {
      history.add(offset + 1, payload);
    }
    offset++; // not before it is remembered: what is remembered has no holes
    return hand(new Publication(this, ++sequence, offset, payload, except, null));
  }

  /** What became of an offer. */
  enum Offer {
    TAKEN,
    /** A lane with subscribers had no room. */
    DROPPED,
    /** The channel has ended, look for the new one. */
    RETIRED
  }

  /** As {@link #publish(Payload)}, for who wants to know whether all lanes take it. */
  synchronized Offer offer(Payload payload) {
    long before = refusals;
    if (publish(payload) == RETIRED) {
      return Offer.RETIRED;
    }
    return refusals == before ? Offer.TAKEN : Offer.DROPPED;
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
        if (gaps != null) {
          gaps[lane.index()] = null;
        }
      } else {
        refusals++;
        refused(lane);
      }
    }
    return clients;
  }

  /** Who subscribes there is told, once the lane gets so far. */
  private void refused(Lane lane) {
    if (gaps == null) {
      gaps = new @Nullable Gap[lanes.size()];
    }
    Gap gap = gaps[lane.index()];
    if (gap != null) {
      gap.grow(offset);
      return;
    }
    gap = new Gap(this, offset);
    gaps[lane.index()] = gap;
    lane.post(gap);
  }

  /** The lane has come to the gap: it does not grow any more. */
  synchronized void end(Gap gap, Lane lane) {
    if (gaps != null && gaps[lane.index()] == gap) {
      gaps[lane.index()] = null;
    }
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

  /**
   * Where a new subscriber's publications begin.
   *
   * @param missed all that was published since what the subscriber knows; null: it is not known
   */
  record Place(long sequence, long offset, @Nullable List<Remembered> missed) {}

  /**
   * One more subscriber on a lane, and in the same step what it has missed.
   *
   * @param since what the subscriber knows; null: nothing
   * @param room the bytes that what it missed may take on the wire
   */
  synchronized Place join(Lane lane, Broker.@Nullable Since since, long room) {
    if (counts[lane.index()]++ == 0) {
      findReceivers();
    }
    return new Place(sequence, offset, since == null ? null : missed(since, room));
  }

  private @Nullable List<Remembered> missed(Broker.Since since, long room) {
    if (since.offset() > offset || !isOfHere(since)) {
      return null;
    }
    if (since.offset() == offset) {
      return List.of();
    }
    return history == null ? null : history.after(since.offset(), offset, topic.length(), room);
  }

  /** Beyond where a crash has cut an epoch short the offsets are others' by now. */
  private boolean isOfHere(Broker.Since since) {
    return since.epoch().equals(epoch) || (history != null && history.goesOnFrom(since));
  }

  /** Whether it remembers anything, ever. */
  boolean remembers() {
    return history != null;
  }

  /** A page of what it remembers. */
  synchronized History history(HistoryRange range) {
    boolean known = range.since() == null || isOfHere(range.since());
    return new History(
        history == null || !known ? List.of() : history.read(range, offset),
        new Broker.Position(offset, epoch),
        known);
  }

  /** About how many bytes it remembers. */
  long rememberedBytes() {
    return history == null ? 0 : history.bytes();
  }

  /** How long ago it was published on, if it remembers; for ever if never. */
  long idleNanos(long now) {
    return history == null ? Long.MAX_VALUE : history.idleNanos(now);
  }

  /** The oldest that it remembers go until it is no more than this; returns how many. */
  synchronized int shrinkHistory(long mostBytes) {
    return history == null ? 0 : history.shrink(mostBytes);
  }

  /**
   * What is too old is forgotten; true if nobody needs the channel any more, by no pattern either.
   */
  synchronized boolean forgetOld(long now) {
    if (history != null) {
      history.forgetOld(now);
    }
    return !isNeeded(now) && patterns.length == 0;
  }

  /** What the store refused is marked there. */
  synchronized void markHole() {
    if (history != null) {
      history.markHole();
    }
  }

  /** Somebody gets what is published, by this very topic or by a pattern. */
  synchronized boolean isWatched() {
    return receivers.length > 0;
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
    if (isJoined()) {
      return false;
    }
    retired = true;
    if (history != null) {
      history.end();
    }
    return true;
  }

  /** As {@link #retireUnlessJoined}, but not while it remembers. */
  synchronized boolean retireUnlessNeeded(long now) {
    return !isNeeded(now) && retireUnlessJoined();
  }

  private boolean isNeeded(long now) {
    return isJoined() || (history != null && !history.isOver(now));
  }

  private boolean isJoined() {
    for (int count : counts) {
      if (count > 0) {
        return true;
      }
    }
    return false;
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
