package dev.runar.internal.node;

import dev.runar.ActionOptions;
import dev.runar.Event;
import dev.runar.EventContext;
import dev.runar.Middleware;
import dev.runar.Middleware.Next;
import dev.runar.Middleware.Publication;
import dev.runar.Middleware.Request;
import dev.runar.Payload;
import dev.runar.RequestContext;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;

/**
 * The middleware of a node, each part with those only that have it, outermost first. Immutable; any
 * thread.
 */
public final class Surroundings {
  /** Nothing around anything. */
  public static final Surroundings NONE = new Surroundings(List.of());

  private final Middleware[] actions;
  private final Middleware[] requests;
  private final Middleware[] publications;
  private final Middleware[] events;
  private final List<Middleware> all;

  public Surroundings(List<Middleware> all) {
    this.all = List.copyOf(all);
    this.actions = having("action");
    this.requests = having("request");
    this.publications = having("publish");
    this.events = having("event");
  }

  /** A part that is not overridden goes on, so it need not be called. */
  private Middleware[] having(String part) {
    return all.stream()
        .filter(
            one ->
                Arrays.stream(one.getClass().getMethods())
                    .anyMatch(
                        method ->
                            method.getName().equals(part)
                                && !method.isSynthetic()
                                && method.getDeclaringClass() != Middleware.class))
        .toArray(Middleware[]::new);
  }

  boolean hasActions() {
    return actions.length > 0;
  }

  boolean hasRequests() {
    return requests.length > 0;
  }

  boolean hasPublications() {
    return publications.length > 0;
  }

  boolean hasEvents() {
    return events.length > 0;
  }

  CompletableFuture<Payload> action(
      RequestContext context, Payload input, Next<Payload, Payload> handler) {
    return around(
        actions, (one, given, next) -> one.action(context, given, next), handler, 0, input);
  }

  CompletableFuture<Payload> request(Request request, Next<Request, Payload> dispatch) {
    return around(requests, Middleware::request, dispatch, 0, request);
  }

  Publication publish(Publication publication) {
    Publication current = publication;
    for (Middleware one : publications) {
      current = Objects.requireNonNull(one.publish(current), "publish of a middleware gave null");
    }
    return current;
  }

  CompletableFuture<Void> event(EventContext context, Event event, Next<Event, Void> handler) {
    return around(events, (one, given, next) -> one.event(context, given, next), handler, 0, event);
  }

  /** Every middleware sees the service before it has its path. */
  void service(ServiceDefinition service) {
    if (all.isEmpty()) {
      return;
    }
    var actionOptions = new LinkedHashMap<String, ActionOptions>();
    service.actions().forEach(action -> actionOptions.put(action.name(), action.options()));
    var registration =
        new Middleware.Registration(
            service.scope().servicePath(),
            service.name(),
            service.version(),
            service.description(),
            Collections.unmodifiableMap(actionOptions),
            service.events().stream().map(ServiceDefinition.EventListener::pattern).toList());
    all.forEach(one -> one.service(registration));
  }

  private interface Part<I, O> {
    CompletableFuture<O> call(Middleware middleware, I input, Next<I, O> next);
  }

  /** From the middleware at {@code index} on inwards. What throws has failed. */
  private static <I, O> CompletableFuture<O> around(
      Middleware[] all, Part<I, O> part, Next<I, O> innermost, int index, I input) {
    try {
      if (index == all.length) {
        return innermost.proceed(input);
      }
      Next<I, O> inside = given -> around(all, part, innermost, index + 1, given);
      return Objects.requireNonNull(
          part.call(all[index], input, inside), "a middleware gave null in place of a future");
    } catch (Exception | Error e) { // its own code; whoever asked is told
      return CompletableFuture.failedFuture(Failures.of(e));
    }
  }
}
