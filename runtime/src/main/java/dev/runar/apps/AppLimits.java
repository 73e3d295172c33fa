package dev.runar.apps;

import java.util.function.Consumer;

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
 * @param eventsPerSecond of servers and programs; 0: as many as come
 * @param cachedSeconds how long a channel remembers an event
 * @param historyEvents that any channel remembers for programs to read, at most 1,000
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
    int cachedSeconds,
    int historyEvents) {

  /** What the protocol knows of; a longer one reaches nobody. */
  private static final int MAX_CHANNEL_NAME = 200;

  private static final int MAX_HISTORY = 1_000;

  /** As Pusher documents them. */
  public static final AppLimits DEFAULT =
      new AppLimits(0, 10_240, 200, 200, 100, 10, 100, 1_024, 128, 100, 10, 0, 1_800, 0);

  /**
   * Bounds.
   *
   * @throws IllegalArgumentException for a value outside its range, with the range
   */
  public AppLimits {
    atLeast(0, "connections", connections);
    atLeast(1, "messageBytes", messageBytes);
    atLeast(1, "channelNameLength", channelNameLength);
    if (channelNameLength > MAX_CHANNEL_NAME) {
      throw new IllegalArgumentException(
          "channelNameLength must be at most " + MAX_CHANNEL_NAME + ", it is " + channelNameLength);
    }
    atLeast(1, "eventNameLength", eventNameLength);
    atLeast(1, "channelsPerEvent", channelsPerEvent);
    atLeast(1, "eventsPerBatch", eventsPerBatch);
    atLeast(1, "presenceMembers", presenceMembers);
    atLeast(2, "presenceMemberBytes", presenceMemberBytes);
    atLeast(1, "userIdLength", userIdLength);
    atLeast(0, "watchlist", watchlist);
    atLeast(0, "clientEventsPerSecond", clientEventsPerSecond);
    atLeast(0, "eventsPerSecond", eventsPerSecond);
    atLeast(1, "cachedSeconds", cachedSeconds);
    atLeast(0, "historyEvents", historyEvents);
    if (historyEvents > MAX_HISTORY) {
      throw new IllegalArgumentException(
          "historyEvents must be at most " + MAX_HISTORY + ", it is " + historyEvents);
    }
  }

  private static void atLeast(int least, String component, int value) {
    if (value < least) {
      throw new IllegalArgumentException(
          component + " must be " + least + " or more, it is " + value);
    }
  }

  public AppLimits withConnections(int newConnections) {
    return with(draft -> draft.connections = newConnections);
  }

  public AppLimits withMessageBytes(int newMessageBytes) {
    return with(draft -> draft.messageBytes = newMessageBytes);
  }

  public AppLimits withChannelNameLength(int newChannelNameLength) {
    return with(draft -> draft.channelNameLength = newChannelNameLength);
  }

  public AppLimits withEventNameLength(int newEventNameLength) {
    return with(draft -> draft.eventNameLength = newEventNameLength);
  }

  public AppLimits withChannelsPerEvent(int newChannelsPerEvent) {
    return with(draft -> draft.channelsPerEvent = newChannelsPerEvent);
  }

  public AppLimits withEventsPerBatch(int newEventsPerBatch) {
    return with(draft -> draft.eventsPerBatch = newEventsPerBatch);
  }

  public AppLimits withPresenceMembers(int newPresenceMembers) {
    return with(draft -> draft.presenceMembers = newPresenceMembers);
  }

  public AppLimits withPresenceMemberBytes(int newPresenceMemberBytes) {
    return with(draft -> draft.presenceMemberBytes = newPresenceMemberBytes);
  }

  public AppLimits withUserIdLength(int newUserIdLength) {
    return with(draft -> draft.userIdLength = newUserIdLength);
  }

  public AppLimits withWatchlist(int newWatchlist) {
    return with(draft -> draft.watchlist = newWatchlist);
  }

  public AppLimits withClientEventsPerSecond(int newClientEventsPerSecond) {
    return with(draft -> draft.clientEventsPerSecond = newClientEventsPerSecond);
  }

  public AppLimits withEventsPerSecond(int newEventsPerSecond) {
    return with(draft -> draft.eventsPerSecond = newEventsPerSecond);
  }

  public AppLimits withCachedSeconds(int newCachedSeconds) {
    return with(draft -> draft.cachedSeconds = newCachedSeconds);
  }

  public AppLimits withHistoryEvents(int newHistoryEvents) {
    return with(draft -> draft.historyEvents = newHistoryEvents);
  }

  private AppLimits with(Consumer<Draft> change) {
    var draft = new Draft(this);
    change.accept(draft);
    return draft.complete();
  }

  /** One of them while a value is changed; checked when it is complete. */
  private static final class Draft {
    private int connections;
    private int messageBytes;
    private int channelNameLength;
    private int eventNameLength;
    private int channelsPerEvent;
    private int eventsPerBatch;
    private int presenceMembers;
    private int presenceMemberBytes;
    private int userIdLength;
    private int watchlist;
    private int clientEventsPerSecond;
    private int eventsPerSecond;
    private int cachedSeconds;
    private int historyEvents;

    Draft(AppLimits from) {
      connections = from.connections;
      messageBytes = from.messageBytes;
      channelNameLength = from.channelNameLength;
      eventNameLength = from.eventNameLength;
      channelsPerEvent = from.channelsPerEvent;
      eventsPerBatch = from.eventsPerBatch;
      presenceMembers = from.presenceMembers;
      presenceMemberBytes = from.presenceMemberBytes;
      userIdLength = from.userIdLength;
      watchlist = from.watchlist;
      clientEventsPerSecond = from.clientEventsPerSecond;
      eventsPerSecond = from.eventsPerSecond;
      cachedSeconds = from.cachedSeconds;
      historyEvents = from.historyEvents;
    }

    AppLimits complete() {
      return new AppLimits(
          connections,
          messageBytes,
          channelNameLength,
          eventNameLength,
          channelsPerEvent,
          eventsPerBatch,
          presenceMembers,
          presenceMemberBytes,
          userIdLength,
          watchlist,
          clientEventsPerSecond,
          eventsPerSecond,
          cachedSeconds,
          historyEvents);
    }
  }
}
