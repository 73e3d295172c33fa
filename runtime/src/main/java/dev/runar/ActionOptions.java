package dev.runar;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is said of an action beside its handler, the same for one written in TypeScript and one
 * written in Java. Immutable.
 *
 * @param description one sentence, or empty
 * @param timeout of a caller who names none, and the most that one can ask for; zero: the node's
 * @param input JSON Schema of the input, or null
 * @param output JSON Schema of the result, or of each item of a stream, or null
 * @param idempotent running it twice does what running it once does, so that it may be retried
 *     after it has begun
 * @param retry how often and when the node tries again
 * @param cache which results are kept for how long; null: none
 * @param bulkhead how many calls run at a time and how many may wait
 * @param breaker when calls are refused because too many failed; null: never
 * @param errors the errors that the action is known to fail with
 * @param visibility who may call it
 * @param http where HTTP clients reach it; null: they do not
 * @param stream whether it answers with many items instead of one result
 * @param takesStream whether a caller may send it many items beside its input
 */
public record ActionOptions(
    String description,
    Duration timeout,
    @Nullable Payload input,
    @Nullable Payload output,
    boolean idempotent,
    Retry retry,
    @Nullable Cache cache,
    Bulkhead bulkhead,
    @Nullable Breaker breaker,
    List<DeclaredError> errors,
    Visibility visibility,
    @Nullable Http http,
    boolean stream,
    boolean takesStream) {

  /** Nothing said: one result, called by anybody, tried once, as long as the node's timeout. */
  public static final ActionOptions DEFAULT =
      new ActionOptions(
          "",
          Duration.ZERO,
          null,
          null,
          false,
          Retry.NEVER,
          null,
          Bulkhead.UNBOUNDED,
          null,
          List.of(),
          Visibility.PUBLIC,
          null,
          false,
          false);

  public ActionOptions {
    errors = List.copyOf(errors);
  }

  /**
   * When a failed call is tried again: after {@code backoff}, then after twice as long and so on up
   * to {@code maxBackoff}, each shortened by a random part of at most {@code jitter}, as long as
   * the caller's deadline allows. Only what is retryable is: a call that was never begun, and any
   * call of an idempotent action that failed with a retryable code.
   *
   * @param attempts how often in all, the first included; 1: no retry
   * @param jitter from 0 to 1
   */
  public record Retry(int attempts, Duration backoff, Duration maxBackoff, double jitter) {
    public static final Retry NEVER =
        new Retry(1, Duration.ofMillis(100), Duration.ofSeconds(5), 0.5);

    public Retry {
      Bounds.check(attempts >= 1, "retry.attempts must be 1 or more, it is " + attempts);
      Bounds.check(backoff.toMillis() >= 1, "retry.backoff must be 1 ms or more, it is " + backoff);
      Bounds.check(
          maxBackoff.compareTo(backoff) >= 0,
          "retry.maxBackoff must be " + backoff + " or more, it is " + maxBackoff);
      Bounds.check(jitter >= 0 && jitter <= 1, "retry.jitter must be 0 to 1, it is " + jitter);
    }
  }

  /**
   * Which results are kept.
   *
   * @param ttl how long one is given to callers
   * @param maxEntries how many are kept; the least useful goes first
   * @param keys the fields of the input that a result depends on; empty: all of it
   * @param meta the keys of the caller's meta that a result depends on
   * @param invalidatedBy topics or patterns whose events empty the cache
   */
  public record Cache(
      Duration ttl,
      int maxEntries,
      List<String> keys,
      List<String> meta,
      List<String> invalidatedBy) {
    public Cache {
      Bounds.check(ttl.isPositive(), "cache.ttl must be more than 0 ms, it is " + ttl);
      Bounds.check(maxEntries >= 1, "cache.maxEntries must be 1 or more, it is " + maxEntries);
      keys = List.copyOf(keys);
      meta = List.copyOf(meta);
      invalidatedBy = List.copyOf(invalidatedBy);
    }
  }

  /**
   * How many calls run at a time; what comes above waits in order, and above that is refused with
   * {@code OVERLOADED}.
   *
   * @param concurrency 0: as many as come
   * @param queue how many wait
   */
  public record Bulkhead(int concurrency, int queue) {
    public static final Bulkhead UNBOUNDED = new Bulkhead(0, 0);

    public Bulkhead {
      Bounds.check(
          concurrency >= 0, "bulkhead.concurrency must be 0 or more, it is " + concurrency);
      Bounds.check(queue >= 0, "bulkhead.queue must be 0 or more, it is " + queue);
    }
  }

  /**
   * Refuses calls with {@code OVERLOADED} once too many have failed, and lets some through after a
   * while to see whether it is better.
   *
   * @param failureRate from 0 to 1: the part of the window that must have failed
   * @param window how many of the last calls are looked at; it must be full
   * @param openFor how long calls are refused
   * @param trials how many are let through then
   */
  public record Breaker(double failureRate, int window, Duration openFor, int trials) {
    public Breaker {
      Bounds.check(
          failureRate > 0 && failureRate <= 1,
          "breaker.failureRate must be more than 0 and at most 1, it is " + failureRate);
      Bounds.check(window >= 1, "breaker.window must be 1 or more, it is " + window);
      Bounds.check(
          openFor.toMillis() >= 1, "breaker.openFor must be 1 ms or more, it is " + openFor);
      Bounds.check(trials >= 1, "breaker.trials must be 1 or more, it is " + trials);
    }
  }

  /**
   * An error of the action's own.
   *
   * @param name its class name, such as {@code InsufficientFunds}
   * @param description one sentence, or empty
   * @param data JSON Schema of what it carries, or null
   */
  public record DeclaredError(String name, String description, @Nullable Payload data) {}

  /** Who may call an action. */
  public enum Visibility {
    /** Services, the embedding program and clients of the port. */
    PUBLIC,
    /** Services and the embedding program. */
    INTERNAL,
    /** The service's own handlers. */
    PRIVATE
  }

  /**
   * Where HTTP clients reach an action.
   *
   * @param method such as {@code GET}
   * @param path of the URL, such as {@code /users/{id}}: the templates are fields of the input
   * @param status of a result; 0: 200, or 204 for none
   */
  public record Http(String method, String path, int status) {}

  /**
   * A class of its own: what it checks must not begin with {@link #DEFAULT}, which has parts that
   * are checked.
   */
  private static final class Bounds {
    private static void check(boolean fits, String otherwise) {
      if (!fits) {
        throw new RunarException(RunarException.Code.INVALID_INPUT, otherwise);
      }
    }
  }

  /** How long one request may take. */
  public Duration timeout(Duration asked, Duration otherwise) {
    if (timeout.isZero()) {
      return asked.isZero() ? otherwise : asked;
    }
    return asked.isZero() || asked.compareTo(timeout) > 0 ? timeout : asked;
  }

  /** Starts from {@link #DEFAULT}. */
  public static Builder builder() {
    return DEFAULT.toBuilder();
  }

  /** Starts from these. */
  public Builder toBuilder() {
    return new Builder(this);
  }

  /** Collects options. Not for use by several threads. */
  public static final class Builder {
    private String description;
    private Duration timeout;
    private @Nullable Payload input;
    private @Nullable Payload output;
    private boolean idempotent;
    private Retry retry;
    private @Nullable Cache cache;
    private Bulkhead bulkhead;
    private @Nullable Breaker breaker;
    private List<DeclaredError> errors;
    private Visibility visibility;
    private @Nullable Http http;
    private boolean stream;
    private boolean takesStream;

    private Builder(ActionOptions from) {
      description = from.description;
      timeout = from.timeout;
      input = from.input;
      output = from.output;
      idempotent = from.idempotent;
      retry = from.retry;
      cache = from.cache;
      bulkhead = from.bulkhead;
      breaker = from.breaker;
      errors = from.errors;
      visibility = from.visibility;
      http = from.http;
      stream = from.stream;
      takesStream = from.takesStream;
    }

    public Builder description(String newDescription) {
      description = newDescription;
      return this;
    }

    public Builder timeout(Duration newTimeout) {
      timeout = newTimeout;
      return this;
    }

    public Builder input(@Nullable Payload newInput) {
      input = newInput;
      return this;
    }

    public Builder output(@Nullable Payload newOutput) {
      output = newOutput;
      return this;
    }

    public Builder idempotent(boolean newIdempotent) {
      idempotent = newIdempotent;
      return this;
    }

    public Builder retry(Retry newRetry) {
      retry = newRetry;
      return this;
    }

    public Builder cache(@Nullable Cache newCache) {
      cache = newCache;
      return this;
    }

    public Builder bulkhead(Bulkhead newBulkhead) {
      bulkhead = newBulkhead;
      return this;
    }

    public Builder breaker(@Nullable Breaker newBreaker) {
      breaker = newBreaker;
      return this;
    }

    public Builder errors(List<DeclaredError> newErrors) {
      errors = newErrors;
      return this;
    }

    public Builder visibility(Visibility newVisibility) {
      visibility = newVisibility;
      return this;
    }

    public Builder http(@Nullable Http newHttp) {
      http = newHttp;
      return this;
    }

    public Builder stream(boolean newStream) {
      stream = newStream;
      return this;
    }

    public Builder takesStream(boolean newTakesStream) {
      takesStream = newTakesStream;
      return this;
    }

    public ActionOptions build() {
      return new ActionOptions(
          description,
          timeout,
          input,
          output,
          idempotent,
          retry,
          cache,
          bulkhead,
          breaker,
          errors,
          visibility,
          http,
          stream,
          takesStream);
    }
  }
}
