package dev.runar.internal.apps;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.runar.NodeConfig;
import dev.runar.apps.App;
import dev.runar.apps.AppLimits;
import dev.runar.internal.broker.InMemoryGate;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class JdbcAppStoreTest extends AppTableFixture {
  @Test
  void anAppIsFoundByItsKeyAndItsId() throws SQLException {
    execute(
        "INSERT INTO apps VALUES ('2', 'key-2', 'secret-2', FALSE,"
            + " '{\"origins\":[\"a.example.com\"],\"limits\":{\"connections\":5}}')");
    App second =
        App.of("2", "key-2", "secret-2")
            .withEnabled(false)
            .withOrigins(List.of("a.example.com"))
            .withLimits(AppLimits.DEFAULT.withConnections(5));
    try (JdbcAppStore store = JdbcAppStore.of(database())) {
      assertThat(store.byKey("key-1").join()).contains(App.of("1", "key-1", "secret-1"));
      assertThat(store.byId("2").join()).contains(second);
      assertThat(store.byId("key-1").join()).isEmpty();
      assertThat(store.byKey("' OR '1'='1").join()).isEmpty();
    }
  }

  @Test
  void anAnswerIsRememberedAndSoIsThatThereIsNone() throws SQLException {
    try (JdbcAppStore store = JdbcAppStore.of(database())) {
      assertThat(store.byId("1").join()).isPresent();
      assertThat(store.byId("later").join()).isEmpty();
      execute("DELETE FROM apps");
      execute("INSERT INTO apps (id, app_key, secret) VALUES ('later', 'key', 'secret')");
      assertThat(store.byId("1").join()).isPresent();
      assertThat(store.byId("later").join()).isEmpty();
      assertThat(store.byKey("key").join()).as("never asked").isPresent();
    }
  }

  @Test
  void anAnswerIsForgottenAfterItsTime() throws SQLException {
    try (JdbcAppStore store = JdbcAppStore.of(database("50", "50", "apps"))) {
      assertThat(store.byId("1").join()).isPresent();
      execute("DELETE FROM apps");
      await().until(() -> store.byId("1").join().isEmpty());
      execute("INSERT INTO apps (id, app_key, secret) VALUES ('1', 'key', 'secret')");
      await().until(() -> store.byId("1").join().isPresent());
    }
  }

  @Test
  void aFailureSaysWhatFailedAndIsNotRemembered() throws SQLException {
    try (JdbcAppStore store = JdbcAppStore.of(database("60000", "60000", "tenants"))) {
      assertThatThrownBy(() -> store.byId("1").join())
          .hasMessageContaining("the table of apps could not be read")
          .hasMessageContaining("TENANTS")
          .hasMessageNotContaining("pass word");
      execute("ALTER TABLE apps RENAME TO tenants");
      assertThat(store.byId("1").join()).isPresent();
    }
  }

  @Test
  void aKnownAppIsServedWhileTheDatabaseFails() throws SQLException {
    try (JdbcAppStore store = JdbcAppStore.of(database("1", "1", "apps"))) {
      assertThat(store.byId("1").join()).isPresent();
      execute("ALTER TABLE apps RENAME TO tenants");
      assertThatThrownBy(() -> store.byId("2").join()).as("it fails now").isNotNull();
      for (int i = 0; i < 5; i++) {
        assertThat(store.byId("1").join()).isPresent();
      }
      execute("ALTER TABLE tenants RENAME TO apps");
      execute("UPDATE apps SET enabled = FALSE");
      await().until(() -> !store.byId("1").join().orElseThrow().enabled());
      execute("DELETE FROM apps");
      await().until(() -> store.byId("1").join().isEmpty());
      execute("ALTER TABLE apps RENAME TO tenants");
      assertThatThrownBy(() -> store.byId("1").join()).as("no longer known").isNotNull();
    }
  }

  @Test
  void anOutageIsOneLineOfTheLog() throws SQLException {
    var lines = new CopyOnWriteArrayList<String>();
    var log = Logger.getLogger("");
    var handler =
        new Handler() {
          @Override
          public void publish(LogRecord line) {
            if (line.getLevel().intValue() >= Level.WARNING.intValue()) {
              lines.add(line.getMessage());
            }
          }

          @Override
          public void flush() {}

          @Override
          public void close() {}
        };
    log.addHandler(handler);
    try (JdbcAppStore store = JdbcAppStore.of(database())) {
      execute("DROP TABLE apps");
      for (int i = 0; i < 10; i++) {
        assertThatThrownBy(() -> store.byId("1").join()).isNotNull();
      }
    } finally {
      log.removeHandler(handler);
    }
    assertThat(lines)
        .singleElement()
        .asString()
        .startsWith("the database of apps fails, apps are served as they were last known");
  }

  @Test
  void aConnectionIsKeptForTheNextQuestion() {
    try (JdbcAppStore store = JdbcAppStore.of(database("0", "0", "apps"))) {
      assertThat(store.connections()).isZero();
      for (int i = 0; i < 20; i++) {
        assertThat(store.byId("1").join()).isPresent();
      }
      assertThat(store.connections()).as("the pool makes one ahead").isBetween(1, 2);
    }
  }

  @Test
  void aConnectionThatWasLostIsReplaced() throws SQLException {
    try (JdbcAppStore store = JdbcAppStore.of(database("0", "0", "apps"))) {
      assertThat(store.byId("1").join()).isPresent();
      execute("CREATE TABLE kept AS SELECT * FROM apps");
      execute("CALL ABORT_SESSION((SELECT MAX(session_id) FROM information_schema.sessions))");
      await().until(() -> store.byId("1").handle((app, error) -> error == null).join());
    }
  }

  @Test
  void anAppThatIsNoneIsNamedWithoutItsSecret() throws SQLException {
    execute("INSERT INTO apps VALUES ('2', 'key-2', 'hidden', TRUE, '{\"orgins\":[]}')");
    execute("INSERT INTO apps VALUES ('3', 'key-3', 'hidden', TRUE, '{')");
    try (JdbcAppStore store = JdbcAppStore.of(database())) {
      assertThatThrownBy(() -> store.byId("2").join())
          .hasMessageContaining("table apps, app 2: unknown key \"app.orgins\"")
          .hasMessageNotContaining("hidden");
      assertThatThrownBy(() -> store.byId("3").join()).hasMessageNotContaining("hidden");
    }
  }

  @Test
  void manyQuestionsAtOnceAreAnsweredOrRefused() {
    try (JdbcAppStore store = JdbcAppStore.of(database())) {
      List<CompletableFuture<Optional<App>>> answers =
          IntStream.range(0, 5_000).mapToObj(i -> store.byKey("invented-" + i)).toList();
      long refused =
          answers.stream()
              .map(answer -> answer.handle((app, error) -> error == null ? "" : error.getMessage()))
              .map(CompletableFuture::join)
              .filter(message -> !message.isEmpty())
              .peek(message -> assertThat(message).contains("more than 1000 questions wait"))
              .count();
      assertThat(refused).isLessThan(4_001);
      assertThat(store.byKey("key-1").join()).isPresent();
    }
  }

  @Test
  void theConfigurationGoesBeforeTheDatabase() {
    NodeConfig config =
        NodeConfig.DEFAULT
            .withApps(List.of(App.of("1", "listed", "listed")))
            .withServer(
                NodeConfig.DEFAULT
                    .server()
                    .withPusher(NodeConfig.DEFAULT.server().pusher().withDatabase(database())));
    try (AppSources sources =
        AppSources.of(config, Optional.empty(), new ProgramApps(new InMemoryGate()))) {
      assertThat(sources.byId("1").toCompletableFuture().join())
          .contains(App.of("1", "listed", "listed"));
      assertThat(sources.byKey("key-1").toCompletableFuture().join()).isPresent();
    }
    assertThat(
            AppSources.of(NodeConfig.DEFAULT, Optional.empty(), new ProgramApps(new InMemoryGate()))
                .isAny())
        .isFalse();
  }
}
