package dev.runar.channels;

/**
 * What becomes of a channel's messages for a client that reads more slowly than they come, once
 * more than its byte budget ({@code limits.sessionBytes}) is waiting for it. Others of the channel
 * are never delayed.
 */
public enum SlowPolicy {
  /** It is disconnected, with a code that tells it why. */
  DISCONNECT,

  /** The oldest that wait are dropped; it is told how many it has missed, and where. */
  GAP,

  /** Only the latest waits; it is told how many it has missed. For values, not for events. */
  LATEST,

  /**
   * They go to its offline queue with the name of the topic, and come from there when it reads
   * again, to be acknowledged. A client that has not said which device of which user it is, is
   * disconnected.
   */
  SPILL
}
