package dev.runar.internal.node;

import dev.runar.ActionOptions;
import dev.runar.Middleware.Request;
import dev.runar.NodeConfig;
import dev.runar.Payload;
import dev.runar.RequestOptions;
import dev.runar.RunarException;
import dev.runar.RunarException.Code;
import dev.runar.spi.Clock;
import dev.runar.spi.Telemetry.Span;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Takes a request from its caller to its action's endpoint: through the middleware of requests, to
 * the action that the registry knows, if its service runs and the caller may, and through the
 * middleware of actions. Any thread; nothing here blocks.
 */
final class Dispatcher {
  private final NodeCore core;
  private final NodeConfig config;
  private final Clock clock;
  private final Registry registry;
  private final InFlight inFlight;
  private final RunningOn runningOn;
  private final Traces traces;
  private final Surroundings around;
  private final Spans spans;
  private final @Nullable RequestMeter meter;
  private final SurroundedRequests surrounded;
  private final AtomicLong requestIds = new AtomicLong();
  private volatile boolean closed;

  Dispatcher(
      NodeCore core,
      Registry registry,
      InFlight inFlight,
      RunningOn runningOn,
      Traces traces,
      Surroundings around,
      Spans spans,
      @Nullable RequestMeter meter) {
    this.core = core;
    this.config = core.config();
    this.clock = core.clock();
    this.registry = registry;
    this.inFlight = inFlight;
    this.runningOn = runningOn;
    this.traces = traces;
    this.around = around;
    this.spans = spans;
    this.meter = meter;
    this.surrounded = new SurroundedRequests(config, clock, core.delays());
  }

  CompletableFuture<Payload> request(
      Requester requester, String path, Payload payload, RequestOptions options, Pipes pipes) {
    return around.hasRequests()
        ? surrounded(requester, new Request(path, payload, options), pipes)
        : piped(requester, path, payload, options, pipes);
  }

  private CompletableFuture<Payload> surrounded(Requester requester, Request request, Pipes pipes) {
    SurroundedRequest asked;
    try {
      asked = surrounded.begin(request.path(), request.options(), pipes.output() != null);
    } catch (RunarException e) {
      pipes.refuse(e);
      return refused(request.path(), e);
    }
    var hasGoneOn = new AtomicBoolean();
    if (!pipes.isNone()) {
      var _ =
          asked.whenComplete(
              (result, error) -> {
                if (!hasGoneOn.get()) {
                  pipes.refuse(error == null ? itself(request.path()) : Failures.of(error));
                }
              });
    }
    return asked.through(
        request,
        around,
        given -> {
          hasGoneOn.set(true);
          return piped(requester, given.path(), given.payload(), given.options(), pipes);
        });
  }

  /** To a consumer of items. */
  private static RunarException itself(String path) {
    return new RunarException(
        Code.HANDLER_FAILED,
        "a middleware has answered " + path + " itself; it can go on or fail, but give no items");
  }

  private CompletableFuture<Payload> piped(
      Requester requester, String path, Payload payload, RequestOptions options, Pipes pipes) {
    CompletableFuture<Payload> result = routed(requester, path, payload, options, pipes);
    if (!pipes.isNone() && result.isCompletedExceptionally()) {
      pipes.refuse(Failures.of(result.exceptionNow()));
    }
    return result;
  }

  private CompletableFuture<Payload> routed(
      Requester requester, String path, Payload payload, RequestOptions options, Pipes pipes) {
    if (closed) {
      return refused(path, stopped());
    }
    Registry.Match match;
    try {
      match = registry.route(path);
      Visibilities.check(match.route(), path, requester);
    } catch (RunarException e) {
      if (meter != null) {
        meter.unrouted(e);
      }
      return refused(path, e);
    }
    return meter == null
        ? routed(match, requester, path, payload, options, pipes)
        : meter.measured(
            match.route(), () -> routed(match, requester, path, payload, options, pipes));
  }

  private CompletableFuture<Payload> routed(
      Registry.Match match,
      Requester requester,
      String path,
      Payload payload,
      RequestOptions options,
      Pipes pipes) {
    ServiceEntry service = match.route().service();
    if (!service.isAskedBy(requester)) {
      return refused(path, service.notRunning());
    }
    ActionOptions action = match.route().action().options();
    if (action.stream() != (pipes.output() != null)
        || (pipes.input() != null && !action.takesStream())) {
      return refused(path, Streams.misfit(path, action, pipes));
    }
    return spans.isOff()
        ? dispatch(match, requester, payload, options, pipes, traces)
        : traced(match, requester, payload, options, pipes);
  }

  private CompletableFuture<Payload> traced(
      Registry.Match match,
      Requester requester,
      Payload payload,
      RequestOptions options,
      Pipes pipes) {
    ServiceScope service = match.route().service().definition.scope();
    Span span = spans.request(match.path(), service, match.route().action().name(), options);
    Traces within = traces.at(span.context().orElse(null));
    CompletableFuture<Payload> answer = dispatch(match, requester, payload, options, pipes, within);
    var _ = answer.whenComplete((result, error) -> spans.end(span, error));
    return answer;
  }

  private CompletableFuture<Payload> dispatch(
      Registry.Match match,
      Requester requester,
      Payload payload,
      RequestOptions options,
      Pipes pipes,
      Traces within) {
    String path = match.path();
    ServiceDefinition.Action action = match.route().action();
    long timeoutNanos =
        Clock.nanosOf(action.options().timeout(options.timeout(), config.requestTimeout()));
    PendingRequest request =
        StreamRequest.of(
            new PendingRequest.Terms(
                requestIds.incrementAndGet(),
                path,
                payload,
                match.params(),
                options,
                clock.nanos() + timeoutNanos,
                timeoutNanos,
                inFlight,
                runningOn,
                within,
                action.endpoint()),
            pipes);
    request.http = requester.http().orElse(null);
    if (!inFlight.add(request)) {
      return refused(
          path,
          new RunarException(
              Code.OVERLOADED,
              "more than " + config.limits().requestsInFlight() + " requests are unanswered"));
    }
    request.connect();
    if (closed) { // after the slot was taken: the close may have looked there before
      request.fail(stopped());
    } else if (around.hasActions()) {
      ServiceScope service = match.route().service().definition.scope();
      SurroundedCall.submit(
          request,
          action.endpoint(),
          around,
          new JavaRequestContext(request, core, service, clock));
    } else {
      action.endpoint().submit(request);
    }
    return request;
  }

  /** Nothing is taken any more; what is in flight goes on. */
  void refuse() {
    closed = true;
  }

  /** Nothing is taken any more; what is in flight is for {@link InFlight} to end. */
  void close() {
    closed = true;
    surrounded.close();
  }

  private static RunarException stopped() {
    return new RunarException(Code.SHUTDOWN, "the node has stopped");
  }

  private CompletableFuture<Payload> refused(String path, RunarException reason) {
    return CompletableFuture.failedFuture(traces.placed(reason, path));
  }
}
