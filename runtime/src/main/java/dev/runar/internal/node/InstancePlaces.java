package dev.runar.internal.node;

import dev.runar.RunarException;
import dev.runar.RunarException.Code;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/** Where the instances of one service are, and why one is not there. Any thread. */
final class InstancePlaces {
  private final String path;
  private final AtomicReferenceArray<Place> places;
  private final AtomicInteger turn = new AtomicInteger();

  /**
   * One place.
   *
   * @param instance null: there is none
   * @param why there is none
   */
  private record Place(@Nullable ServiceDefinition instance, String why) {}

  InstancePlaces(int count, String path) {
    this.path = path;
    this.places = new AtomicReferenceArray<>(count);
    for (int i = 0; i < count; i++) {
      places.set(i, new Place(null, "it has not begun"));
    }
  }

  int count() {
    return places.length();
  }

  @Nullable ServiceDefinition at(int index) {
    return places.get(index).instance();
  }

  void put(int index, ServiceDefinition instance) {
    places.set(index, new Place(instance, ""));
  }

  /** The instance has ended, if it is still this one. */
  void vacate(int index, ServiceDefinition instance, String why) {
    Place held = places.get(index);
    if (held.instance() == null || instance.equals(held.instance())) {
      places.set(index, new Place(null, why));
    }
  }

  /** The places take turns. */
  int next() {
    return Math.floorMod(turn.getAndIncrement(), count());
  }

  String who(int index) {
    return "instance " + index + " of service \"" + path + "\"";
  }

  RunarException away(int index) {
    return new RunarException(
        Code.NOT_RUNNING, who(index) + " is away: " + places.get(index).why());
  }
}
