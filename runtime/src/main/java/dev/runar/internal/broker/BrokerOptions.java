package dev.runar.internal.broker;

import dev.runar.Limits;
import dev.runar.NodeConfig;
import dev.runar.channels.ChannelRule;
import java.time.Duration;
import java.util.List;

/**
 * The bounds of a broker.
 *
 * @param networkId the node's own network
 * @param sessions clients at a time; then a new one is refused
 * @param sessionBytes bytes that may wait for one client; then it is disconnected with 4008
 * @param subscriptionsPerSession then an error frame
 * @param requestsPerSession unanswered requests of one client; then an error frame
 * @param groupsPerSession then the join is refused
 * @param channels channels without subscribers; then those that only a wildcard saw end, and of
 *     those that remember the ones that have been quiet for longest
 * @param historyBytes what channels may remember; then the oldest of the fullest goes
 * @param laneBytes what may wait for one lane; then clients that publish are not read any more, and
 *     a publication that still comes is refused for that lane
 * @param pingInterval silence after which a client is pinged
 * @param idleTimeout silence after which a client is closed
 * @param rules what channels promise
 */
public record BrokerOptions(
    String networkId,
    int sessions,
    int sessionBytes,
    int subscriptionsPerSession,
    int requestsPerSession,
    int groupsPerSession,
    int channels,
    long historyBytes,
    long laneBytes,
    Duration pingInterval,
    Duration idleTimeout,
    List<ChannelRule> rules) {

  /** The bounds that a configuration asks for. */
  public static BrokerOptions of(NodeConfig config) {
    Limits limits = config.limits();
    return new BrokerOptions(
        config.networkId(),
        limits.sessions(),
        limits.sessionBytes(),
        limits.subscriptionsPerSession(),
        1_000,
        1_000,
        100_000,
        limits.historyBytes(),
        64L << 20,
        config.server().pingInterval(),
        config.server().idleTimeout(),
        config.channels());
  }
}
