package dev.runar.internal.host;

/**
 * What the frames of JavaScript are given to: the node. Called by the pump alone, which every link
 * of the process waits for: nothing here may block.
 *
 * <p>Exceptions end the pump: {@link #failed} is the last call then.
 */
public interface FrameSink {
  /** Frames of one link end to end, in the order in which they were sent: the array from offset. */
  void frames(long handle, byte[] frames, int offset);

  /** A post on this link was refused as full, and now there is room. */
  void room(long handle);

  /** The loop has closed this link, after all its frames. Told once. */
  void closed(long handle);

  /** The process ends: nothing comes any more. Hooks of the Java machine run behind this. */
  default void ended() {}

  /** The pump ends although the process does not: nothing comes any more, and nothing goes. */
  default void failed(String why) {}

  /** Makes the sink of a process. */
  @FunctionalInterface
  interface Factory {
    FrameSink sink(Links links);
  }
}
