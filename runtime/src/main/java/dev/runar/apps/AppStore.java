package dev.runar.apps;

import java.util.Optional;
import java.util.concurrent.CompletionStage;

/**
 * Where the apps come from: a configuration, a script, a database. Called by event loops, so
 * nothing here blocks; what it finds is asked for again with each connection, and may be another by
 * then. A failure closes the connection with 4100 and answers the HTTP API with 503; it is logged
 * and counted.
 */
public interface AppStore {
  /** The app that clients connect to with this key. */
  CompletionStage<Optional<App>> byKey(String key);

  /** The app with this id. */
  CompletionStage<Optional<App>> byId(String id);
}
