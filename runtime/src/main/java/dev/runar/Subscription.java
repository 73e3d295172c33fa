package dev.runar;

/** One active subscription. Any thread. */
public interface Subscription extends AutoCloseable {
  /** Unique within the node's life. */
  long id();

  /** What was subscribed to. */
  String pattern();

  /** Ends it: what was queued before still arrives, nothing after. Repeatable. */
  @Override
  void close();
}
