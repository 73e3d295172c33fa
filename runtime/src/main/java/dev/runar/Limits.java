package dev.runar;

import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;

/**
 * The bounds. What happens at each is said in docs/configuration.md. A node whose queues hold
 * nothing could not even start, so these are at least 1; 0 clients, subscriptions or retained
 * events are a choice.
 *
 * @param queuedCallbacks callbacks that may wait for one script context; then {@code OVERLOADED}
 * @param queuedBytes payload bytes that may wait for one script context, or a single callback that
 *     is larger; then {@code OVERLOADED}
 * @param requestsInFlight requests that may be unanswered; then {@code OVERLOADED}
 * @param messageBytes the largest message of a client; then close code 1009
 * @param sessionBytes bytes that may wait for one slow client; then it is disconnected (4008)
 * @param socketBytes bytes that the operating system may hold for one client; 0: what it likes
 * @param sessions clients at a time; then HTTP 503
 * @param subscriptionsPerSession then an error frame
 * @param retainedEvents events kept by {@code retainFor}; then the oldest goes
 * @param retainedBytes bytes kept by {@code retainFor}; then the oldest goes
 * @param historyBytes bytes that channels remember; then the oldest of the fullest channel goes
 * @param contexts script contexts at a time, the instances of services among them; then adding
 *     fails with {@code OVERLOADED}
 * @param openStreams streams at a time, those that callers send to actions among them; then {@code
 *     OVERLOADED}
 * @param turnBudget how long one turn of a script may run before its context is closed; loading it
 *     may take at least 5 s
 */
