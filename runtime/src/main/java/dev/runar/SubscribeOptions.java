package dev.runar;

/**
 * How to subscribe.
 *
 * @param includePast retained events that match come first, in order
 */
public record SubscribeOptions(boolean includePast) {
  /** Live events only. */
  public static final SubscribeOptions DEFAULT = new SubscribeOptions(false);
}
