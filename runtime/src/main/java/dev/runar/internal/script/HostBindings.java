package dev.runar.internal.script;

import dev.runar.Event;
import dev.runar.Payload;
import dev.runar.PublishOptions;
import dev.runar.PublishReceipt;
import dev.runar.RunarException;
import dev.runar.RunarException.Code;
import dev.runar.SubscribeOptions;
import dev.runar.Subscription;
import dev.runar.internal.node.EventDelivery;
import dev.runar.internal.node.Failures;
import dev.runar.internal.node.NodeCore;
import dev.runar.internal.node.ServiceDefinition;
import dev.runar.internal.node.ServiceScope;
import dev.runar.internal.sdk.NodeControl;
import dev.runar.internal.sdk.OperationOptions;
import dev.runar.internal.sdk.Placement;
import dev.runar.internal.sdk.SdkErrors;
import dev.runar.internal.sdk.SdkService;
import java.lang.System.Logger.Level;
import java.net.URI;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.graalvm.polyglot.HostAccess;
import org.graalvm.polyglot.Value;
import org.jspecify.annotations.Nullable;

/**
 * Everything that a script's bootstrap can ask of the host. Owner thread only. No method throws:
 * what fails is told through {@code reject} as JSON text, since a Java exception would reach the
 * script as a foreign object.
 */
public final class HostBindings {
  /** Requests, publications and the like of one script that may be unanswered. */
  private static final int MAX_OPERATIONS = 65_536;

  private final ScriptContext context;
  private final NodeControl control;
  private final Supplier<NodeCore> core;
  private final Registrar registrar;
  private final Map<Long, Subscription> subscriptions = new LinkedHashMap<>();

  /** Any thread. */
  private final Set<ServiceDefinition> services = ConcurrentHashMap.newKeySet();

  private int operations;
  private final HostRequests requests;

  HostBindings(
      ScriptContext context, NodeControl control, Supplier<NodeCore> core, Registrar registrar) {
    this.context = context;
    this.registrar = registrar;
    this.control = control;
    this.core = core;
    this.requests = new HostRequests(context, core, this);
  }

  @HostAccess.Export
  public HostAnswer configure(String json) {
    try {
      return new HostAnswer(control.configure(json), null);
    } catch (RuntimeException e) {
      return new HostAnswer(null, SdkErrors.toJson(Failures.of(e)));
    }
  }

  @HostAccess.Export
  public void start(Value resolve, Value reject) {
    settle(
        registrar.start(),
        urls -> Payload.of(urls.stream().map(URI::toString).toList()).text(),
        resolve,
        reject);
  }

  @HostAccess.Export
  public void stop(Value resolve, Value reject) {
    context.work().outlasts();
    settle(control.stopAround(), done -> null, resolve, reject);
  }

  @HostAccess.Export
  public void addService(String definition, Value handlers, Value resolve, Value reject) {
    CompletableFuture<Void> added;
    try {
      ServiceDefinition service =
          SdkService.define(
              core.get().config(), services, definition, new ScriptServices(context, handlers));
      added = added(service, SdkService.placement(definition));
    } catch (RuntimeException e) {
      added = CompletableFuture.failedFuture(Failures.of(e));
    }
    settle(added, done -> null, resolve, reject);
  }

  /** One that fails to start stays registered, and has to go with the context too. */
  private CompletableFuture<Void> added(ServiceDefinition service, Placement placement) {
    services.add(service);
    return registrar
        .add(service, placement)
        .whenComplete(
            (done, error) -> {
              if (error != null && !registrar.has(service)) {
                services.remove(service);
              }
            });
  }

  /** Which instance of a service this context is; negative: the script's own context. */
  @HostAccess.Export
  public int instance() {
    return registrar.instance();
  }

  /** The services that the script has added. Any thread. */
  Set<ServiceDefinition> services() {
    return Set.copyOf(services);
  }

  @HostAccess.Export
  public void removeService(String path, Value resolve, Value reject) {
    CompletableFuture<Void> removed =
        registrar.remove(path).thenRun(() -> services.removeIf(service -> !registrar.has(service)));
    settle(removed, done -> null, resolve, reject);
  }

  /** Its timers. */
  @HostAccess.Export
  public HostTimers timers() {
    return new HostTimers(context);
  }

  /** How it makes requests. */
  @HostAccess.Export
  public HostRequests requests() {
    return requests;
  }

  @HostAccess.Export
  public void publish(
      String topic,
      String kind,
      @Nullable Value data,
      int offset,
      int length,
      @Nullable String optionsJson,
      @Nullable HostTask within,
      Value resolve,
      Value reject) {
    CompletableFuture<PublishReceipt> receipt;
    try {
      Payload payload = ScriptValues.payload(kind, data, offset, length);
      PublishOptions own = OperationOptions.publish(optionsJson).withPublisher(requests.caller());
      receipt = core.get().publish(topic, payload, within == null ? own : within.onward(own));
    } catch (RuntimeException e) {
      receipt = CompletableFuture.failedFuture(Failures.of(e));
    }
    settle(receipt, OperationOptions::receipt, resolve, reject);
  }

