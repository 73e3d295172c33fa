package dev.runar.internal.script.web;

import java.nio.ByteBuffer;
import java.util.concurrent.Callable;
import org.graalvm.polyglot.Value;
import org.jspecify.annotations.Nullable;

/**
 * How the work that a script has begun in Java ends: off the owner thread, then back on it. Owner
 * thread, except where it says otherwise.
 */
final class Operations {
  /** Operations of one script that may be unanswered. */
  private static final int MAX_OPERATIONS = 10_000;

  private final WebHost host;
  private int operations;

  Operations(WebHost host) {
    this.host = host;
  }

  /** Takes a place for one operation; false when too many are open. */
  boolean begin() {
    if (operations >= MAX_OPERATIONS) {
      return false;
    }
    operations++;
    host.begins();
    return true;
  }

  /** Ends an operation on the owner thread and gives its place back. Any thread. */
  void end(String what, Runnable callback) {
    host.post(
        what,
        () -> {
          operations--;
          host.ends();
          callback.run();
        });
  }

  /**
   * Computes on a virtual thread. {@code resolve} gets the result, {@code reject} the name of a
   * DOMException and its message.
   */
  void compute(String what, Callable<@Nullable Object> work, Value resolve, Value reject) {
    if (!begin()) {
      reject.executeVoid("QuotaExceededError", MAX_OPERATIONS + " operations are unanswered");
      return;
    }
    Thread.ofVirtual()
        .name("runar-web-" + what)
        .start(
            () -> {
              try {
                Object result = work.call();
                end(what, () -> resolve.executeVoid(toScript(result)));
              } catch (Exception e) {
                String message = String.valueOf(e.getMessage());
                end(what, () -> reject.executeVoid("OperationError", message));
              }
            });
  }

  private static @Nullable Object toScript(@Nullable Object result) {
    return result instanceof byte[] bytes ? ByteBuffer.wrap(bytes) : result;
  }

  /** The bytes of a {@code Uint8Array}, copied. */
  static byte[] bytes(Value array) {
    int length = array.getMember("byteLength").asInt();
    byte[] bytes = new byte[length];
    if (length > 0) {
      array.getMember("buffer").readBuffer(array.getMember("byteOffset").asInt(), bytes, 0, length);
    }
    return bytes;
  }
}
