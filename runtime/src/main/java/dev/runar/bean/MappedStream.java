package dev.runar.bean;

import java.util.concurrent.Flow;
import java.util.function.Function;

/**
 * A stream whose items become something else on their way. What is asked for and the end pass
 * through; an item that cannot become it ends the stream with the failure, and its source. Any
 * thread, as the source.
 */
record MappedStream<S, T>(Flow.Publisher<? extends S> source, Function<S, T> as)
    implements Flow.Publisher<T> {

  @Override
  public void subscribe(Flow.Subscriber<? super T> subscriber) {
    source.subscribe(new Mapping<S, T>(as, subscriber));
  }

  /** One subscription. Told by the source, one call at a time. */
  private static final class Mapping<S, T> implements Flow.Subscriber<S> {
    private final Function<S, T> as;
    private final Flow.Subscriber<? super T> subscriber;
    private Flow.Subscription subscription = NONE;
    private boolean hasFailed;

    Mapping(Function<S, T> as, Flow.Subscriber<? super T> subscriber) {
      this.as = as;
      this.subscriber = subscriber;
    }

    @Override
    public void onSubscribe(Flow.Subscription given) {
      subscription = given;
      subscriber.onSubscribe(given);
    }

    @Override
    public void onNext(S item) {
      if (hasFailed) { // what was on its way when it was cancelled
        return;
      }
      T mapped;
      try {
        mapped = as.apply(item);
      } catch (RuntimeException e) {
        hasFailed = true;
        subscription.cancel();
        subscriber.onError(e);
        return;
      }
      subscriber.onNext(mapped);
    }

    @Override
    public void onError(Throwable error) {
      if (!hasFailed) {
        subscriber.onError(error);
      }
    }

    @Override
    public void onComplete() {
      if (!hasFailed) {
        subscriber.onComplete();
      }
    }

    /** Until the source has given one. */
    private static final Flow.Subscription NONE =
        new Flow.Subscription() {
          @Override
          public void request(long n) {}

          @Override
          public void cancel() {}
        };
  }
}
