package dev.runar.internal.node;

import org.jspecify.annotations.Nullable;

/**
 * A request that answers with a stream, or takes one, or both. A stream has no deadline as a whole:
 * its consumer waits so long for each item, so the deadline exists while it waits. Any thread.
 */
final class StreamRequest extends PendingRequest {
  /** About a century: no deadline. */
  private static final long FAR = 1L << 61;

  private final InFlight inFlight;
  private final long timeoutNanos;
  private final @Nullable Pipe output;
  private final @Nullable Pipe input;

  /** Of a stream: while its consumer waits. */
  private volatile long itemDeadlineNanos;

  /** A request with these streams; a plain one, if there are none. */
  static PendingRequest of(Terms terms, Pipes pipes) {
    return pipes.isNone() ? new PendingRequest(terms) : new StreamRequest(terms, pipes);
  }

  private StreamRequest(Terms terms, Pipes pipes) {
    super(terms);
    this.inFlight = terms.inFlight();
    this.timeoutNanos = terms.timeoutNanos();
    this.output = pipes.output();
    this.input = pipes.input();
    this.itemDeadlineNanos = terms.deadlineNanos();
  }

  @Override
  void connect() {
    Pipe out = output;
    if (out != null) {
      itemDeadlineNanos = inFlight.now() + FAR;
      out.watchedBy(
          new Pipe.Watch() {
            @Override
            public void waits() {
              if (!isLate()) {
                itemDeadlineNanos = inFlight.now() + timeoutNanos;
                inFlight.moved(itemDeadlineNanos);
              }
            }

            @Override
            public void served() {
              if (!isLate() && !isSettled()) { // then it says since when it is late
                itemDeadlineNanos = inFlight.now() + FAR;
              }
            }
          });
      out.whenClosed(() -> consumerGone(out));
    }
    var _ =
        whenComplete(
            (result, error) -> {
              if (out != null && error == null) {
                out.end();
              } else if (out != null) {
                out.fail(Failures.of(error));
              }
              if (input != null) {
                input.cancel();
              }
            });
  }

  private void consumerGone(Pipe out) {
    if (out.isLost()) {
      cancel(false);
    }
  }

  @Override
  public long deadlineNanos() {
    return output == null ? super.deadlineNanos() : itemDeadlineNanos;
  }

  @Override
  String lateness(long timeoutMs) {
    return output == null
        ? super.lateness(timeoutMs)
        : "stream " + path() + " timed out: no item within " + timeoutMs + " ms";
  }

  /** A consumer that has seen enough is no fault of the handler's. */
  @Override
  boolean isEndExpected() {
    return output != null && output.isLost();
  }

  @Override
  public @Nullable Pipe output() {
    return output;
  }

  @Override
  public @Nullable Pipe input() {
    return input;
  }
}
