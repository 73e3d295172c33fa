package dev.runar.internal.broker;

import dev.runar.channels.ChannelRule;
import dev.runar.internal.topic.TopicPath;
import dev.runar.internal.topic.TopicPattern;
import dev.runar.internal.topic.TopicTrie;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Which channels live and which patterns watch them. Any thread.
 *
 * <p>Publishing looks a channel up without a lock; only its first publication under a wildcard, and
 * joining and leaving, take the table's lock. Lock order: table, then channel.
 */
final class ChannelTable {
  /** The channel was joined at this place. */
  record Joined(Channel channel, Channel.Place at) {}

  private static final PatternGroup[] NONE = {};

  /** So that nobody waits for it, on whatever thread it is. */
  private static final int SWEPT_AT_ONCE = 10_000;

  private final String networkId;
  private final String epochSeed;
  private final int bound;
  private final ChannelRules rules;
  private final Histories histories;
  private final boolean remembers;
  private final ConcurrentHashMap<String, Channel> channels = new ConcurrentHashMap<>();

  private final ReentrantLock lock = new ReentrantLock();

  // Under the lock.
  private final TopicTrie<PatternGroup> trie = new TopicTrie<>();
  private final Map<String, PatternGroup> groups = new HashMap<>();
  private List<Lane> lanes = List.of();
  private long epochs;
  private int sweepAt;

  private volatile boolean hasPatterns;

  /**
   * Makes an empty table.
   *
   * @param epochSeed makes epochs of this run differ from those of every other run
   * @param bound channels without subscribers; beyond it those that live by a wildcard only end,
   *     and of those that remember the ones that have been quiet for longest
   */
  ChannelTable(
      String networkId, String epochSeed, int bound, ChannelRules rules, Histories histories) {
    this.networkId = networkId;
    this.epochSeed = epochSeed;
    this.bound = bound;
    this.sweepAt = bound;
    this.rules = rules;
    this.histories = histories;
    this.remembers = rules.remembers();
  }

  /** There are lanes now. To be called once, before anybody subscribes. */
  void open(List<Lane> opened) {
    lock.lock();
    try {
      lanes = opened;
      channels.values().forEach(channel -> channel.open(opened));
    } finally {
      lock.unlock();
    }
  }

  /** The text of a topic or pattern without the network when it is the node's own. */
  String spelling(TopicPattern pattern) {
    return pattern.network().equals(networkId) ? pattern.text() : pattern.full();
  }

  /** The channel of a topic, if it lives. */
  @Nullable Channel find(String topic) {
    return channels.get(topic);
  }

  /** The channel of a topic, if anybody would get a publication on it, now or later. */
  @Nullable Channel forPublish(String topic) {
    Channel channel = channels.get(topic);
    if (channel != null || !(hasPatterns || (remembers && rules.mayRemember(topic)))) {
      return channel;
    }
    return forOthers(topic, TopicPath.parse(topic, networkId));
  }

  /** The channel of a topic, made if its rule remembers. */
  @Nullable Channel remembering(TopicPath path) {
    String topic = path.network().equals(networkId) ? path.text() : path.full();
    Channel channel = channels.get(topic);
    return channel != null || !remembers ? channel : forOthers(topic, path);
  }

  private @Nullable Channel forOthers(String topic, TopicPath path) {
    lock.lock();
    try {
      Channel channel = channels.get(topic);
      if (channel != null) {
        return channel;
      }
      PatternGroup[] matching = matching(path);
      return matching.length > 0 || rules.of(path).history() > 0
          ? create(path, topic, matching)
          : null;
    } finally {
      lock.unlock();
    }
  }

  /**
   * Goes on with the channels that were durable in a life before. To be called before anything is
   * published.
   */
  void restore(BrokerMemory memory) {
    HistoryStore store = memory.store();
    if (store == null) {
      return;
    }
    long nowMs = store.nowMs();
    store.restore(
        (topic, past) -> {
          lock.lock();
          try {
            TopicPath path = TopicPath.parse(topic, networkId);
            ChannelRule rule = rules.of(path);
            boolean isWanted = rule.durable() && nowMs - past.atMs() < rule.historyTtl().toMillis();
            if (isWanted) {
              Channel channel = create(path, topic, NONE);
              channel.restore(past, nowMs);
            }
            return isWanted;
          } finally {
            lock.unlock();
          }
        });
    histories.keepBound();
  }

  Joined join(TopicPattern literal, Lane lane, Broker.@Nullable Since since, long room) {
    String topic = spelling(literal);
    lock.lock();
    try {
      Channel channel = channels.get(topic);
      if (channel == null) {
        TopicPath path = new TopicPath(literal.network(), literal.text(), literal.segments());
        channel = create(path, topic, matching(path));
      }
      return new Joined(channel, channel.join(lane, since, room));
    } finally {
      lock.unlock();
    }
  }

