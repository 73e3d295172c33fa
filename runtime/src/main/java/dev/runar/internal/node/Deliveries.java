package dev.runar.internal.node;

import dev.runar.Payload;
import dev.runar.RunarException;
import dev.runar.RunarException.Code;
import dev.runar.internal.node.DeadLetters.DeadLetter;
import dev.runar.spi.Clock;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * What became of events, for who asks: by subscription, by event, and those that could not be
 * handled. Answers are maps and lists as {@code $runtime} gives them. Any thread.
 */
public final class Deliveries {
  private final EventBus bus;
  private final Clock clock;

  Deliveries(EventBus bus, Clock clock) {
    this.bus = bus;
    this.clock = clock;
  }

  /** One entry for each subscription, those that have ended last. */
  public List<Map<String, @Nullable Object>> bySubscription() {
    long now = clock.nanos();
    Map<Subscriber, Long> oldest = bus.log().traces.oldestOpen();
    var all = new ArrayList<Map<String, @Nullable Object>>();
    for (Subscriber subscriber : bus.subscribers()) {
      long traced = oldest.getOrDefault(subscriber, now);
      long since = bus.oldestNanos(subscriber, traced);
      all.add(entry(subscriber, TimeUnit.NANOSECONDS.toMillis(Math.max(0, now - since))));
    }
    return all;
  }

  private static Map<String, @Nullable Object> entry(Subscriber subscriber, long oldestMs) {
    long waiting = subscriber.waiting();
    var entry = new LinkedHashMap<String, @Nullable Object>();
    entry.put("pattern", subscriber.key.pattern());
    entry.put("owner", subscriber.key.owner());
    entry.put("position", subscriber.key.position());
    entry.put("group", subscriber.group);
    entry.put("active", subscriber.active);
    entry.put("queued", subscriber.queued.sum());
    entry.put("refused", subscriber.refused.sum());
    entry.put("handled", subscriber.handled.sum());
    entry.put("failed", subscriber.failed.sum());
    entry.put("dropped", subscriber.dropped.sum());
    entry.put("retried", subscriber.retried.sum());
    entry.put("late", subscriber.late.sum());
    entry.put("waiting", waiting);
    entry.put("oldestWaitingMs", waiting == 0 ? 0 : oldestMs);
    return entry;
  }

  /** What the subscriptions say together, and the dead letters. */
  public Map<String, @Nullable Object> sums() {
    List<Subscriber> all = bus.subscribers();
    var letters = bus.log().deadLetters.counts();
    var sums = new LinkedHashMap<String, @Nullable Object>();
    sums.put("subscriptions", all.stream().filter(each -> each.active).count());
    sums.put("dropped", all.stream().mapToLong(each -> each.dropped.sum()).sum());
    sums.put("retried", all.stream().mapToLong(each -> each.retried.sum()).sum());
    sums.put("late", all.stream().mapToLong(each -> each.late.sum()).sum());
    sums.put("deadLetters", letters.kept());
    sums.put("deadLetterBytes", letters.keptBytes());
    sums.put("deadLettersEvicted", letters.evicted());
    return sums;
  }

  /** The dead letters, oldest first. */
  public List<Map<String, @Nullable Object>> deadLetters() {
    return bus.log().deadLetters.list().stream().map(Deliveries::entry).toList();
  }

  private static Map<String, @Nullable Object> entry(DeadLetter letter) {
    var entry = new LinkedHashMap<String, @Nullable Object>();
    entry.put("id", letter.id());
    entry.put("event", letter.event().id());
    entry.put("topic", letter.event().topic());
    entry.put("payload", letter.event().payload().value());
    entry.put(
        "error",
        Payload.object(
                "code", letter.code().name(), "name", letter.name(), "message", letter.message())
            .value());
    entry.put("attempts", letter.attempts());
    entry.put("pattern", letter.subscription().pattern());
    entry.put("owner", letter.subscription().owner());
    entry.put("failedMs", letter.failedMs());
    return entry;
  }

  /**
   * Gives an event again to the subscription that could not handle it, as a new event.
   *
   * @param id of the dead letter, which is taken out
   * @return the id of the new event
   * @throws RunarException {@code NOT_FOUND} for the letter or the subscription; {@code OVERLOADED}
   *     when it is refused; the letter is kept then
   */
  public long replay(long id) {
    DeadLetters letters = bus.log().deadLetters;
    DeadLetter letter = letters.take(id).orElseThrow(() -> noLetter(id));
    try {
      return bus.replay(letter);
    } catch (RunarException e) {
      letters.keep(letter);
      throw e;
    }
  }

  /**
   * Forgets one dead letter.
   *
   * @throws RunarException {@code NOT_FOUND}
   */
  public void clear(long id) {
    DeadLetter _ = bus.log().deadLetters.take(id).orElseThrow(() -> noLetter(id));
  }

  /** Forgets all dead letters; how many there were. */
  public int clear() {
    return bus.log().deadLetters.clear();
  }

  private static RunarException noLetter(long id) {
    return new RunarException(Code.NOT_FOUND, "there is no dead letter " + id);
  }

  /**
   * Where one event went, and where it stopped.
   *
   * @throws RunarException {@code NOT_FOUND} when it was never published, or too long ago
   */
  public Map<String, @Nullable Object> trace(long id) {
    EventTrace trace =
        bus.log()
            .traces
            .find(id)
            .orElseThrow(
                () ->
                    new RunarException(
                        Code.NOT_FOUND,
                        "there is no trace of event "
                            + id
                            + "; kept are those of the last "
                            + TraceLog.RECENT
                            + " events, and of the last "
                            + TraceLog.TROUBLED
                            + " that were refused or have failed"));
    var entry = new LinkedHashMap<String, @Nullable Object>();
    entry.put("id", trace.id);
    entry.put("topic", trace.topic);
    entry.put("timestampMs", trace.timestampMs);
    entry.put("publisher", trace.publisher);
    entry.put("matched", trace.matched());
    entry.put("clients", trace.clients());
    entry.put("subscriptions", trace.steps().stream().map(Deliveries::entry).toList());
    return entry;
  }

  private static Map<String, @Nullable Object> entry(EventTrace.Step step) {
    var entry = new LinkedHashMap<String, @Nullable Object>();
    entry.put("pattern", step.subscriber().key.pattern());
    entry.put("owner", step.subscriber().key.owner());
    entry.put("group", step.subscriber().group);
    entry.put("state", step.state().name());
    entry.put("attempt", step.attempt());
    entry.put("afterMs", step.afterMicros() / 1_000.0);
    entry.put("error", step.error());
    return entry;
  }
}
