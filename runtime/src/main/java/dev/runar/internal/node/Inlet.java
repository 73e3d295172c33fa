package dev.runar.internal.node;

import dev.runar.Payload;

/** The way of what is written on one topic, looked up once. Any thread; never blocks. */
public interface Inlet {
  /** Takes one payload; false when somebody does not get it. */
  boolean write(Payload payload);
}
