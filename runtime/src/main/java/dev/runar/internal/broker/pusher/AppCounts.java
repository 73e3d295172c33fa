package dev.runar.internal.broker.pusher;

import java.util.concurrent.atomic.LongAdder;

/** What the clients of one app do, or those of many apps together, in numbers. Any thread. */
public final class AppCounts {
  private final LongAdder connections = new LongAdder();
  private final LongAdder messagesIn = new LongAdder();
  private final LongAdder messagesOut = new LongAdder();

  AppCounts() {}

  void connected() {
    connections.increment();
  }

  void disconnected() {
    connections.decrement();
  }

  void received() {
    messagesIn.increment();
  }

  void delivered(int clients) {
    messagesOut.add(clients);
  }

  /** Open now. */
  public long connections() {
    return connections.sum();
  }

  /** Messages that its clients have sent, refused ones among them. */
  public long messagesIn() {
    return messagesIn.sum();
  }

  /** Events of its channels, each as often as there was a subscriber to hand it to. */
  public long messagesOut() {
    return messagesOut.sum();
  }
}
