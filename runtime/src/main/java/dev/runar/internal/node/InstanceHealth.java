package dev.runar.internal.node;

import dev.runar.Payload;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** How all instances of a service are: one that is not ready speaks for all. Stateless. */
final class InstanceHealth {
  private InstanceHealth() {}

  static CompletableFuture<Optional<Payload>> of(InstancePlaces places) {
    var asked = new ArrayList<CompletableFuture<Optional<Payload>>>();
    for (int i = 0; i < places.count(); i++) {
      ServiceDefinition instance = places.at(i);
      asked.add(
          instance == null
              ? CompletableFuture.failedFuture(places.away(i))
              : instance.lifecycle().health());
    }
    return CompletableFuture.allOf(asked.toArray(CompletableFuture<?>[]::new))
        .thenApply(done -> together(asked.stream().map(CompletableFuture::resultNow).toList()));
  }

  private static Optional<Payload> together(List<Optional<Payload>> answers) {
    if (answers.stream().allMatch(Optional::isEmpty)) {
      return Optional.empty();
    }
    var all = new LinkedHashMap<String, @Nullable Object>();
    all.put("ready", answers.stream().allMatch(HealthReport::saysReady));
    all.put(
        "instances",
        answers.stream().map(answer -> answer.map(Payload::value).orElse(null)).toList());
    return Optional.of(Payload.of(all));
  }
}
