package dev.runar.internal.script;

import java.util.concurrent.atomic.LongAdder;

/** What has happened in one script context. Any thread. */
final class ScriptCounters {
  private final LongAdder handled = new LongAdder();
  private final LongAdder failed = new LongAdder();
  private final LongAdder uncaught = new LongAdder();

  /**
   * The counts so far.
   *
   * @param handled socket callbacks that finished
   * @param failed callbacks that threw; each was reported
   * @param uncaught errors of timers and microtasks, and unhandled rejections; each was reported
   */
  record Counts(long handled, long failed, long uncaught) {}

  Counts counts() {
    return new Counts(handled.sum(), failed.sum(), uncaught.sum());
  }

  void handled() {
    handled.increment();
  }

  void failed() {
    failed.increment();
  }

  void uncaught() {
    uncaught.increment();
  }
}