  void leave(Channel channel, Lane lane) {
    lock.lock();
    try {
      channel.leave(lane);
      if (channel.patterns().length == 0) {
        retire(channel);
      }
    } finally {
      lock.unlock();
    }
  }

  PatternGroup join(TopicPattern pattern, String spelling, Lane lane) {
    lock.lock();
    try {
      PatternGroup group = groups.get(spelling);
      if (group == null) {
        group = new PatternGroup(pattern, lanes.size());
        groups.put(spelling, group);
        trie.add(pattern, group);
        hasPatterns = true;
      }
      if (group.add(lane.index(), 1) == 1) {
        rematch(group);
      }
      return group;
    } finally {
      lock.unlock();
    }
  }

  void leave(PatternGroup group, Lane lane) {
    lock.lock();
    try {
      if (group.add(lane.index(), -1) > 0) {
        return;
      }
      if (group.isEmpty()) {
        groups.remove(spelling(group.pattern()));
        trie.remove(group.pattern(), group);
        hasPatterns = trie.size() > 0;
      }
      rematch(group);
    } finally {
      lock.unlock();
    }
  }

  /** The topics that have subscribers, at most {@code limit}, those of the node itself left out. */
  List<String> topics(Optional<TopicPattern> pattern, int limit) {
    return channels.values().stream()
        .filter(channel -> !channel.topic().startsWith("$"))
        .filter(channel -> !channel.remembers() || channel.isWatched())
        .filter(channel -> pattern.isEmpty() || pattern.get().matches(channel.path()))
        .map(Channel::topic)
        .limit(limit)
        .sorted()
        .toList();
  }

  int size() {
    return channels.size();
  }

  private Channel create(TopicPath path, String topic, PatternGroup[] matching) {
    if (channels.size() >= sweepAt) {
      channels.values().forEach(this::retire);
      retireQuiet();
      sweepAt = Math.max(bound, channels.size() + bound / 8 + 1);
    }
    String epoch = epochSeed + "-" + Long.toString(++epochs, 36);
    ChannelRule rule = rules.of(path);
    ChannelHistory history = rule.history() > 0 ? histories.open(rule, topic, epoch) : null;
    var channel =
        new Channel(new Channel.Life(path, topic, epoch, epochs, rule), lanes, matching, history);
    channels.put(topic, channel);
    if (history != null) {
      histories.add(channel);
    }
    return channel;
  }

  private void retire(Channel channel) {
    if (channel.retireUnlessNeeded(histories.nanos())) {
      forget(channel);
    }
  }

  private void forget(Channel channel) {
    channels.remove(channel.topic());
    histories.remove(channel);
  }

  /** Those that remember and have no subscribers are no more than an eighth below the bound. */
  private void retireQuiet() {
    record Quiet(Channel channel, long idleNanos) {}
    long now = histories.nanos();
    List<Quiet> quiet =
        histories.channels().stream()
            .filter(channel -> channel.subscribers() == 0)
            .map(channel -> new Quiet(channel, channel.idleNanos(now)))
            .sorted(Comparator.comparingLong(Quiet::idleNanos).reversed())
            .toList();
    int excess = Math.max(0, quiet.size() - (bound - bound / 8 - 1));
    for (Quiet one : quiet.subList(0, excess)) {
      if (one.channel().retireUnlessJoined()) {
        forget(one.channel());
        histories.evicted();
      }
    }
  }

  /** Forgets what has become too old, of some channels at a time. One thread at a time. */
  void sweep() {
    long now = histories.nanos();
    Iterator<Channel> round = histories.round();
    for (int i = 0; i < SWEPT_AT_ONCE && round.hasNext(); i++) {
      Channel channel = round.next();
      channel.markHole();
      if (channel.forgetOld(now)) {
        lock.lock();
        try {
          retire(channel);
        } finally {
          lock.unlock();
        }
      }
    }
  }

  private void rematch(PatternGroup group) {
    for (Channel channel : channels.values()) {
      if (group.pattern().matches(channel.path())) {
        PatternGroup[] matching = matching(channel.path());
        channel.match(matching);
        if (matching.length == 0) {
          retire(channel);
        }
      }
    }
  }

  /** Wildcards in the first place do not see the node's own topics, which begin with a dollar. */
  private PatternGroup[] matching(TopicPath path) {
    if (!hasPatterns) {
      return NONE;
    }
    return trie.match(path).stream()
        .filter(entry -> !path.service().startsWith("$") || isOwn(entry.pattern()))
        .map(TopicTrie.Entry::value)
        .toArray(PatternGroup[]::new);
  }

  private static boolean isOwn(TopicPattern pattern) {
    return pattern.segments().get(0).startsWith("$");
  }
}
