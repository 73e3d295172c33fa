package dev.runar.spi;

import org.jspecify.annotations.Nullable;

/** A store did not do what it was asked for. Immutable; any thread. */
public final class StoreException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** Why not. */
  public enum Reason {
    /** More waits to be acknowledged than may; try again later. */
    OVERLOADED,
    /** The store holds as much as it may; remove something. */
    FULL,
    /** The disk did not take it, as when it is full or broken; it may be there all the same. */
    FAILED,
    /** The store is closed. */
    CLOSED
  }

  private final Reason reason;

  /** A failure with a message that says what, where and what to do. */
  public StoreException(Reason reason, String message, @Nullable Throwable cause) {
    super(message, cause);
    this.reason = reason;
  }

  /** A failure without a cause beneath it. */
  public StoreException(Reason reason, String message) {
    this(reason, message, null);
  }

  /** Why. */
  public Reason reason() {
    return reason;
  }
}
