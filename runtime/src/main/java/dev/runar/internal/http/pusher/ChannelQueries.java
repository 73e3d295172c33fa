package dev.runar.internal.http.pusher;

import dev.runar.Payload;
import dev.runar.apps.App;
import dev.runar.internal.broker.pusher.AppState;
import dev.runar.internal.broker.pusher.Apps;
import dev.runar.internal.broker.pusher.LiveChannel;
import dev.runar.internal.protocol.pusher.ChannelEvent;
import dev.runar.internal.protocol.pusher.ChannelName;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** What servers ask of the channels of an app. Any thread. */
final class ChannelQueries {
  /** Channels that one answer lists; with more the sender is told to ask for a prefix. */
  private static final int MOST_LISTED = 100_000;

  /** With more, looking through them takes a millisecond or more. */
  static final int MANY = 2_000;

  private final Apps apps;

  ChannelQueries(Apps apps) {
    this.apps = apps;
  }

  /** Whether it takes long to list the channels of an app. */
  boolean hasMany(App app) {
    return apps.state(app.id()).filter(state -> state.channels().size() > MANY).isPresent();
  }

  /** The occupied channels. */
  Map<String, ?> channels(App app, String prefix, Info info) {
    if (info.has(Info.USERS) && !prefix.startsWith("presence-")) {
      throw Refused.invalid(
          "user_count is known of presence channels only: ask with filter_by_prefix=presence-");
    }
    if (info.has(Info.CACHE)) {
      throw Refused.invalid("cache is told of a single channel only");
    }
    Collection<LiveChannel> live = apps.state(app.id()).map(AppState::channels).orElse(List.of());
    var channels = new TreeMap<String, Object>();
    for (LiveChannel channel : live) {
      if (channel.name().text().startsWith(prefix)) {
        channels.put(channel.name().text(), told(app, channel.name(), info));
        if (channels.size() > MOST_LISTED) {
          throw Refused.invalid(
              "more than " + MOST_LISTED + " channels are occupied: ask with filter_by_prefix");
        }
      }
    }
    return Map.of("channels", channels);
  }

  /** One channel. */
  Map<String, ?> channel(App app, ChannelName name, Info info) {
    if (info.has(Info.USERS) && !name.isPresence()) {
      throw Refused.invalid("user_count is known of presence channels only");
    }
    if (info.has(Info.SUBSCRIPTIONS) && name.isPresence()) {
      throw Refused.invalid("presence channels have user_count in the place of subscription_count");
    }
    if (info.has(Info.CACHE) && !name.isCache()) {
      throw Refused.invalid("cache is known of cache channels only");
    }
    var told = new LinkedHashMap<String, @Nullable Object>();
    told.put("occupied", find(app, name).isPresent());
    told.putAll(told(app, name, info));
    if (info.has(Info.CACHE)) {
      told.put("cache", cached(app, name));
    }
    return told;
  }

  /** The users of a presence channel. */
  Map<String, ?> users(App app, ChannelName name) {
    if (!name.isPresence()) {
      throw Refused.invalid("only presence channels have users");
    }
    List<String> ids = find(app, name).map(LiveChannel::users).orElse(List.of());
    return Map.of("users", ids.stream().map(id -> Map.of("id", id)).toList());
  }

  /** What is known of one channel, of what was asked; what it does not have is left out. */
  Map<String, Object> told(App app, ChannelName name, Info info) {
    var told = new LinkedHashMap<String, Object>();
    Optional<LiveChannel> channel = info.isEmpty() ? Optional.empty() : find(app, name);
    if (info.has(Info.USERS) && name.isPresence()) {
      told.put(Info.USERS, channel.map(LiveChannel::userCount).orElse(0));
    }
    if (info.has(Info.SUBSCRIPTIONS) && !name.isPresence()) {
      told.put(Info.SUBSCRIPTIONS, channel.map(LiveChannel::subscribers).orElse(0));
    }
    return told;
  }

  private Optional<LiveChannel> find(App app, ChannelName name) {
    return apps.state(app.id()).flatMap(state -> state.channel(name.text()));
  }

  private @Nullable Map<String, ?> cached(App app, ChannelName name) {
    long lifetime = TimeUnit.SECONDS.toNanos(app.limits().cachedSeconds());
    return apps.cache()
        .find(AppState.topic(app.id(), name.text()), lifetime)
        .map(
            known -> {
              Payload data = ChannelEvent.read(known.payload()).data();
              Object text = data.value() instanceof String string ? string : data.text();
              return Map.of(
                  "data", text, "ttl", TimeUnit.NANOSECONDS.toSeconds(lifetime - known.ageNanos()));
            })
        .orElse(null);
  }
}
