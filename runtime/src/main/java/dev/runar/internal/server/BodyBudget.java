package dev.runar.internal.server;

import java.util.concurrent.atomic.AtomicLong;

/** How many bytes of request bodies the whole port holds. Any thread. */
final class BodyBudget {
  private final long most;
  private final AtomicLong held = new AtomicLong();

  BodyBudget(long most) {
    this.most = most;
  }

  /** What became of a wish. */
  enum Answer {
    TAKEN,
    FULL
  }

  Answer take(long bytes) {
    if (held.addAndGet(bytes) <= most) {
      return Answer.TAKEN;
    }
    held.addAndGet(-bytes);
    return Answer.FULL;
  }

  void giveBack(long bytes) {
    held.addAndGet(-bytes);
  }

  long held() {
    return held.get();
  }
}
