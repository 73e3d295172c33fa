package dev.runar.internal.node;

import dev.runar.spi.TraceContext;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Makes the ids of operations in a trace. Any thread, if the source may be asked by any.
 *
 * @param random where ids come from
 */
record Traces(LongSupplier random) {
  /** A new trace, or the next operation of the caller's. */
  TraceContext next(@Nullable TraceContext caller) {
    return caller == null
        ? new TraceContext(
            random.getAsLong(), id(), id(), TraceContext.SAMPLED, "") // who records may record it
        : caller.child(id());
  }

  private long id() {
    long id = random.getAsLong();
    return id == 0 ? 1 : id;
  }
}
