package dev.runar.internal.broker;

import dev.runar.Payload;
import org.jspecify.annotations.Nullable;

/** One message of one channel, with its place in the channel's order. Any thread. */
final class Publication implements Lane.Item {
  private final Channel channel;
  private final long sequence;
  private final long offset;
  private final Payload payload;
  private final @Nullable String except;
  private final @Nullable Dialect only;
  private final @Nullable WireMessage[] encoded = new @Nullable WireMessage[Dialect.COUNT];

  /**
   * Makes one.
   *
   * @param sequence its place among everything that the channel's lanes are handed
   * @param offset its place among what every subscriber of the channel gets
   * @param except the session that does not get it; null: all do
   * @param only whose subscribers get it; null: those of every dialect
   */
  Publication(
      Channel channel,
      long sequence,
      long offset,
      Payload payload,
      @Nullable String except,
      @Nullable Dialect only) {
    this.channel = channel;
    this.sequence = sequence;
    this.offset = offset;
    this.payload = payload;
    this.except = except;
    this.only = only;
  }

  long sequence() {
    return sequence;
  }

  @Nullable String except() {
    return except;
  }

  boolean isFor(Dialect dialect) {
    return only == null || only == dialect.formOf(payload.kind());
  }

  /** On {@code /topics} only who asked for it is told who comes and goes. */
  boolean isForHearers() {
    return only == Dialect.TOPICS;
  }

  long offset() {
    return offset;
  }

  Payload payload() {
    return payload;
  }

  /** It tells of the channel itself: nobody could tell that it is missing. */
  boolean isAnnouncement() {
    return only != null;
  }

  boolean isBytes() {
    return payload.kind() == Payload.Kind.BYTES;
  }

  /** The wire form; made by the first lane that asks and shared by all. */
  synchronized WireMessage encoded(Dialect dialect) {
    Dialect form = dialect.formOf(payload.kind());
    WireMessage message = encoded[form.index()];
    if (message == null) {
      message =
          only == null
              ? form.publication(channel.head(form), offset, payload)
              : form.announcement(channel.head(form), offset, payload);
      encoded[form.index()] = message;
    }
    return message;
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