public record Limits(
    int queuedCallbacks,
    long queuedBytes,
    int requestsInFlight,
    int messageBytes,
    int sessionBytes,
    int socketBytes,
    int sessions,
    int subscriptionsPerSession,
    int retainedEvents,
    long retainedBytes,
    long historyBytes,
    int contexts,
    int openStreams,
    Duration turnBudget) {
  public static final Limits DEFAULT =
      new Limits(
          65_536,
          64L << 20,
          65_536,
          1 << 20,
          1 << 20,
          0,
          100_000,
          1_000,
          10_000,
          64L << 20,
          64L << 20,
          1_000,
          10_000,
          Duration.ofSeconds(30));

  /** What the counter of a callback queue can hold. */
  private static final long MOST_QUEUED_CALLBACKS = 2_000_000;

  private static final long MOST_QUEUED_BYTES = (1L << 39) - 1;

  /** The system takes twice as many. */
  private static final long MOST_SOCKET_BYTES = 1 << 29;

  /** Each has a thread. */
  private static final long MOST_CONTEXTS = 100_000;

  private static final long MOST_STREAMS = 1_000_000;

  /** Each has a slot in a table that is made at the start. */
  private static final long MOST_REQUESTS = 1 << 24;

  /**
   * Bounds.
   *
   * @throws IllegalArgumentException for a value outside its range, with the range
   */
  public Limits {
    Ranges.within("queuedCallbacks", MOST_QUEUED_CALLBACKS, queuedCallbacks);
    Ranges.within("queuedBytes", MOST_QUEUED_BYTES, queuedBytes);
    Ranges.within("requestsInFlight", MOST_REQUESTS, requestsInFlight);
    Ranges.within("messageBytes", Integer.MAX_VALUE, messageBytes);
    Ranges.within("sessionBytes", Integer.MAX_VALUE, sessionBytes);
    if (socketBytes < 0 || socketBytes > MOST_SOCKET_BYTES) {
      throw Ranges.outside("socketBytes", "0 to " + MOST_SOCKET_BYTES, socketBytes);
    }
    Ranges.within("historyBytes", Long.MAX_VALUE / 2, historyBytes);
    Ranges.within("contexts", MOST_CONTEXTS, contexts);
    Ranges.within("openStreams", MOST_STREAMS, openStreams);
    Ranges.positive("turnBudget", turnBudget);
  }

  public Limits withQueuedCallbacks(int newQueuedCallbacks) {
    return with(draft -> draft.queuedCallbacks = newQueuedCallbacks);
  }

  public Limits withQueuedBytes(long newQueuedBytes) {
    return with(draft -> draft.queuedBytes = newQueuedBytes);
  }

  public Limits withRequestsInFlight(int newRequestsInFlight) {
    return with(draft -> draft.requestsInFlight = newRequestsInFlight);
  }

  public Limits withMessageBytes(int newMessageBytes) {
    return with(draft -> draft.messageBytes = newMessageBytes);
  }

  public Limits withSessionBytes(int newSessionBytes) {
    return with(draft -> draft.sessionBytes = newSessionBytes);
  }

  public Limits withSocketBytes(int newSocketBytes) {
    return with(draft -> draft.socketBytes = newSocketBytes);
  }

  public Limits withSessions(int newSessions) {
    return with(draft -> draft.sessions = newSessions);
  }

  public Limits withSubscriptionsPerSession(int newSubscriptionsPerSession) {
    return with(draft -> draft.subscriptionsPerSession = newSubscriptionsPerSession);
  }

  public Limits withRetainedEvents(int newRetainedEvents) {
    return with(draft -> draft.retainedEvents = newRetainedEvents);
  }

  public Limits withRetainedBytes(long newRetainedBytes) {
    return with(draft -> draft.retainedBytes = newRetainedBytes);
  }

  public Limits withHistoryBytes(long newHistoryBytes) {
    return with(draft -> draft.historyBytes = newHistoryBytes);
  }

  public Limits withContexts(int newContexts) {
    return with(draft -> draft.contexts = newContexts);
  }

  public Limits withOpenStreams(int newOpenStreams) {
    return with(draft -> draft.openStreams = newOpenStreams);
  }

  public Limits withTurnBudget(Duration newTurnBudget) {
    return with(draft -> draft.turnBudget = newTurnBudget);
  }

  private Limits with(Consumer<Draft> change) {
    var draft = new Draft(this);
    change.accept(draft);
    return draft.complete();
  }

  /** One of them while a value is changed; checked when it is complete. */
  private static final class Draft {
    private int queuedCallbacks;
    private long queuedBytes;
    private int requestsInFlight;
    private int messageBytes;
    private int sessionBytes;
    private int socketBytes;
    private int sessions;
    private int subscriptionsPerSession;
    private int retainedEvents;
    private long retainedBytes;
    private long historyBytes;
    private int contexts;
    private int openStreams;
    private Duration turnBudget;

    Draft(Limits from) {
      queuedCallbacks = from.queuedCallbacks;
      queuedBytes = from.queuedBytes;
      requestsInFlight = from.requestsInFlight;
      messageBytes = from.messageBytes;
      sessionBytes = from.sessionBytes;
      socketBytes = from.socketBytes;
      sessions = from.sessions;
      subscriptionsPerSession = from.subscriptionsPerSession;
      retainedEvents = from.retainedEvents;
      retainedBytes = from.retainedBytes;
      historyBytes = from.historyBytes;
      contexts = from.contexts;
      openStreams = from.openStreams;
      turnBudget = from.turnBudget;
    }

    Limits complete() {
      return new Limits(
          queuedCallbacks,
          queuedBytes,
          requestsInFlight,
          messageBytes,
          sessionBytes,
          socketBytes,
          sessions,
          subscriptionsPerSession,
          retainedEvents,
          retainedBytes,
          historyBytes,
          contexts,
          openStreams,
          turnBudget);
    }
  }

  /**
   * Says what a configured value may be. Stateless. Apart from the records, which make each other's
   * defaults.
   */
  static final class Ranges {
    private Ranges() {}

    static void positive(String key, Duration value) {
      if (!value.isPositive()) {
        throw outside(key, "more than 0 ms", value.toMillis());
      }
    }

    static void within(String key, long most, long value) {
      if (value < 1 || value > most) {
        throw outside(key, "1 to " + most, value);
      }
    }

    static void notNegative(String key, Duration value) {
      if (value.isNegative()) {
        throw outside(key, "0 ms or more", value.toMillis());
      }
    }

    static List<String> matching(String key, List<String> values, String pattern, String wanted) {
      for (String value : values) {
        if (!value.matches(pattern)) {
          throw outside(key, wanted, value);
        }
      }
      return List.copyOf(values);
    }

    static IllegalArgumentException outside(String key, String range, Object value) {
      return new IllegalArgumentException(key + " must be " + range + ", it is " + value);
    }
  }
}
