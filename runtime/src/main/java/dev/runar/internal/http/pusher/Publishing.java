package dev.runar.internal.http.pusher;

import dev.runar.Payload;
import dev.runar.apps.App;
import dev.runar.internal.broker.pusher.AppState;
import dev.runar.internal.http.pusher.Refused.Reason;
import dev.runar.internal.node.NodeGate;
import dev.runar.internal.protocol.pusher.ChannelName;
import dev.runar.spi.Clock;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/** How the events of servers and programs get to the channels of an app. Any thread. */
final class Publishing {
  private final NodeGate gate;
  private final Predicate<String> isCongested;
  private final Clock clock;
  private final ChannelQueries queries;
  private final ApiStats stats;
  private final EventRates rates = new EventRates();

  /**
   * Publishes by the gate.
   *
   * @param isCongested whether what is published on a topic now may be lost
   */
  Publishing(
      NodeGate gate,
      Predicate<String> isCongested,
      Clock clock,
      ChannelQueries queries,
      ApiStats stats) {
    this.gate = gate;
    this.isCongested = isCongested;
    this.clock = clock;
    this.queries = queries;
    this.stats = stats;
  }

  /** All of them or, before the first one is published, none. */
  Map<String, ?> publish(App app, List<EventRequest> events, boolean isBatch) {
    if (events.stream().anyMatch(event -> mayBeLost(app, event))) {
      throw new Refused(
          Reason.CONGESTED,
          "more is published than can be delivered; none of it was published, try again later");
    }
    int perSecond = app.limits().eventsPerSecond();
    if (!rates.take(app.id(), events.size(), perSecond, clock.nanos())) {
      throw new Refused(
          Reason.OVER_QUOTA, "the app publishes at most " + perSecond + " events in a second");
    }
    var told = new ArrayList<Map<String, ?>>();
    for (EventRequest event : events) {
      told.add(publish(app, event));
    }
    stats.published(events.size());
    if (events.stream().allMatch(event -> event.info().isEmpty())) {
      return Map.of();
    }
    return isBatch
        ? Map.of("batch", told.stream().map(Publishing::onlyChannel).toList())
        : Map.of("channels", told.getFirst());
  }

  private boolean mayBeLost(App app, EventRequest request) {
    return request.channels().stream()
        .anyMatch(channel -> isCongested.test(AppState.topic(app.id(), channel.text())));
  }

  private Map<String, ?> publish(App app, EventRequest request) {
    Payload payload = request.event().payload();
    var told = new LinkedHashMap<String, Object>();
    for (ChannelName channel : request.channels()) {
      var _ = gate.publish(AppState.topic(app.id(), channel.text()), payload, "app " + app.id());
      if (!request.info().isEmpty()) {
        told.put(channel.text(), queries.told(app, channel, request.info()));
      }
    }
    return told;
  }

  /** An event of a batch has one channel. */
  private static Object onlyChannel(Map<String, ?> told) {
    return told.isEmpty() ? Map.of() : told.values().iterator().next();
  }
}
