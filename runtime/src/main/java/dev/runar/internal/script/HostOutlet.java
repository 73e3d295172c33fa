package dev.runar.internal.script;

import dev.runar.Payload;
import dev.runar.RunarException;
import dev.runar.RunarException.Code;
import dev.runar.internal.node.Items;
import dev.runar.internal.node.Pipe;
import org.graalvm.polyglot.HostAccess;
import org.graalvm.polyglot.Value;
import org.jspecify.annotations.Nullable;

/** Where a script writes the items of a stream. Owner thread only. */
public final class HostOutlet {
  private final Pipe pipe;
  private final ScriptContext context;

  HostOutlet(Pipe pipe, ScriptContext context) {
    this.pipe = pipe;
    this.context = context;
  }

  /** How many items may be written now. */
  @HostAccess.Export
  public int room() {
    return pipe.room();
  }

  /**
   * Writes items; there must be room for them.
   *
   * @param data of kind {@code json} or {@code rich}: the items' texts with commas between them; of
   *     kind {@code bytes}: one item
   * @return {@code QUEUED}, {@code FULL} or {@code CLOSED}
   */
  @HostAccess.Export
  public String write(String kind, @Nullable Value data, int offset, int length, int count) {
    try {
      return pipe.write(items(kind, data, offset, length, count)).name();
    } catch (RunarException e) {
      pipe.fail(e);
      return "CLOSED";
    }
  }

  private static Items items(String kind, @Nullable Value data, int offset, int length, int count) {
    if (kind.equals("bytes")) {
      return new Items.One(ScriptValues.payload(kind, data, offset, length));
    }
    boolean isText = data != null && data.isString() && count > 0;
    if (data == null || !isText || !(kind.equals("json") || kind.equals("rich"))) {
      throw new RunarException(
          Code.UNSUPPORTED_VALUE, "items of kind \"" + kind + "\" need a text and their number");
    }
    return new Items.Many(
        kind.equals("json") ? Payload.Kind.JSON : Payload.Kind.RICH, data.asString(), count);
  }

  /** Runs a function of the script when there is room again, or it is closed. */
  @HostAccess.Export
  public void whenRoom(Value callback) {
    pipe.whenRoom(() -> context.postReserved("stream", callback::executeVoid));
  }

  /** Runs a function of the script in a turn of its own, after this one. */
  @HostAccess.Export
  public void afterTurn(Value callback) {
    context.postReserved("stream", callback::executeVoid);
  }

  /** Runs a function of the script once, when nothing can be written any more. */
  @HostAccess.Export
  public void onClosed(Value callback) {
    pipe.whenClosed(() -> context.postReserved("end of stream", callback::executeVoid));
  }

  @HostAccess.Export
  public void end() {
    pipe.end();
  }

  @HostAccess.Export
  public void fail(String json) {
    pipe.fail(ScriptErrors.fromJson(json, context.excerpts()));
  }
}
