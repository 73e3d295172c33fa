package dev.runar.internal.apps;

import dev.runar.Payload;
import dev.runar.RequestOptions;
import dev.runar.RunarException;
import dev.runar.RunarException.Code;
import dev.runar.apps.App;
import dev.runar.apps.AppDatabase;
import dev.runar.apps.AppStore;
import dev.runar.internal.apps.AppCache.By;
import dev.runar.internal.apps.AppCache.Question;
import dev.runar.internal.codec.AppReader;
import dev.runar.internal.node.NodeGate;
import dev.runar.internal.node.Roles;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * Apps that a service of a program finds, such as a script's by {@code node.broker.apps}: its
 * action is {@code $apps/find}. Remembered as {@link AppCache} does. Any thread.
 */
public final class ProgramApps implements AppStore {
  private static final String FIND = "find";

  /** As the database has them by default. */
  private static final AppCache.Terms TERMS =
      new AppCache.Terms(
          "node.broker.apps",
          AppDatabase.NONE.cached(),
          AppDatabase.NONE.absent(),
          Duration.ofSeconds(4)); // so that it is told before the dialect itself stops waiting

  private static final RequestOptions OPTIONS =
      RequestOptions.DEFAULT.withTimeout(TERMS.timeout()).withCaller("broker");

  private final NodeGate gate;
  private final AppCache cache;

  public ProgramApps(NodeGate gate) {
    this.gate = gate;
    this.cache = new AppCache(TERMS, this::read, Runnable::run);
  }

  /** Whether there is such a service, in whatever state. */
  public boolean isAsked() {
    return gate.hasRole(Roles.APPS, FIND);
  }

  @Override
  public CompletableFuture<Optional<App>> byKey(String key) {
    return isAsked() ? cache.byKey(key) : none();
  }

  @Override
  public CompletableFuture<Optional<App>> byId(String id) {
    return isAsked() ? cache.byId(id) : none();
  }

  private static CompletableFuture<Optional<App>> none() {
    return CompletableFuture.completedFuture(Optional.empty());
  }

  private CompletableFuture<Optional<App>> read(Question question) {
    var asked = Payload.object(question.by() == By.KEY ? "key" : "id", question.value());
    return gate.request(Roles.APPS + "/" + FIND, asked, OPTIONS)
        .thenApply(answer -> app(answer).filter(question::fits));
  }

  private static Optional<App> app(Payload answer) {
    if (answer.kind() == Payload.Kind.BYTES || !(answer.value() instanceof Map<?, ?> given)) {
      if (answer.kind() != Payload.Kind.BYTES && answer.value() == null) {
        return Optional.empty();
      }
      throw new RunarException(
          Code.CONFIG, TERMS.name() + ": an app is an object with id, key and secret, or null");
    }
    var fields = new LinkedHashMap<String, Object>();
    given.forEach((name, value) -> fields.put(String.valueOf(name), value));
    return Optional.of(AppReader.app(fields, TERMS.name()));
  }
}
