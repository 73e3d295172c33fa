package dev.runar.internal.script.web;

import java.nio.ByteBuffer;
import org.graalvm.polyglot.Value;
import org.graalvm.polyglot.proxy.ProxyExecutable;
import org.jspecify.annotations.Nullable;

/**
 * What a script has of the body of an answer: a function {@code (resolve, reject)} that gives the
 * next bytes, or null at the end; without arguments it gives the body up. Owner thread.
 *
 * <p>Only the script holds it: when it is collected unread, a {@link java.lang.ref.Cleaner} gives
 * the body up.
 */
record BodyReader(Operations operations, ResponseBody body) implements ProxyExecutable {
  @Override
  public @Nullable Object execute(Value... arguments) {
    if (arguments.length == 0) {
      body.giveUp();
      return null;
    }
    Value resolve = arguments[0];
    Value reject = arguments[1];
    if (!operations.begin()) {
      reject.executeVoid("too many operations are unanswered");
      return null;
    }
    var _ =
        body.next()
            .whenComplete(
                (bytes, error) ->
                    operations.end(
                        "fetch body",
                        () -> {
                          if (error != null) {
                            reject.executeVoid(Network.message(error));
                          } else if (bytes == null) {
                            resolve.executeVoid((Object) null);
                          } else {
                            resolve.executeVoid(ByteBuffer.wrap(bytes));
                          }
                        }));
    return null;
  }
}
