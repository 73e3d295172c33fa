package dev.runar.internal.http.pusher;

import dev.runar.Payload;
import dev.runar.RunarException;
import dev.runar.RunarException.Code;
import dev.runar.apps.App;
import dev.runar.internal.broker.pusher.Apps;
import dev.runar.internal.broker.pusher.LiveChannel;
import dev.runar.internal.broker.pusher.PastEvent;
import dev.runar.internal.http.pusher.Refused.Reason;
import dev.runar.internal.json.JsonBytes;
import dev.runar.internal.protocol.pusher.ChannelEvent;
import dev.runar.internal.protocol.pusher.ChannelName;
import dev.runar.internal.protocol.pusher.MemberText;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/**
 * What programs ask of an app, with the bounds and the checks of the HTTP API and without its
 * signatures. Blocks while the app is looked up.
 *
 * <p>Each input is an object with the app's id as {@code app}. What is refused is thrown as a
 * {@link RunarException}: {@code NOT_FOUND} without such an app, {@code PERMISSION_DENIED} for a
 * disabled one, {@code INVALID_INPUT}, {@code TOO_LARGE}, {@code OVERLOADED} beyond the app's rate
 * and while subscribers of the channel are behind, {@code NOT_RUNNING} when the apps cannot be
 * looked up.
 */
public final class ProgramApi {
  private final Apps apps;
  private final Publishing publishing;
  private final ApiStats stats;

  ProgramApi(Apps apps, Publishing publishing, ApiStats stats) {
    this.apps = apps;
    this.publishing = publishing;
    this.stats = stats;
  }

  /** What is done for an app. */
  private interface Deed {
    Payload done(App app, Map<String, @Nullable Object> input);
  }

  /** Publishes {@code name} with the text {@code data} on {@code channel}. */
  public Payload publish(Payload input) {
    return done(input, this::publish);
  }

  /** Publishes {@code name} with the text {@code data} to the connections of {@code user}. */
  public Payload send(Payload input) {
    return done(
        input,
        (app, fields) -> {
          var event = new LinkedHashMap<String, @Nullable Object>(fields);
          event.put("channel", ChannelName.toUser(user(fields)).text());
          return publish(app, event);
        });
  }

  private Payload publish(App app, Map<String, @Nullable Object> fields) {
    var _ = publishing.publish(app, List.of(EventRequest.one(fields, app.limits())), false);
    return Payload.of(null);
  }

  /** The members of the presence channel {@code channel}, in the order of coming. */
  public Payload presence(Payload input) {
    return done(
        input,
        (app, fields) -> {
          ChannelName name = EventRequest.channel(fields.get("channel"), app.limits());
          if (!name.isPresence()) {
            throw Refused.invalid("only presence channels have members");
          }
          List<MemberText> members =
              apps.state(app.id())
                  .flatMap(state -> state.channel(name.text()))
                  .map(LiveChannel::members)
                  .orElse(List.of());
          return list(members.stream().map(ProgramApi::member).toList());
        });
  }

  private static byte[] member(MemberText member) {
    return new JsonBytes(64)
        .ascii("{\"id\":")
        .string(member.userId())
        .ascii(",\"info\":")
        .raw(member.info().encoded())
        .ascii("}")
        .done();
  }

  /** What is remembered of {@code channel}, the oldest first. */
  public Payload history(Payload input) {
    return done(
        input,
        (app, fields) -> {
          ChannelName name = EventRequest.channel(fields.get("channel"), app.limits());
          return list(apps.past(app, name).stream().map(ProgramApi::past).toList());
        });
  }

  private static byte[] past(PastEvent past) {
    ChannelEvent event = ChannelEvent.read(past.payload());
    JsonBytes json = new JsonBytes(64 + past.payload().size()).ascii("{\"event\":");
    json.string(event.event()).ascii(",\"data\":").raw(event.data().encoded());
    json.ascii(",\"userId\":");
    if (event.userId() == null) {
      json.ascii("null");
    } else {
      json.string(event.userId());
    }
    return json.ascii(",\"timestamp\":").number(past.wallMs()).ascii("}").done();
  }

  private static Payload list(List<byte[]> elements) {
    var json = new JsonBytes(2 + elements.stream().mapToInt(one -> one.length + 1).sum());
    String before = "[";
    for (byte[] element : elements) {
      json.ascii(before).raw(element);
      before = ",";
    }
    String end = elements.isEmpty() ? "[]" : "]";
    return Payload.encoded(Payload.Kind.JSON, json.ascii(end).done());
  }

  /** Ends the connections of {@code user}; the answer is how many there were. */
  public Payload disconnect(Payload input) {
    return done(
        input,
        (app, fields) -> {
          String user = user(fields);
          return Payload.of(apps.state(app.id()).map(state -> state.terminate(user)).orElse(0));
        });
  }

  private static String user(Map<String, @Nullable Object> fields) {
    if (fields.get("user") instanceof String user && !user.isEmpty()) {
      return user;
    }
    throw Refused.invalid("user must be the id of a user, which is a text");
  }

  private Payload done(Payload input, Deed deed) {
    try {
      Map<String, @Nullable Object> fields = input.asMap();
      return deed.done(app(fields.get("app")), fields);
    } catch (Refused e) {
      stats.refused(e.reason());
      throw new RunarException(code(e.reason()), e.text());
    }
  }

  private App app(@Nullable Object id) {
    if (!(id instanceof String text)) {
      throw Refused.invalid("app must be the id of an app, which is a text");
    }
    App app;
    try {
      app = apps.byId(text).join().orElse(null);
    } catch (CompletionException e) { // logged and counted by Apps
      throw new Refused(Reason.NOT_READY, "the apps cannot be looked up now; try again later");
    }
    if (app == null) {
      String which = "there is no app with the id \"" + text + "\"";
      throw new Refused(
          Reason.UNKNOWN_APP,
          apps.isSpoken() ? which : which + ": the node has no apps; see docs/pusher-apps.md");
    }
    if (!app.enabled()) {
      throw new Refused(Reason.DISABLED, "the app \"" + text + "\" is disabled");
    }
    return app;
  }

  private static Code code(Reason reason) {
    return switch (reason) {
      case UNKNOWN_APP, UNKNOWN_PATH, WRONG_METHOD -> Code.NOT_FOUND;
      case DISABLED, UNSIGNED, WRONG_KEY, WRONG_TIME, WRONG_BODY_HASH, WRONG_SIGNATURE, REPEATED ->
          Code.PERMISSION_DENIED;
      case OVER_QUOTA, CONGESTED -> Code.OVERLOADED;
      case INVALID -> Code.INVALID_INPUT;
      case TOO_LARGE -> Code.TOO_LARGE;
      case NOT_READY -> Code.NOT_RUNNING;
    };
  }
}
