package dev.runar.internal.host;

/** What goes wrong where there is no memory left to say so. */
public final class Unspeakable extends Error {
  private static final long serialVersionUID = 1;

  @Override
  public String toString() {
    throw new OutOfMemoryError("Java heap space");
  }
}
