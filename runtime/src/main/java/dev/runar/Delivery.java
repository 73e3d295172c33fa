package dev.runar;

/** What became of one offered callback. */
public enum Delivery {
  /** It will run. */
  QUEUED,
  /** Full. */
  FULL,
  /** Closed. */
  CLOSED
}
