package dev.runar.internal.broker;

/**
 * Messages put together once, ready for the wire, and then written to many connections. Lane's
 * thread only. Made by the server, which knows the wire format.
 */
public interface Burst {
  /** Adds one message. */
  void append(WireMessage message);

  /** The size on the wire so far. */
  int bytes();

  /** The messages so far. */
  int messages();

  /** One more keeps it, and is to {@link #release} it. */
  void retain();

  /** Gives the memory back once every connection that it was written to is done with it. */
  void release();
}
