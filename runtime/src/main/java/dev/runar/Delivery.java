package dev.runar;

/** The answer to an offer: what became of one callback handed to a queue. */
public enum Delivery {
  /** Accepted: it runs exactly once, or its sender is told why it could not. */
  QUEUED,
  /** Refused: the queue is at its bound. Nothing happened; the sender may wait or give up. */
  FULL,
  /** Refused: the receiver is gone for good. Nothing happened and nothing ever will. */
  CLOSED
}
