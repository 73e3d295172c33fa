package dev.runar.internal.script;

import dev.runar.Payload;
import dev.runar.internal.node.Items;
import dev.runar.internal.node.Pipe;
import dev.runar.internal.sdk.SdkErrors;
import java.nio.ByteBuffer;
import org.graalvm.polyglot.HostAccess;
import org.graalvm.polyglot.Value;
import org.jspecify.annotations.Nullable;

/** Where a script reads the items of a stream. Owner thread only. */
public final class HostInlet {
  /** So much text crosses at a time, and what is left of the items that reach beyond. */
  private static final int MAX_TEXT = 256 << 10;

  private final Pipe pipe;
  private final ScriptContext context;
  private @Nullable Value onItems;
  private @Nullable Value onEnd;

  /** Was taken out of the pipe, but does not go into the text before it. */
  private @Nullable Payload bytes;

  HostInlet(Pipe pipe, ScriptContext context) {
    this.pipe = pipe;
    this.context = context;
  }

  /**
   * Before the first {@link #read}.
   *
   * @param items {@code (kind, data)}: an array of items as JSON or rich text, or one item's bytes
   * @param end {@code (failure)}: null, or JSON text
   */
  @HostAccess.Export
  public void listen(Value items, Value end) {
    onItems = items;
    onEnd = end;
  }

  /** Calls back once, now or later. */
  @HostAccess.Export
  public void read() {
    Payload held = bytes;
    bytes = null;
    if (held != null) {
      give("bytes", ByteBuffer.wrap(held.encoded()).asReadOnlyBuffer());
      return;
    }
    Items items = pipe.poll();
    Pipe.End end = items == null ? pipe.ended() : null;
    if (items != null) {
      give(items);
    } else if (end == null) {
      pipe.whenReadable(() -> context.postReserved("stream", this::read));
    } else if (onEnd != null) {
      onEnd.executeVoid(end.failure() == null ? null : SdkErrors.toJson(end.failure()));
    }
  }

  /** So many items were used, so others may come. */
  @HostAccess.Export
  public void taken(int items) {
    pipe.taken(Math.max(0, items));
  }

  @HostAccess.Export
  public void cancel() {
    pipe.cancel();
  }

  /** As many as are there. */
  private void give(Items first) {
    var text = new StringBuilder("[");
    boolean isRich = false;
    Items next = first;
    while (next != null) {
      switch (next) {
        case Items.Many(var kind, var items, var _) -> {
          isRich |= kind == Payload.Kind.RICH;
          append(text, items);
        }
        case Items.One(var item) when item.kind() == Payload.Kind.BYTES -> {
          if (text.length() > 1) {
            bytes = item;
            give(isRich ? "rich" : "json", text.append(']').toString());
          } else {
            give("bytes", ByteBuffer.wrap(item.encoded()).asReadOnlyBuffer());
          }
          return;
        }
        case Items.One(var item) -> {
          isRich |= item.kind() == Payload.Kind.RICH;
          append(text, item.text());
        }
      }
      next = text.length() < MAX_TEXT ? pipe.poll() : null;
    }
    give(isRich ? "rich" : "json", text.append(']').toString());
  }

  private static void append(StringBuilder text, String items) {
    if (text.length() > 1) {
      text.append(',');
    }
    text.append(items);
  }

  private void give(String kind, Object data) {
    if (onItems != null) {
      onItems.executeVoid(kind, data);
    }
  }
}
