package dev.runar.internal.broker;

import dev.runar.Payload;
import dev.runar.Payload.Kind;
import dev.runar.internal.node.NodeGate;
import dev.runar.internal.protocol.topic.TopicWriter;
import dev.runar.internal.topic.TopicPath;
import dev.runar.internal.topic.TopicPattern;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArraySet;
import java.util.stream.Stream;

/**
 * Which topics there are: those that running services declare, and those that have subscribers. Any
 * thread.
 */
final class TopicList {
  /** What the topics of the events begin with that tell of services. */
  static final String OF_SERVICES = "$registry/services/";

  private final ChannelTable channels;
  private final NodeGate gate;
  private final String networkId;
  private final Set<ClientSession> watchers = new CopyOnWriteArraySet<>();

  // Under this lock.
  private Set<String> known = Set.of();

  TopicList(ChannelTable channels, NodeGate gate, String networkId) {
    this.channels = channels;
    this.gate = gate;
    this.networkId = networkId;
  }

  /** All, or those that match, sorted, at most {@code limit}. */
  List<String> topics(Optional<TopicPattern> pattern, int limit) {
    List<String> declared =
        gate.declaredTopics().stream()
            .filter(topic -> pattern.isEmpty() || matches(pattern.get(), topic))
            .toList();
    List<String> live = channels.topics(pattern, limit);
    return declared.isEmpty()
        ? live
        : Stream.concat(declared.stream(), live.stream()).distinct().limit(limit).sorted().toList();
  }

  private boolean matches(TopicPattern pattern, String topic) {
    return pattern.matches(TopicPath.parse(topic, networkId));
  }

  /** From now on the session is told of declared topics that appear and disappear. */
  synchronized void watch(ClientSession session) {
    boolean isFirst = watchers.isEmpty();
    watchers.add(session); // from now on changes wait for what is known
    if (isFirst) {
      known = declared();
    }
  }

  void unwatch(ClientSession session) {
    watchers.remove(session);
  }

  /** A service has come, begun, ended or gone. */
  void changed() {
    if (watchers.isEmpty()) {
      return;
    }
    synchronized (this) {
      Set<String> before = known;
      known = declared();
      tell("disappeared", before, known);
      tell("appeared", known, before);
    }
  }

  private Set<String> declared() {
    return new HashSet<>(gate.declaredTopics());
  }

  private void tell(String what, Set<String> of, Set<String> without) {
    for (String topic : of) {
      if (!without.contains(topic)) {
        var frame = new Outgoing(Payload.encoded(Kind.JSON, TopicWriter.news(what, topic)), false);
        watchers.forEach(watcher -> watcher.send(frame));
      }
    }
  }
}
