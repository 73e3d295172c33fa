package dev.runar.internal.apps;

import dev.runar.NodeConfig;
import dev.runar.apps.App;
import dev.runar.apps.AppDatabase;
import dev.runar.apps.AppStore;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;

/**
 * The stores of a node, asked one after the other until one knows the app: what the program gives,
 * what the configuration lists, what a script finds, what the database has. Any thread.
 */
public final class AppSources implements AppStore, AutoCloseable {
  private final List<AppStore> stores;
  private final ProgramApps ofScripts;
  private final Optional<JdbcAppStore> database;

  private AppSources(
      List<AppStore> stores, ProgramApps ofScripts, Optional<JdbcAppStore> database) {
    this.stores = List.copyOf(stores);
    this.ofScripts = ofScripts;
    this.database = database;
  }

  /**
   * Those that there are.
   *
   * @param ofProgram what an embedder gives
   * @param ofScripts what scripts say by {@code node.broker.apps}, now or later
   */
  public static AppSources of(
      NodeConfig config, Optional<AppStore> ofProgram, ProgramApps ofScripts) {
    var stores = new ArrayList<AppStore>();
    ofProgram.ifPresent(stores::add);
    if (!config.apps().isEmpty()) {
      stores.add(new ListedApps(config.apps()));
    }
    stores.add(ofScripts);
    AppDatabase named = config.server().pusher().database();
    Optional<JdbcAppStore> database =
        named.isPresent() ? Optional.of(JdbcAppStore.of(named)) : Optional.empty();
    database.ifPresent(stores::add);
    return new AppSources(stores, ofScripts, database);
  }

  /** Whether there is a place where apps come from, so that the Pusher dialect is spoken. */
  public boolean isAny() {
    return stores.size() > 1 || ofScripts.isAsked();
  }

  @Override
  public CompletionStage<Optional<App>> byKey(String key) {
    return ask(0, store -> store.byKey(key));
  }

  @Override
  public CompletionStage<Optional<App>> byId(String id) {
    return ask(0, store -> store.byId(id));
  }

  private CompletionStage<Optional<App>> ask(
      int at, Function<AppStore, CompletionStage<Optional<App>>> question) {
    CompletionStage<Optional<App>> answer = question.apply(stores.get(at));
    if (at == stores.size() - 1) {
      return answer;
    }
    return answer.thenCompose(
        found ->
            found.isPresent() ? CompletableFuture.completedFuture(found) : ask(at + 1, question));
  }

  /** Ends the database's connections. */
  @Override
  public void close() {
    database.ifPresent(JdbcAppStore::close);
  }
}
