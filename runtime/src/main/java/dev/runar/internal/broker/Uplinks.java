package dev.runar.internal.broker;

import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/**
 * The sessions whose clients say each message by an HTTP request of its own. Any thread. There are
 * never more of them than sessions.
 */
public final class Uplinks {
  private final ConcurrentHashMap<String, Uplink> open = new ConcurrentHashMap<>();
  private final RandomText keys = new RandomText();
  private final long mostBytes;
  private final LongAdder taken = new LongAdder();
  private final LongAdder full = new LongAdder();
  private final LongAdder gone = new LongAdder();

  Uplinks(long mostBytes) {
    this.mostBytes = mostBytes;
  }

  /** One for a session that is about to begin. */
  public Uplink make() {
    return new Uplink(keys.of(24), mostBytes, this);
  }

  void add(Uplink uplink) {
    open.put(uplink.key(), uplink);
  }

  void remove(Uplink uplink) {
    open.remove(uplink.key(), uplink);
  }

  /**
   * Hands a message to the session with this key; never blocks.
   *
   * @return complete when the session has taken it, or will never
   */
  public CompletableFuture<Uplink.Answer> offer(String key, WireMessage message) {
    Uplink uplink = open.get(key);
    return (uplink == null
            ? CompletableFuture.completedFuture(Uplink.Answer.GONE)
            : uplink.offer(message))
        .whenComplete((answer, error) -> count(answer));
  }

  private void count(Uplink.Answer answer) {
    switch (answer) {
      case TAKEN -> taken.increment();
      case FULL -> full.increment();
      case GONE -> gone.increment();
    }
  }

  /** How many there are. */
  public int size() {
    return open.size();
  }

  /** What became of the messages so far. */
  public Map<String, Long> snapshot() {
    return Map.of("taken", taken.sum(), "full", full.sum(), "gone", gone.sum());
  }
}