  /**
   * Subscribes.
   *
   * @param within whose handler subscribes: what the new handler asks for is asked by that service,
   *     too; null: no service's
   */
  @HostAccess.Export
  public void subscribe(
      String pattern,
      Value handler,
      @Nullable String optionsJson,
      @Nullable HostTask within,
      Value resolve,
      Value reject) {
    CompletableFuture<Double> subscribed;
    try {
      SubscribeOptions options = OperationOptions.subscribe(optionsJson);
      Value function = context.functions().event.execute(handler);
      Subscription subscription =
          registrar.subscribe(
              pattern,
              ScriptEvents.ofScript(context, core.get().config().networkId(), within, function),
              options);
      subscriptions.put(subscription.id(), subscription);
      subscribed = CompletableFuture.completedFuture((double) subscription.id());
    } catch (RuntimeException e) {
      subscribed = CompletableFuture.failedFuture(Failures.of(e));
    }
    settle(subscribed, id -> id, resolve, reject);
  }

  @HostAccess.Export
  public void unsubscribe(double id, Value resolve, Value reject) {
    Subscription subscription = subscriptions.remove((long) id);
    if (subscription != null) {
      subscription.close();
    }
    settle(CompletableFuture.completedFuture(subscription != null), had -> had, resolve, reject);
  }

  @HostAccess.Export
  public void on(String pattern, @Nullable String optionsJson, Value resolve, Value reject) {
    CompletableFuture<Event> event;
    try {
      OperationOptions.Wait options = OperationOptions.on(optionsJson);
      event = core.get().on(pattern, options.timeout(), options.subscribe());
    } catch (RuntimeException e) {
      event = CompletableFuture.failedFuture(Failures.of(e));
    }
    settle(
        event,
        reject::executeVoid,
        received -> {
          var crossing = ScriptValues.crossing(received.payload());
          resolve.executeVoid(
              crossing.kind(),
              crossing.data(),
              new HostEvent(
                  new Received(received),
                  new ServiceScope(core.get().config().networkId(), ""),
                  context));
        });
  }

  @HostAccess.Export
  public void clearRetained(String pattern, Value resolve, Value reject) {
    CompletableFuture<Integer> cleared;
    try {
      cleared = CompletableFuture.completedFuture(core.get().clearRetained(pattern));
    } catch (RuntimeException e) {
      cleared = CompletableFuture.failedFuture(Failures.of(e));
    }
    settle(cleared, count -> count, resolve, reject);
  }

  @HostAccess.Export
  public void log(String level, String logger, String message) {
    Level known =
        switch (level) {
          case "error" -> Level.ERROR;
          case "warn" -> Level.WARNING;
          case "debug" -> Level.DEBUG;
          default -> Level.INFO;
        };
    System.getLogger("runar.service." + logger).log(known, message);
  }

  @HostAccess.Export
  public @Nullable HostSession session(String id) {
    return control
        .sessions()
        .session(id)
        .map(session -> new HostSession(session, context, false))
        .orElse(null);
  }

  /** What writes on a topic, or why nothing does. */
  @HostAccess.Export
  public HostTopic topic(String name) {
    try {
      return new HostTopic(core.get().writer(name), null);
    } catch (RunarException e) {
      return new HostTopic(null, SdkErrors.toJson(e));
    }
  }

  @HostAccess.Export
  public int sendToGroup(String group, String kind, @Nullable Value data, int offset, int length) {
    return control.sessions().sendToGroup(group, ScriptValues.payload(kind, data, offset, length));
  }

  /** An error that nobody caught. */
  @HostAccess.Export
  public void uncaught(String json, String where) {
    context.reportUncaught(ScriptErrors.fromJson(json, context.excerpts()), where);
  }

  /** The context is gone: nothing reaches its subscriptions and its services any more. */
  void end() {
    requests.end();
    subscriptions.values().forEach(Subscription::close);
    subscriptions.clear();
    services.forEach(this::endService);
  }

  /**
   * Of a script that did not even load, nothing stays, so that it can be mended and added again.
   */
  private void endService(ServiceDefinition service) {
    Estate estate = context.estate();
    if (estate.returns()) {
      registrar.away(service, estate.whyAway());
      return;
    }
    registrar.gone(service);
    if (!context.isLoaded()) {
      registrar.forget(service);
    }
  }

  private <T> void settle(
      CompletableFuture<T> future,
      Function<T, @Nullable Object> answer,
      Value resolve,
      Value reject) {
    settle(
        future,
        reject::executeVoid,
        value -> {
          Object result = answer.apply(value);
          if (result == null) {
            resolve.executeVoid();
          } else {
            resolve.executeVoid(result);
          }
        });
  }

  /** What becomes of a value. */
  interface Settlement<T> {
    void resolve(T value);
  }

  /**
   * Settles what the script waits for on the owner thread when the future completes.
   *
   * @param refusal is given the error as JSON text
   */
  <T> void settle(CompletableFuture<T> future, Consumer<String> refusal, Settlement<T> settlement) {
    if (operations >= MAX_OPERATIONS) {
      future.cancel(false);
      var overload =
          new RunarException(
              Code.OVERLOADED,
              "this script has " + MAX_OPERATIONS + " operations without an answer");
      context.postReserved("promise", () -> refusal.accept(SdkErrors.toJson(overload)));
      return;
    }
    operations++;
    var _ =
        future.whenComplete(
            (value, error) ->
                context.postReserved(
                    "promise",
                    () -> {
                      operations--;
                      if (error == null) {
                        settlement.resolve(value);
                      } else {
                        refusal.accept(SdkErrors.toJson(Failures.of(error)));
                      }
                    }));
  }

  /** An event that somebody waited for: it counts as handled by the waiting. */
  private record Received(Event event) implements EventDelivery {
    @Override
    public Map<String, String> pathParams() {
      return Map.of();
    }

    @Override
    public void handled() {}

    @Override
    public void failed(RunarException error) {}
  }
}
