package dev.runar.internal.host;

/** Where producers wait for room. Any thread. */
final class Gate {
  private long opened;

  synchronized long seen() {
    return opened;
  }

  synchronized void open() {
    opened++;
    notifyAll();
  }

  /** Waits for an opening that {@link #seen} had not seen yet. */
  synchronized void awaitAfter(long seen) {
    while (opened == seen) {
      try {
        wait();
      } catch (InterruptedException _) {
        Thread.currentThread().interrupt();
        return;
      }
    }
  }
}
