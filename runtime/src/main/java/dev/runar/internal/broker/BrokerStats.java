package dev.runar.internal.broker;

import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;

/** What the broker counts. Any thread. */
public final class BrokerStats {

  /** Why something was refused. */
  public enum Refusal {
    /** A frame that is none. */
    BAD_FRAME,
    /** The authorizer said no. */
    DENIED,
    /** A token that was not right, or none where one is needed. */
    TOKEN,
    /** Too many unanswered requests in one session. */
    REQUEST_LIMIT,
    /** Too many subscriptions in one session. */
    SUBSCRIPTION_LIMIT,
    /** Too many groups in one session. */
    GROUP_LIMIT,
    /** Too many sessions. */
    SESSION_LIMIT,
    /** A lane's inbox was full: its subscribers have a gap, which they are told of. */
    LANE_FULL,
    /** The service behind a raw WebSocket path was gone. */
    ENDPOINT_CLOSED,
    /** A service did not let a client in. */
    HANDSHAKE_DENIED,
    /** A service could not say whether to let a client in: it threw, or was not there. */
    HANDSHAKE_FAILED,
    /** A service did not say in time whether to let a client in. */
    HANDSHAKE_LATE,
    /** Too many handshakes waited for a service already. */
    HANDSHAKE_LIMIT,
    /** A client that read too slowly could have no offline queue for a topic that spills. */
    SPILL
  }

  /**
   * The counts at one moment.
   *
   * @param sessions open now
   * @param subscriptions active now
   * @param messagesOut messages handed to connections
   * @param slowDisconnects sessions closed because their byte budget was used up
   * @param idleDisconnects sessions closed because nothing was heard from them
   * @param droppedForSlow publications that sessions did not get as they read too slowly
   * @param spilled publications that slow sessions got through offline queues
   * @param cancelledRequests requests given up because their session ended
   * @param pressurePauses times that a client was not read as queues that it fills were nearly full
   * @param gaps times that a subscriber missed publications as its lane was full
   * @param historyBytes what channels remember now
   * @param historyEvicted publications forgotten because all channels together remembered too much
   * @param historiesEvicted channels forgotten because too many without subscribers remembered
   */
  public record Snapshot(
      long sessions,
      long sessionsOpened,
      long subscriptions,
      long messagesIn,
      long bytesIn,
      long messagesOut,
      long bytesOut,
      long slowDisconnects,
      long droppedForSlow,
      long spilled,
      long idleDisconnects,
      long cancelledRequests,
      long pressurePauses,
      long gaps,
      long historyBytes,
      long historyEvicted,
      long historiesEvicted,
      Map<Refusal, Long> refusals) {}

  final LongAdder sessionsOpened = new LongAdder();
  final LongAdder sessionsClosed = new LongAdder();
  final LongAdder subscriptions = new LongAdder();
  final LongAdder messagesIn = new LongAdder();
  final LongAdder bytesIn = new LongAdder();
  final LongAdder messagesOut = new LongAdder();
  final LongAdder bytesOut = new LongAdder();
  final LongAdder slowDisconnects = new LongAdder();
  final LongAdder droppedForSlow = new LongAdder();
  final LongAdder spilled = new LongAdder();
  final LongAdder idleDisconnects = new LongAdder();
  final LongAdder cancelledRequests = new LongAdder();
  final LongAdder pressurePauses = new LongAdder();
  final LongAdder gaps = new LongAdder();
  final LongAdder historyBytes = new LongAdder();
  final LongAdder historyEvicted = new LongAdder();
  final LongAdder historiesEvicted = new LongAdder();
  private final Map<Refusal, LongAdder> refusals = new EnumMap<>(Refusal.class);

  BrokerStats() {
    for (Refusal reason : Refusal.values()) {
      refusals.put(reason, new LongAdder());
    }
  }

  /** Something was refused. */
  public void refused(Refusal reason) {
    LongAdder count = refusals.get(reason);
    if (count != null) {
      count.increment();
    }
  }

  /** Requests were given up as their session had ended. */
  public void cancelled(long requests) {
    cancelledRequests.add(requests);
  }

  /** The counts now; taken one after the other, so they need not fit together exactly. */
  public Snapshot snapshot() {
    var reasons = new EnumMap<Refusal, Long>(Refusal.class);
    refusals.forEach((reason, count) -> reasons.put(reason, count.sum()));
    return new Snapshot(
        sessionsOpened.sum() - sessionsClosed.sum(),
        sessionsOpened.sum(),
        subscriptions.sum(),
        messagesIn.sum(),
        bytesIn.sum(),
        messagesOut.sum(),
        bytesOut.sum(),
        slowDisconnects.sum(),
        droppedForSlow.sum(),
        spilled.sum(),
        idleDisconnects.sum(),
        cancelledRequests.sum(),
        pressurePauses.sum(),
        gaps.sum(),
        historyBytes.sum(),
        historyEvicted.sum(),
        historiesEvicted.sum(),
        Collections.unmodifiableMap(reasons));
  }
}
