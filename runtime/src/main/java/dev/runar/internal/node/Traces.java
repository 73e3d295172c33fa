package dev.runar.internal.node;

import dev.runar.RunarException;
import dev.runar.spi.TraceContext;
import java.util.HexFormat;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Makes the ids of a node and of its operations in a trace. Any thread, if the source may be asked
 * by any.
 *
 * @param node which node it is, {@code network/id}: in no other process or life the same
 * @param random where ids come from
 * @param place of the one operation that these are for, given by the embedder; null: the node makes
 *     it
 */
record Traces(String node, LongSupplier random, @Nullable TraceContext place) {
  static Traces of(String networkId, LongSupplier random) {
    String id = HexFormat.of().toHexDigits((int) random.getAsLong());
    return new Traces(networkId + "/" + id, random, null);
  }

  /** For the operation that has this place; null: as these. */
  Traces at(@Nullable TraceContext given) {
    return given == null ? this : new Traces(node, random, given);
  }

  /** The operation's own place; else a new trace, or the next operation of the caller's. */
  TraceContext next(@Nullable TraceContext caller) {
    if (place != null) {
      return place;
    }
    return caller == null
        ? new TraceContext(
            random.getAsLong(), id(), id(), TraceContext.SAMPLED, "") // who records may record it
        : caller.child(id());
  }

  /** The failure, which now says that a request of this node failed with it. */
  RunarException placed(RunarException failure, String path) {
    int network = path.indexOf(':');
    boolean isOwn = network > 0 && node.startsWith(path.substring(0, network) + "/");
    return failure.at(node, isOwn ? path.substring(network + 1) : path);
  }

  private long id() {
    long id = random.getAsLong();
    return id == 0 ? 1 : id;
  }
}
