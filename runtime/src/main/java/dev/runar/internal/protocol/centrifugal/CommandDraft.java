package dev.runar.internal.protocol.centrifugal;

import dev.runar.Payload;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One command while it is read, whatever its spelling: what stands in it, and what it then is. Not
 * for several threads.
 */
final class CommandDraft {
  /** The largest id: the protocol has 32 bits for it. */
  static final long LARGEST_ID = 0xFFFF_FFFFL;

  /** What a command may ask for; each is also the name of what holds its parameters. */
  enum Verb {
    CONNECT,
    SUBSCRIBE,
    UNSUBSCRIBE,
    PUBLISH,
    PRESENCE,
    PRESENCE_STATS,
    HISTORY,
    PING,
    SEND,
    RPC,
    REFRESH,
    SUB_REFRESH;

    private final String key = name().toLowerCase(Locale.ROOT);

    /** The verb with this name. */
    static Optional<Verb> of(String key) {
      for (Verb verb : values()) {
        if (verb.key.equals(key)) {
          return Optional.of(verb);
        }
      }
      return Optional.empty();
    }

    String key() {
      return key;
    }

    private boolean needsChannel() {
      return switch (this) {
        case SUBSCRIBE, UNSUBSCRIBE, PUBLISH, PRESENCE, PRESENCE_STATS, HISTORY, SUB_REFRESH ->
            true;
        case CONNECT, PING, SEND, RPC, REFRESH -> false;
      };
    }
  }

  private static final Payload NULL = Payload.json("null");

  long id;
  final EnumSet<Verb> verbs = EnumSet.noneOf(Verb.class);
  String channel = "";
  String token = "";
  String name = "";
  String version = "";
  String method = "";
  @Nullable Payload data;
  boolean recover;
  long offset;
  String epoch = "";
  int limit;
  boolean reverse;
  @Nullable StreamPosition since;
  final Map<String, StreamPosition> subs = new LinkedHashMap<>(2);

  /** A kind of subscription or publication that the protocol has and the node has not. */
  int type;

  /** It wants to get only some of the publications. */
  boolean isFiltered;

  private @Nullable String problem;

  /** The first problem counts. */
  void refuse(String why) {
    if (problem == null) {
      problem = why;
    }
  }

  CentrifugalCommand command() {
    if (problem != null) {
      return new CentrifugalCommand.Invalid(problem);
    }
    if (verbs.isEmpty()) {
      return id == 0 ? new CentrifugalCommand.Pong() : invalid("a command needs a verb");
    }
    if (verbs.size() > 1) {
      return invalid("a command has one verb; this one has " + verbs);
    }
    Verb verb = verbs.iterator().next();
    if (verb == Verb.SEND) {
      return new CentrifugalCommand.Send(dataOrNull());
    }
    if (id < 1 || id > LARGEST_ID) {
      return invalid("a command needs an id from 1 to " + LARGEST_ID);
    }
    if (verb.needsChannel() && channel.isEmpty()) {
      return invalid(verb.key() + " needs a channel");
    }
    if (type != 0 || isFiltered) {
      return new CentrifugalCommand.Unsupported(id, type != 0 ? "type " + type : "filters");
    }
    return asked(verb);
  }

  private CentrifugalCommand asked(Verb verb) {
    return switch (verb) {
      case CONNECT -> new CentrifugalCommand.Connect(id, token, data, name, version, subs);
      case SUBSCRIBE ->
          new CentrifugalCommand.Subscribe(
              id, channel, token, recover ? new StreamPosition(offset, epoch) : null);
      case UNSUBSCRIBE -> new CentrifugalCommand.Unsubscribe(id, channel);
      case PUBLISH -> new CentrifugalCommand.Publish(id, channel, dataOrNull());
      case PRESENCE -> new CentrifugalCommand.Presence(id, channel);
      case PRESENCE_STATS -> new CentrifugalCommand.PresenceStats(id, channel);
      case HISTORY -> new CentrifugalCommand.History(id, channel, limit, since, reverse);
      case PING -> new CentrifugalCommand.Ping(id);
      case SEND -> new CentrifugalCommand.Send(dataOrNull());
      case RPC -> new CentrifugalCommand.Rpc(id, method, dataOrNull());
      case REFRESH ->
          token.isEmpty()
              ? invalid("refresh needs a token")
              : new CentrifugalCommand.Refresh(id, token);
      case SUB_REFRESH ->
          token.isEmpty()
              ? invalid("sub_refresh needs a token")
              : new CentrifugalCommand.SubRefresh(id, channel, token);
    };
  }

  private Payload dataOrNull() {
    return data == null ? NULL : data;
  }

  private static CentrifugalCommand invalid(String why) {
    return new CentrifugalCommand.Invalid(why);
  }
}
