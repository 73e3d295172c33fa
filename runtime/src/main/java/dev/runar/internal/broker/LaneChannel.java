package dev.runar.internal.broker;

import java.util.ArrayList;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One channel on one lane: its subscribers there, and the publications of the current burst, put
 * together once for all of them. Lane's thread only.
 */
final class LaneChannel {
  /** A burst that has grown to this many bytes is written at once. */
  static final int MAX_BURST = 256 << 10;

  private static final Dialect[] DIALECTS = Dialect.values();

  private final Channel channel;
  private final Lane lane;
  private final Members members = new Members();
  private final @Nullable Burst[] pending = new @Nullable Burst[Dialect.COUNT];

  /** What is pending, one by one; null: nothing of it may be dropped. */
  private final @Nullable Recent recent;

  /** The largest {@code after} of a member: what comes at or before it is not for everybody. */
  private long fence;

  /** How often a session had joined a pattern when the channel's number was last told to them. */
  private long named = -1;

  /** The session that what is pending is not for. */
  private @Nullable String except;

  /** What is pending is only for those who want to hear of others. */
  private boolean isForHearers;

  private boolean dirty;

  LaneChannel(Channel channel, Lane lane) {
    this.channel = channel;
    this.lane = lane;
    this.recent = Recent.of(channel);
  }

  /** What is pending goes to those who were here before. */
  void add(Membership member) {
    writeOut();
    fence = Math.max(fence, member.after);
    members.add(member);
  }

  /** What is pending still goes to the one who leaves. */
  void remove(Membership member) {
    writeOut();
    members.remove(member);
  }

  /** Takes one publication; they come in offset order. */
  void deliver(Publication publication) {
    if (publication.sequence() <= fence) {
      deliverBehindFence(publication);
      return;
    }
    if (!Objects.equals(except, publication.except())
        || isForHearers != publication.isForHearers()) {
      writeOut();
      except = publication.except();
      isForHearers = publication.isForHearers();
    }
    append(publication);
  }

  /** Tells of publications that never came here, behind those that came before. */
  void tell(Gap gap) {
    writeOut();
    var missing = new ArrayList<Membership>(); // whom it is told may leave for it
    members.addTo(missing);
    for (PatternGroup group : channel.patterns()) {
      group.on(lane).addTo(missing);
    }
    long stamp = lane.nextStamp();
    for (Membership member : missing) {
      if (member.offset < gap.to() && member.session.stamp(stamp)) {
        member.session.gap(channel.topic(), Math.max(gap.from(), member.offset + 1), gap.to());
      }
    }
  }

  /** Writes what is pending: one write per subscriber. */
  void writeOut() {
    dirty = false;
    for (Dialect dialect : DIALECTS) {
      Burst burst = pending[dialect.index()];
      if (burst != null) {
        pending[dialect.index()] = null;
        write(burst, dialect);
        burst.release();
      }
    }
    if (recent != null) {
      recent.clear();
    }
  }

  boolean isDirty() {
    return dirty;
  }

  /** The session would get what is pending. */
  boolean concerns(ClientSession session) {
    return session.memberships().mayConcern(channel);
  }

  private void append(Publication publication) {
    if (recent != null) {
      recent.add(publication);
    }
    boolean isAny = false;
    boolean isFull = false;
    for (Dialect dialect : DIALECTS) {
      if (!publication.isFor(dialect) || !isWanted(dialect)) {
        continue;
      }
      Burst burst = pending[dialect.index()];
      if (burst == null) {
        burst = lane.newBurst();
        pending[dialect.index()] = burst;
      }
      put(publication, burst, dialect);
      isAny = true;
      isFull |= burst.bytes() >= MAX_BURST;
    }
    if (isFull) {
      lane.writeOutNow(this);
    } else if (isAny && !dirty) {
      dirty = true;
      lane.markDirty(this);
    } else if (!isAny && recent != null && !dirty) {
      recent.clear(); // nobody is here any more
    }
  }

  /** Whoever sees the channel by a pattern is told its number first; to others it is no news. */
  private void put(Publication publication, Burst burst, Dialect dialect) {
    if (dialect.isNumbered()
        && publication.isBytes()
        && channel.patterns().length > 0
        && named != lane.numberedJoins()) {
      named = lane.numberedJoins();
      burst.append(Objects.requireNonNull(dialect.name(channel.topic(), channel.number())));
    }
    burst.append(publication.encoded(dialect));
  }

  private boolean isWanted(Dialect dialect) {
    if (members.count(dialect) > 0) {
      return true;
    }
    for (PatternGroup group : channel.patterns()) {
      if (group.on(lane).count(dialect) > 0) {
        return true;
      }
    }
    return false;
  }

  /** A session that subscribed to the topic and to a pattern gets the burst once. */
  private void write(Burst burst, Dialect dialect) {
    var parcel = new Parcel(burst, recent, dialect, except, isForHearers);
    PatternGroup[] patterns = channel.patterns();
    if (patterns.length == 0) {
      lane.count(burst, members.write(parcel));
      return;
    }
    long stamp = lane.nextStamp();
    int written = members.writeOnce(parcel, stamp);
    lane.count(burst, written + writeToPatterns(patterns, parcel, stamp));
  }

  private int writeToPatterns(PatternGroup[] patterns, Parcel parcel, long stamp) {
    int written = 0;
    for (PatternGroup group : patterns) {
      written += group.on(lane).writeOnce(parcel, stamp);
    }
    return written;
  }

  /** Somebody subscribed after this one was published, while it waited in the lane's inbox. */
  private void deliverBehindFence(Publication publication) {
    writeOut();
    long stamp = lane.nextStamp();
    Recent only = Recent.of(channel);
    if (only != null) {
      only.add(publication);
    }
    for (Dialect dialect : DIALECTS) {
      if (publication.isFor(dialect) && isWanted(dialect)) {
        Burst burst = lane.newBurst();
        put(publication, burst, dialect);
        var parcel =
            new Parcel(burst, only, dialect, publication.except(), publication.isForHearers());
        int written = members.writeBefore(publication.sequence(), parcel, stamp);
        written += writeToPatterns(channel.patterns(), parcel, stamp);
        lane.count(burst, written);
        burst.release();
      }
    }
  }
}
