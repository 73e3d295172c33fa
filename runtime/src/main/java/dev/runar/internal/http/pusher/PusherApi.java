package dev.runar.internal.http.pusher;

import dev.runar.Payload;
import dev.runar.RunarException;
import dev.runar.apps.App;
import dev.runar.apps.PusherPort;
import dev.runar.internal.broker.pusher.AppState;
import dev.runar.internal.broker.pusher.Apps;
import dev.runar.internal.http.FormText;
import dev.runar.internal.http.HttpExchange;
import dev.runar.internal.http.HttpRequest;
import dev.runar.internal.http.HttpResponse;
import dev.runar.internal.http.OwnApi;
import dev.runar.internal.http.pusher.Refused.Reason;
import dev.runar.internal.node.NodeGate;
import dev.runar.internal.protocol.pusher.ChannelName;
import dev.runar.spi.Clock;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Predicate;

/**
 * Everything under {@code /apps/{id}/}: who asks is found and checked, then the request is done.
 * Any thread; it runs where the store of the apps answers.
 */
public final class PusherApi implements OwnApi {
  private static final Logger LOG = System.getLogger(PusherApi.class.getName());

  /** Signatures that are remembered at once; at worst, each of a second of its own, in 36 MiB. */
  private static final int SIGNATURES = 262_144;

  private final Apps apps;
  private final PusherPort port;
  private final Clock clock;
  private final Executor work;
  private final RequestSignature signatures;
  private final ChannelQueries queries;
  private final Publishing publishing;
  private final ProgramApi programs;
  private final ApiStats stats;

  /**
   * Answers for these apps.
   *
   * @param isCongested whether what is published on a topic now may be lost
   * @param work runs what takes long
   */
  public PusherApi(
      Apps apps,
      NodeGate gate,
      Predicate<String> isCongested,
      PusherPort port,
      Clock clock,
      Executor work) {
    this.apps = apps;
    this.port = port;
    this.clock = clock;
    this.work = work;
    var seen = new SeenSignatures(SIGNATURES);
    this.signatures = new RequestSignature(seen, port.refuseRepeats());
    this.stats = new ApiStats(seen::forgotten);
    this.queries = new ChannelQueries(apps);
    this.publishing = new Publishing(gate, isCongested, clock, queries, stats);
    this.programs = new ProgramApi(apps, publishing, stats);
  }

  /** The same for programs, which need no signature. */
  public ProgramApi programs() {
    return programs;
  }

  /** The counters. */
  public ApiStats stats() {
    return stats;
  }

  @Override
  public boolean answers(String path) {
    return path.startsWith(port.path() + "/apps/") && apps.isSpoken();
  }

  @Override
  public long mostBytes(String path) {
    return port.requestBytes();
  }

  /** A request under way. Nothing is given up when its client goes: it is done, or it is not. */
  private record Exchange(CompletableFuture<HttpResponse> response) implements HttpExchange {
    @Override
    public void cancel() {}
  }

  /**
   * A request and where it leads.
   *
   * @param path without the port's prefix, as it came
   * @param segments behind the app's id, decoded
   */
  private record Call(
      HttpRequest request,
      String path,
      String appId,
      List<String> segments,
      Map<String, List<String>> query,
      HttpResponse.Bytes body) {}

  @Override
  public HttpExchange begin(HttpRequest request, byte[] body) {
    Call call;
    try {
      call = call(request, body);
    } catch (Refused e) {
      return new Exchange(CompletableFuture.completedFuture(refusal(e)));
    }
    return new Exchange(
        apps.byId(call.appId())
            .thenCompose(app -> answered(call, app))
            .exceptionally(error -> refusal(unknown()))); // logged and counted by Apps
  }

  private Call call(HttpRequest request, byte[] body) {
    String path = request.path().substring(port.path().length());
    try {
      List<String> segments = FormText.segments(path); // "apps", the id, what follows
      return new Call(
          request,
          path,
          segments.get(1),
          segments.subList(2, segments.size()),
          FormText.pairs(request.query(), "the query"),
          new HttpResponse.Bytes(body));
    } catch (RunarException e) {
      throw Refused.invalid(String.valueOf(e.getMessage()));
    }
  }

  private static Refused unknown() {
    return new Refused(Reason.NOT_READY, "the apps cannot be looked up now; try again later");
  }

  /** A long list is not written on the thread that serves other connections. */
  private CompletableFuture<HttpResponse> answered(Call call, Optional<App> app) {
    boolean isLong =
        call.segments().equals(List.of("channels")) && app.filter(queries::hasMany).isPresent();
    return isLong
        ? CompletableFuture.supplyAsync(() -> answer(call, app), work)
        : CompletableFuture.completedFuture(answer(call, app));
  }

