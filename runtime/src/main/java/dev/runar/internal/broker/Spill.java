package dev.runar.internal.broker;

import dev.runar.spi.Store;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * One topic whose publications go to the offline queue of a client that does not keep up, and come
 * from there when it does. Lane's thread only.
 *
 * <p>From the first publication that had no room on, all of them take this way, until the client
 * has been given all that took it: only then can the next one come by itself without overtaking
 * others. What the queue does not take, or gives up before the client has it, is told as a gap in
 * the place where it was.
 */
final class Spill {

  /** How the client is told. */
  interface Voice {
    /** Publications from here on come as messages. */
    void over(String topic, long from);

    /** They have come by themselves again from here on. */
    void live(String topic, long from);

    void gap(String topic, long from, long to);
  }

  /** On its way to the queue. */
  private static final class Offer {
    final long from;
    final long to;
    boolean isSettled;

    /** 0: the queue has not taken it. */
    long id;

    Offer(long from, long to) {
      this.from = from;
      this.to = to;
    }
  }

  /** One that is in the queue, or some in a row that are lost. */
  private static final class Kept {
    final long from;
    long to;

    /** Of its message, or of the last one before it. */
    final long id;

    final boolean isLost;

    Kept(Offer offer, long id, boolean isLost) {
      this.from = offer.from;
      this.to = offer.to;
      this.id = id;
      this.isLost = isLost;
    }
  }

  private final String topic;
  private final int most;
  private final Voice voice;
  private final ArrayDeque<Offer> offers = new ArrayDeque<>();
  private final ArrayDeque<Kept> kept = new ArrayDeque<>();

  /** The first of those that are lost in front of all that is kept; 0: none is. */
  private long gapFrom;

  private long gapTo;

  /** Those of the kept that are not lost. */
  private int held;

  private long lastId;
  private long lastOffset;

  /** Its end is looked for again when the client has read. */
  boolean isWaiting;

  /**
   * Begins.
   *
   * @param from the first offset that takes this way
   * @param most messages that a queue holds
   */
  Spill(String topic, long from, int most, Voice voice) {
    this.topic = topic;
    this.most = most;
    this.voice = voice;
    voice.over(topic, from);
  }

  /**
   * A publication goes to the queue.
   *
   * @return is to be called, in this thread, when the store has answered and before {@link #giving}
   *     is called for it; with null when it has not taken it
   */
  Answer offer(long offset) {
    Offer offer = add(offset, offset);
    return receipt -> settle(offer, receipt);
  }

  /** Publications that never came here. */
  void miss(long from, long to) {
    settle(add(from, to), null);
  }

  private Offer add(long from, long to) {
    var offer = new Offer(from, to);
    offers.add(offer);
    lastOffset = to;
    return offer;
  }

  /** What became of an offer. */
  interface Answer {
    void come(Store.@Nullable Receipt receipt);
  }

  /** Answers may come in another order than the offers were made in; a refusal comes at once. */
  private void settle(Offer settled, Store.@Nullable Receipt receipt) {
    settled.isSettled = true;
    settled.id = receipt == null ? 0 : receipt.id();
    for (Offer next = offers.peek(); next != null && next.isSettled; next = offers.peek()) {
      offers.remove();
      keep(next);
    }
  }

  private void keep(Offer offer) {
    boolean isLost = offer.id == 0;
    Kept last = kept.peekLast();
    if (isLost && last != null && last.isLost) {
      last.to = offer.to;
      return;
    }
    lastId = isLost ? lastId : offer.id;
    kept.add(new Kept(offer, lastId, isLost));
    held += isLost ? 0 : 1;
    while (held > most) { // the queue cannot have the first of them any more
      lose(kept.remove());
    }
  }

  private void lose(Kept lost) {
    held -= lost.isLost ? 0 : 1;
    gapFrom = gapFrom == 0 ? lost.from : gapFrom;
    gapTo = lost.to;
  }

  /**
   * The client is about to be given a message of the queue; perhaps none that was put here.
   *
   * @return the offset of the publication that it is; 0: it is none, or was given before
   */
  long giving(long id) {
    while (!kept.isEmpty() && kept.element().id < id) {
      lose(kept.remove());
    }
    Kept first = kept.peek();
    if (first == null || (first.id == id && !first.isLost)) {
      tellGap();
    }
    if (first == null || first.id != id || first.isLost) {
      return 0;
    }
    held--;
    return kept.remove().from;
  }

  /** Whether the client has been given all of it. */
  boolean isGiven() {
    return offers.isEmpty() && held == 0;
  }

  /** The next publication comes by itself; {@link #isGiven} is true. */
  void end() {
    while (!kept.isEmpty()) {
      lose(kept.remove());
    }
    tellGap();
    voice.live(topic, lastOffset + 1);
  }

  private void tellGap() {
    if (gapFrom > 0) {
      voice.gap(topic, gapFrom, gapTo);
      gapFrom = 0;
    }
  }
}
