package dev.runar.internal.broker;

import java.util.ArrayDeque;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * What one client says by HTTP requests of its own, as its connection has no way back. Lane's
 * thread only, where a method does not say otherwise.
 *
 * <p>Each request is answered when its message has been taken: a client that is not read waits for
 * its answers, as it would wait for its socket. So many and so large ones may wait, and more are
 * refused.
 */
public final class Uplink {
  /** Of one client. */
  static final int MOST_WAITING = 64;

  private static final long ONE = 1L << 32;
  private static final long BYTES = ONE - 1;

  /** What became of a message. */
  public enum Answer {
    /** The session has it. */
    TAKEN,
    /** As much as may waits already. */
    FULL,
    /** There is no such session any more. */
    GONE
  }

  private record Said(WireMessage message, CompletableFuture<Answer> answer) {
    int size() {
      return message.bytes().length;
    }
  }

  private final String key;
  private final long mostBytes;
  private final Uplinks all;

  // Any thread.
  /** One in the upper half for each message that waits, and its bytes in the lower. */
  private final AtomicLong waiting = new AtomicLong();

  // Lane's thread.
  private final ArrayDeque<Said> held = new ArrayDeque<>(0);
  private @Nullable ClientSession session; // from begin on
  private boolean isPaused;
  private boolean isEnded;

  Uplink(String key, long mostBytes, Uplinks all) {
    this.key = key;
    this.mostBytes = mostBytes;
    this.all = all;
  }

  /** What names it; nobody but its client is told. */
  public String key() {
    return key;
  }

  /** From now on it is heard. */
  public void begin(ClientSession newSession) {
    session = newSession;
    if (!isEnded) {
      all.add(this);
    }
  }

  /** Hands over a message; never blocks. Any thread, after {@link #begin}. */
  CompletableFuture<Answer> offer(WireMessage message) {
    var said = new Said(message, new CompletableFuture<>());
    if (!reserve(said.size())) {
      return CompletableFuture.completedFuture(Answer.FULL);
    }
    session()
        .post(
            () -> {
              held.add(said);
              drain();
            });
    return said.answer();
  }

  /** One message alone is never too large. */
  private boolean reserve(int bytes) {
    long now = waiting.addAndGet(ONE + bytes);
    boolean isAlone = now >>> 32 == 1;
    if (isAlone || (now >>> 32 <= MOST_WAITING && (now & BYTES) <= mostBytes)) {
      return true;
    }
    waiting.addAndGet(-ONE - bytes);
    return false;
  }

  private void drain() {
    while (!held.isEmpty() && (isEnded || !isPaused)) {
      Said next = held.remove();
      Answer answer = isEnded ? Answer.GONE : Answer.TAKEN;
      waiting.addAndGet(-ONE - next.size());
      if (answer == Answer.TAKEN) {
        take(next.message()); // which may be the end
      }
      next.answer().complete(answer);
    }
  }

  private void take(WireMessage message) {
    ClientSession to = session();
    to.heard();
    if (message.isBinary()) {
      to.receiveBinary(message.bytes(), 0, message.bytes().length);
    } else {
      to.receiveText(message.bytes(), 0, message.bytes().length);
    }
  }

  /** The client is not heard for now. */
  public void pause() {
    isPaused = true;
  }

  /** It is heard again. */
  public void resume() {
    isPaused = false;
    if (!held.isEmpty()) {
      session().post(this::drain);
    }
  }

  /** The session has ended. Repeatable. */
  public void end() {
    isEnded = true;
    all.remove(this);
    drain();
  }

  private ClientSession session() {
    return Objects.requireNonNull(session);
  }
}