  /** The border where failures become answers. */
  private HttpResponse answer(Call call, Optional<App> app) {
    try {
      HttpResponse response = json(200, done(call, checked(call, app)));
      stats.answered();
      return response;
    } catch (Refused e) {
      return refusal(e);
    } catch (RunarException e) {
      LOG.log(Level.DEBUG, "a request of the Pusher HTTP API was not done path=" + call.path(), e);
      return refusal(new Refused(Reason.NOT_READY, "the node cannot do it now; try again later"));
    } catch (RuntimeException e) {
      LOG.log(Level.ERROR, "a request of the Pusher HTTP API failed path=" + call.path(), e);
      return json(500, Map.of("error", "internal error"));
    }
  }

  private App checked(Call call, Optional<App> found) {
    App app =
        found.orElseThrow(() -> new Refused(Reason.UNKNOWN_APP, "there is no app with this id"));
    signatures.check(
        app,
        call.request(),
        call.path(),
        call.query(),
        call.body().bytes(),
        clock.wallMs() / 1_000);
    if (!app.enabled()) {
      throw new Refused(Reason.DISABLED, "the app is disabled");
    }
    return app;
  }

  private Map<String, ?> done(Call call, App app) {
    List<String> segments = call.segments();
    String first = segments.isEmpty() ? "" : segments.getFirst();
    boolean isUnderChannel = segments.size() >= 2 && first.equals("channels");
    if (segments.size() == 1) {
      switch (first) {
        case "events" -> {
          only("POST", call);
          return publishing.publish(
              app, List.of(EventRequest.one(call.body().bytes(), app.limits())), false);
        }
        case "batch_events" -> {
          only("POST", call);
          return publishing.publish(
              app, EventRequest.batch(call.body().bytes(), app.limits()), true);
        }
        case "channels" -> {
          only("GET", call);
          return queries.channels(app, prefix(call), info(call));
        }
        case "connections" -> {
          only("GET", call);
          return Map.of("connections", apps.state(app.id()).map(AppState::connections).orElse(0));
        }
        default -> {}
      }
    }
    if (isUnderChannel && segments.size() == 2) {
      only("GET", call);
      return queries.channel(app, channel(segments.get(1)), info(call));
    }
    if (isUnderChannel && segments.size() == 3 && segments.get(2).equals("users")) {
      only("GET", call);
      return queries.users(app, channel(segments.get(1)));
    }
    if (segments.size() == 3
        && first.equals("users")
        && segments.get(2).equals("terminate_connections")) {
      only("POST", call);
      apps.state(app.id()).ifPresent(state -> terminate(state, segments.get(1)));
      return Map.of();
    }
    throw unknownPath();
  }

  private static void terminate(AppState state, String userId) {
    int ended = state.terminate(userId);
    LOG.log(Level.DEBUG, () -> "connections of a user ended count=" + ended);
  }

  private static Refused unknownPath() {
    return new Refused(Reason.UNKNOWN_PATH, "there is nothing at this path");
  }

  private static void only(String method, Call call) {
    if (call.request().method().equals("HEAD")) {
      throw unknownPath();
    }
    if (!call.request().method().equals(method)) {
      throw Refused.wrongMethod(method);
    }
  }

  private static ChannelName channel(String name) {
    return ChannelName.read(name).orElseThrow(EventRequest::wrongChannel);
  }

  private static String prefix(Call call) {
    return call.query().getOrDefault("filter_by_prefix", List.of("")).getFirst();
  }

  private static Info info(Call call) {
    var texts = new ArrayList<String>();
    call.query()
        .forEach(
            (name, values) -> {
              if (name.equals("info") || name.startsWith("info[")) {
                texts.addAll(values);
              }
            });
    return Info.of(texts);
  }

  private HttpResponse refusal(Refused refused) {
    stats.refused(refused.reason());
    LOG.log(
        Level.DEBUG,
        () -> "a server was refused reason=" + refused.reason() + " " + refused.text());
    HttpResponse response = json(refused.reason().status(), Map.of("error", refused.text()));
    return switch (refused.reason()) {
      case OVER_QUOTA, CONGESTED, NOT_READY -> response.with("retry-after", "1");
      case WRONG_METHOD -> response.with("allow", refused.text().split(" ", 2)[0]);
      default -> response;
    };
  }

  private static HttpResponse json(int status, Map<String, ?> fields) {
    return HttpResponse.of(
        status, "application/json", new HttpResponse.Bytes(Payload.of(fields).encoded()));
  }
}
