package dev.runar.internal.broker;

import dev.runar.Payload;
import org.jspecify.annotations.Nullable;

/** One message of one channel, with its place in the channel's order. Any thread. */
final class Publication implements Lane.Item {
  private final Channel channel;
  private final long offset;
  private final Payload payload;
  private final byte[] @Nullable [] encoded = new byte[Dialect.COUNT] @Nullable [];

  Publication(Channel channel, long offset, Payload payload) {
    this.channel = channel;
    this.offset = offset;
    this.payload = payload;
  }

  long offset() {
    return offset;
  }

  /** The wire form; made by the first lane that asks and shared by all. */
  synchronized byte[] encoded(Dialect dialect) {
    byte[] bytes = encoded[dialect.index()];
    if (bytes == null) {
      bytes = dialect.publication(channel.head(dialect), offset, payload);
      encoded[dialect.index()] = bytes;
    }
    return bytes;
  }

  @Override
  public void arrive(Lane lane) {
    channel.on(lane).deliver(this);
  }

  @Override
  public int cost() {
    return 64 + payload.size();
  }
}
