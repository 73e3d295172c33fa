package dev.runar.internal.broker;

/**
 * Publications of a channel, one after the other, that a full lane refused. On its way to the lane,
 * in order with what the lane took before and after, and not refused itself: there is one for each
 * time that the lane begins to refuse. Its end is under the channel's lock.
 */
final class Gap implements Lane.Item {
  private final Channel channel;
  private final long from;
  private long to;

  Gap(Channel channel, long from) {
    this.channel = channel;
    this.from = from;
    this.to = from;
  }

  long from() {
    return from;
  }

  long to() {
    return to;
  }

  /** One more that was refused. */
  void grow(long offset) {
    to = offset;
  }

  @Override
  public void arrive(Lane lane) {
    channel.end(this, lane);
    channel.on(lane).tell(this);
  }

  @Override
  public int cost() {
    return 64;
  }
}
