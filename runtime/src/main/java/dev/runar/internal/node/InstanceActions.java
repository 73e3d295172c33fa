package dev.runar.internal.node;

import dev.runar.Delivery;
import dev.runar.RunarException;
import dev.runar.internal.node.ServiceDefinition.Action;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/** Requests of one action, or of its fallback, each for one of several instances. Any thread. */
final class InstanceActions implements ActionEndpoint {
  private final Action like;
  private final int position;
  private final InstanceKeys keys;
  private final InstancePlaces places;
  private final Part part;

  /** Which of the endpoints of one instance is meant. */
  private enum Part {
    ACTION,
    FALLBACK
  }

  InstanceActions(Action like, int position, InstanceKeys keys, InstancePlaces places) {
    this(like, position, keys, places, Part.ACTION);
  }

  private InstanceActions(
      Action like, int position, InstanceKeys keys, InstancePlaces places, Part part) {
    this.like = like;
    this.position = position;
    this.keys = keys;
    this.places = places;
    this.part = part;
  }

  /** Any instance stands in for any other. */
  @Override
  public Optional<ActionEndpoint> fallback() {
    return like.endpoint()
        .fallback()
        .map(standIn -> new InstanceActions(like, position, keys, places, Part.FALLBACK));
  }

  @Override
  public Delivery offer(Invocation call) {
    OptionalInt keyed;
    try {
      keyed = keys.ofRequest(like, call, places.count());
    } catch (RunarException e) {
      call.fail(e);
      return Delivery.QUEUED;
    }
    if (keyed.isEmpty()) {
      return offerToAny(call);
    }
    ActionEndpoint endpoint = at(keyed.getAsInt());
    if (endpoint == null) {
      call.fail(places.away(keyed.getAsInt()));
      return Delivery.QUEUED;
    }
    return endpoint.offer(call);
  }

  private Delivery offerToAny(Invocation call) {
    int begin = leastBusy(places.next());
    boolean full = false;
    for (int i = 0; i < places.count(); i++) {
      ActionEndpoint endpoint = at((begin + i) % places.count());
      switch (endpoint == null ? Delivery.CLOSED : endpoint.offer(call)) {
        case QUEUED -> {
          return Delivery.QUEUED;
        }
        case FULL -> full = true;
        case CLOSED -> {}
      }
    }
    if (full) {
      return Delivery.FULL;
    }
    call.fail(places.away(begin));
    return Delivery.QUEUED;
  }

  /** Of those that are equally busy, the first after {@code first}, so that they take turns. */
  private int leastBusy(int first) {
    int best = first;
    int least = Integer.MAX_VALUE;
    for (int i = 0; i < places.count() && least > 0; i++) {
      int index = (first + i) % places.count();
      ActionEndpoint endpoint = at(index);
      int unanswered = endpoint == null ? Integer.MAX_VALUE : endpoint.unanswered();
      if (unanswered < least) {
        least = unanswered;
        best = index;
      }
    }
    return best;
  }

  private @Nullable ActionEndpoint at(int index) {
    ServiceDefinition instance = places.at(index);
    if (instance == null) {
      return null;
    }
    ActionEndpoint action = instance.actions().get(position).endpoint();
    return part == Part.ACTION ? action : action.fallback().orElse(null);
  }

  @Override
  public int unanswered() {
    int all = 0;
    for (int i = 0; i < places.count(); i++) {
      ActionEndpoint endpoint = at(i);
      all += endpoint == null ? 0 : endpoint.unanswered();
    }
    return all;
  }

  @Override
  public boolean isRunning(Invocation call) {
    return running(call).isPresent();
  }

  @Override
  public Optional<String> stackOf(Invocation call) {
    return running(call).flatMap(endpoint -> endpoint.stackOf(call));
  }

  /** All of them have the same text. */
  @Override
  public RunarException placed(RunarException failure) {
    for (int i = 0; i < places.count(); i++) {
      ActionEndpoint endpoint = at(i);
      if (endpoint != null) {
        return endpoint.placed(failure);
      }
    }
    return failure;
  }

  private Optional<ActionEndpoint> running(Invocation call) {
    for (int i = 0; i < places.count(); i++) {
      ActionEndpoint endpoint = at(i);
      if (endpoint != null && endpoint.isRunning(call)) {
        return Optional.of(endpoint);
      }
    }
    return Optional.empty();
  }
}
