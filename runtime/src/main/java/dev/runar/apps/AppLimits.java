package dev.runar.apps;

/**
 * The bounds of one app. Immutable.
 *
 * @param connections at a time; 0: as many as the node takes
 * @param messageBytes of one message of a client, and of an event's data
 * @param channelNameLength of a channel's name, at most 200
 * @param eventNameLength of an event's name
 * @param channelsPerEvent that one event is published to
 * @param eventsPerBatch in one call of {@code batch_events}
 * @param presenceMembers of one presence channel
 * @param presenceMemberBytes of one member's {@code user_info}
 * @param userIdLength of a user's id
 * @param watchlist users that one client watches
 * @param clientEventsPerSecond of one connection
 * @param eventsPerSecond of the HTTP API; 0: as many as come
 * @param cachedSeconds how long a cache channel remembers its last event
 */
public record AppLimits(
    int connections,
    int messageBytes,
    int channelNameLength,
    int eventNameLength,
    int channelsPerEvent,
    int eventsPerBatch,
    int presenceMembers,
    int presenceMemberBytes,
    int userIdLength,
    int watchlist,
    int clientEventsPerSecond,
    int eventsPerSecond,
    int cachedSeconds) {

  /** As Pusher documents them. */
  public static final AppLimits DEFAULT =
      new AppLimits(0, 10_240, 200, 200, 100, 10, 100, 1_024, 128, 100, 10, 0, 1_800);
}
