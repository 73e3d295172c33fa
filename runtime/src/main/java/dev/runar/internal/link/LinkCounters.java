package dev.runar.internal.link;

import java.util.concurrent.atomic.LongAdder;

/** What has happened on one link. Any thread. */
final class LinkCounters {
  private final LongAdder failed = new LongAdder();
  private final LongAdder bytesIn = new LongAdder();
  private final LongAdder lostLines = new LongAdder();

  // As the other side has told last.
  private volatile long refusedThere;
  private volatile long lateDrains;

  /** A callback threw. */
  void failed() {
    failed.increment();
  }

  void received(int bytes) {
    bytesIn.add(bytes);
  }

  void lostLine() {
    lostLines.increment();
  }

  /** What the other side counts; it tells when something has changed. */
  void told(Head counts) {
    refusedThere = Math.max(refusedThere, counts.number("refused"));
    lateDrains = Math.max(lateDrains, counts.number("lateDrains"));
  }

  /** With what is known elsewhere. */
  LinkStatus status(Peer peer, LinkRequests requests, String end) {
    Outbox outbox = peer.outbox();
    return new LinkStatus(
        requests.caller(),
        end,
        peer.queue().counts(),
        peer.exchanges().size(),
        failed.sum(),
        requests.size(),
        bytesIn.sum(),
        outbox.taken(),
        outbox.waiting(),
        outbox.refused(),
        refusedThere,
        lostLines.sum(),
        lateDrains);
  }
}
