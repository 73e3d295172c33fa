package dev.runar.internal.script;

import dev.runar.channels.TopicWriter;
import org.graalvm.polyglot.HostAccess;
import org.graalvm.polyglot.Value;
import org.jspecify.annotations.Nullable;

/** What writes on one topic, as a script's SDK sees it. Owner thread only. */
public final class HostTopic {
  private final @Nullable TopicWriter writer;
  private final @Nullable String failure;

  HostTopic(@Nullable TopicWriter writer, @Nullable String failure) {
    this.writer = writer;
    this.failure = failure;
  }

  /** Why nothing can be written, as JSON text; null if it can. */
  @HostAccess.Export
  public @Nullable String failure() {
    return failure;
  }

  @HostAccess.Export
  public @Nullable String name() {
    return writer == null ? null : writer.topic();
  }

  @HostAccess.Export
  public String write(Value buffer, int offset, int length) {
    if (writer == null) {
      return TopicWriter.Outcome.CLOSED.name();
    }
    byte[] packet = new byte[length];
    if (length > 0) {
      buffer.readBuffer(offset, packet, 0, length);
    }
    return writer.offer(packet).name();
  }

  @HostAccess.Export
  public double dropped() {
    return writer == null ? 0 : writer.dropped();
  }
}
