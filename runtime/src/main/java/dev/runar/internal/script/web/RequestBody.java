package dev.runar.internal.script.web;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.Flow;
import org.graalvm.polyglot.Value;
import org.graalvm.polyglot.proxy.ProxyExecutable;
import org.jspecify.annotations.Nullable;

/**
 * A body that a script makes while it is sent. When the client has room it asks the script's
 * function for the next piece, one at a time, so a slow server slows the script's stream. Any
 * thread; the function is called on the owner thread.
 *
 * <p>The function gets a callback that takes a {@code Uint8Array} with at least one byte, null at
 * the end, or a text that says why there will be no more. Called without a callback it gives up.
 */
final class RequestBody implements Flow.Publisher<ByteBuffer>, Flow.Subscription {
  private final WebHost host;
  private final Value more;
  private Flow.@Nullable Subscriber<? super ByteBuffer> subscriber; // guarded by this
  private long wanted; // guarded by this
  private boolean asking; // guarded by this
  private boolean over; // guarded by this

  RequestBody(WebHost host, Value more) {
    this.host = host;
    this.more = more;
  }

  @Override
  public void subscribe(Flow.Subscriber<? super ByteBuffer> given) {
    synchronized (this) {
      if (subscriber != null) {
        over = true;
      } else {
        subscriber = given;
      }
    }
    given.onSubscribe(this);
    if (isOver()) {
      given.onError(new IOException("the body of a stream cannot be sent twice"));
    }
  }

  private synchronized boolean isOver() {
    return over;
  }

  @Override
  public void request(long pieces) {
    synchronized (this) {
      wanted = Math.min(Long.MAX_VALUE - pieces, wanted) + pieces;
    }
    ask();
  }

  private void ask() {
    synchronized (this) {
      if (asking || over || wanted == 0) {
        return;
      }
      asking = true;
      wanted--;
    }
    host.post("fetch body", () -> more.executeVoid((ProxyExecutable) this::take));
  }

  private @Nullable Object take(Value... arguments) {
    Value piece = arguments[0];
    Flow.Subscriber<? super ByteBuffer> to;
    synchronized (this) {
      asking = false;
      if (over || subscriber == null) {
        return null;
      }
      to = subscriber;
      over = piece.isNull() || piece.isString();
    }
    if (piece.isNull()) {
      to.onComplete();
    } else if (piece.isString()) {
      to.onError(new IOException(piece.asString()));
    } else {
      to.onNext(ByteBuffer.wrap(Operations.bytes(piece)));
      ask();
    }
    return null;
  }

  @Override
  public void cancel() {
    synchronized (this) {
      if (over) {
        return;
      }
      over = true;
    }
    host.post("fetch body", () -> more.executeVoid());
  }
}
