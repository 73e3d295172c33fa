package dev.runar.internal.apps;

import dev.runar.apps.App;
import dev.runar.apps.AppStore;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Apps that are known from the beginning, such as those of a configuration. Immutable. */
public final class ListedApps implements AppStore {
  private final Map<String, App> byKey;
  private final Map<String, App> byId;

  /** Each id and each key is of one app only. */
  public ListedApps(List<App> apps) {
    byKey = apps.stream().collect(Collectors.toUnmodifiableMap(App::key, Function.identity()));
    byId = apps.stream().collect(Collectors.toUnmodifiableMap(App::id, Function.identity()));
  }

  @Override
  public CompletionStage<Optional<App>> byKey(String key) {
    return CompletableFuture.completedFuture(Optional.ofNullable(byKey.get(key)));
  }

  @Override
  public CompletionStage<Optional<App>> byId(String id) {
    return CompletableFuture.completedFuture(Optional.ofNullable(byId.get(id)));
  }
}
