package dev.runar.internal.node;

import dev.runar.Payload;
import java.util.ArrayDeque;
import java.util.concurrent.Executor;
import java.util.concurrent.Flow;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The consumer of a pipe that is written in Java. It is told everything by one thread at a time,
 * which may block. Any thread.
 */
final class PipeSubscription implements Flow.Subscription {
  private final Pipe pipe;
  private final Flow.Subscriber<? super Payload> subscriber;
  private final Executor executor;

  private final AtomicLong demand = new AtomicLong();

  /** Reasons to look; whoever adds the first one looks until there is none. */
  private final AtomicInteger reasons = new AtomicInteger();

  private volatile boolean cancelled;
  private volatile boolean misused;

  /** Who looks: items that came together with others. */
  private final ArrayDeque<Payload> unpacked = new ArrayDeque<>();

  /** Who looks. */
  private boolean isOver;

  PipeSubscription(Pipe pipe, Flow.Subscriber<? super Payload> subscriber, Executor executor) {
    this.pipe = pipe;
    this.subscriber = subscriber;
    this.executor = executor;
  }

  void begin() {
    subscriber.onSubscribe(this);
    pipe.whenClosed(this::look); // an end is told without demand
  }

  @Override
  public void request(long n) {
    if (n <= 0) {
      misused = true;
    } else {
      demand.accumulateAndGet(n, (a, b) -> a + b < 0 ? Long.MAX_VALUE : a + b);
    }
    look();
  }

  @Override
  public void cancel() {
    cancelled = true;
    pipe.cancel();
  }

  private void look() {
    if (reasons.getAndIncrement() > 0) {
      return;
    }
    try {
      executor.execute(this::tell);
    } catch (RejectedExecutionException e) { // the node has stopped
      tell();
    }
  }

  private void tell() {
    int seen = reasons.get();
    do {
      try {
        tellAll();
      } catch (RuntimeException e) { // of the subscriber: it must not throw, so it is not told more
        isOver = true;
        cancel();
      }
      seen = reasons.addAndGet(-seen);
    } while (seen != 0);
  }

  private void tellAll() {
    while (!isOver && !cancelled) {
      if (misused) {
        isOver = true;
        cancel();
        subscriber.onError(new IllegalArgumentException("request(n): n must be more than 0"));
        return;
      }
      if (unpacked.isEmpty()) {
        Pipe.End end = pipe.ended();
        if (end != null) {
          finish(end);
          return;
        }
        Items items = demand.get() == 0 ? null : pipe.poll();
        if (items == null) {
          if (demand.get() > 0) { // else nobody waits for an item, and no time runs
            pipe.whenReadable(this::look);
          }
          return;
        }
        unpacked.addAll(items.payloads());
      }
      if (demand.get() == 0) {
        return;
      }
      demand.updateAndGet(n -> n == Long.MAX_VALUE ? n : n - 1);
      subscriber.onNext(unpacked.remove());
      pipe.taken(1);
    }
  }

  private void finish(Pipe.End end) {
    isOver = true;
    if (end.failure() == null) {
      subscriber.onComplete();
    } else {
      subscriber.onError(end.failure());
    }
  }
}
