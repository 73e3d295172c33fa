package dev.runar.internal.script;

import dev.runar.Supervision;

/**
 * What is known of the deaths of one script: how many, why, and what callers are told meanwhile.
 * Guarded by that script.
 */
final class Deaths {
  private static final String LOADED_ANEW = "its script was ended and is being loaded anew";

  private final Breaker breaker;
  private long bornNanos;
  private long count;
  private String last = "";
  private String whyAway = LOADED_ANEW;

  Deaths(Supervision supervision) {
    this.breaker = new Breaker(supervision);
  }

  /** A context runs the script. */
  void born(long nowNanos) {
    bornNanos = nowNanos;
  }

  /**
   * It does no more, or no other came to be.
   *
   * @return how long to wait before the next try, in ns; 0: not at all
   */
  long died(String why, long nowNanos) {
    count++;
    last = why;
    long backOff = breaker.died(bornNanos, nowNanos);
    whyAway = backOff == 0 ? LOADED_ANEW : breaker.why(backOff);
    return backOff;
  }

  long count() {
    return count;
  }

  /** Why the last one died; empty when none has. */
  String last() {
    return last;
  }

  /** What callers are told while no context runs the script. */
  String whyAway() {
    return whyAway;
  }
}
