package dev.runar.internal.broker;

import dev.runar.internal.topic.TopicPath;
import dev.runar.internal.topic.TopicPattern;
import dev.runar.internal.topic.TopicTrie;
import java.util.HashMap;
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

  private final String networkId;
  private final String epochSeed;
  private final int bound;
  private final List<Lane> lanes;
  private final ConcurrentHashMap<String, Channel> channels = new ConcurrentHashMap<>();

  private final ReentrantLock lock = new ReentrantLock();

  // Under the lock.
  private final TopicTrie<PatternGroup> trie = new TopicTrie<>();
  private final Map<String, PatternGroup> groups = new HashMap<>();
  private long epochs;
  private int sweepAt;

  private volatile boolean hasPatterns;

  /**
   * Makes an empty table.
   *
   * @param epochSeed makes epochs of this run differ from those of every other run
   * @param bound channels; beyond it those that live by a wildcard only end
   */
  ChannelTable(String networkId, String epochSeed, int bound, List<Lane> lanes) {
    this.networkId = networkId;
    this.epochSeed = epochSeed;
    this.bound = bound;
    this.sweepAt = bound;
    this.lanes = lanes;
  }

  /** The text of a topic or pattern without the network when it is the node's own. */
  String spelling(TopicPattern pattern) {
    return pattern.network().equals(networkId) ? pattern.text() : pattern.full();
  }

  /** The channel of a topic, if it lives. */
  @Nullable Channel find(String topic) {
    return channels.get(topic);
  }

  /** The channel of a topic, if anybody would get a publication on it. */
  @Nullable Channel forPublish(String topic) {
    Channel channel = channels.get(topic);
    if (channel != null || !hasPatterns) {
      return channel;
    }
    return forWildcard(topic);
  }

  private @Nullable Channel forWildcard(String topic) {
    TopicPath path = TopicPath.parse(topic, networkId);
    lock.lock();
    try {
      Channel channel = channels.get(topic);
      if (channel != null) {
        return channel;
      }
      PatternGroup[] matching = matching(path);
      return matching.length == 0 ? null : create(path, topic, matching);
    } finally {
      lock.unlock();
    }
  }

  Joined join(TopicPattern literal, Lane lane) {
    String topic = spelling(literal);
    lock.lock();
    try {
      Channel channel = channels.get(topic);
      if (channel == null) {
        TopicPath path = new TopicPath(literal.network(), literal.text(), literal.segments());
        channel = create(path, topic, matching(path));
      }
      return new Joined(channel, channel.join(lane));
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

  /** The topics that live, at most {@code limit}, those of the node itself left out. */
  List<String> topics(Optional<TopicPattern> pattern, int limit) {
    return channels.values().stream()
        .filter(channel -> !channel.topic().startsWith("$"))
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
      sweepAt = Math.max(bound, channels.size() + bound / 4);
    }
    String epoch = epochSeed + "-" + Long.toString(++epochs, 36);
    var channel = new Channel(path, topic, epoch, epochs, lanes, matching);
    channels.put(topic, channel);
    return channel;
  }

  private void retire(Channel channel) {
    if (channel.retireUnlessJoined()) {
      channels.remove(channel.topic());
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
