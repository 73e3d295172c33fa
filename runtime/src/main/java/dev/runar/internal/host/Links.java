package dev.runar.internal.host;

/**
 * The ways from Java to the loops of JavaScript in this process. {@link #post} and {@link #closed}
 * may be called by any thread, {@link #take} and {@link #died} by the pump alone.
 */
public interface Links {
  /** What became of one post. */
  enum Posted {
    /** The loop will find it. */
    QUEUED,
    /** Nothing happened; {@link FrameSink#room} is called when there is room. */
    FULL,
    /** Nothing happened, and nothing will. */
    CLOSED,
    /** This link can never carry such a frame. */
    TOO_LARGE,
    /** Nothing happened: there was no memory outside of Java's heap. */
    NO_MEMORY
  }

  /** Which room a frame takes. */
  enum Room {
    ORDINARY,
    /** For what must not be refused because of a flood: results, errors, cancellations. */
    RESERVED
  }

  /** Copies one frame into the queue of a link. Never waits. */
  Posted post(long handle, byte[] bytes, int offset, int length, Room room);

  /** Says that Java wants no more of this link and posts none. */
  void closed(long handle);

  /** Waits for what the loops have sent; an empty array: the process ends. */
  byte[] take();

  /** Says why the pump ends although the process does not. */
  void died(String why);
}
