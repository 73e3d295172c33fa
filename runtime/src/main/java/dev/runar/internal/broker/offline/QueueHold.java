package dev.runar.internal.broker.offline;

/** Keeps the queue of a client while publications spill into it. Any thread; to be ended once. */
public final class QueueHold {
  private final QueueTable table; // guarded by itself
  private final OfflineQueue queue;

  /** With the table held. */
  QueueHold(QueueTable table, OfflineQueue queue) {
    this.table = table;
    this.queue = queue;
    queue.holds++;
  }

  /** A queue that began by spilling goes by itself when nothing waits in it any more. */
  public void end() {
    synchronized (table) {
      queue.holds--;
    }
  }
}
