package dev.runar.internal.apps;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.runar.apps.App;
import dev.runar.apps.AppDatabase;
import dev.runar.apps.AppLimits;
import dev.runar.apps.Secret;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Apps of a table in PostgreSQL and in MariaDB, as docs/pusher-apps.md makes it. Where they are not
 * installed this is skipped, but not with {@code -Drunar.databases=required}, as CI runs it.
 */
@Timeout(180)
class SqlServersTest {
  @TempDir Path folder;

  /** As it stands in docs/pusher-apps.md. */
  private static final String TABLE =
      """
      CREATE TABLE apps (
        id       VARCHAR(100) PRIMARY KEY,
        app_key  VARCHAR(100) NOT NULL UNIQUE,
        secret   VARCHAR(200) NOT NULL,
        enabled  BOOLEAN NOT NULL DEFAULT TRUE,
        settings TEXT
      )\
      """;

  private static void execute(Connection connection, String sql) throws SQLException {
    try (var statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private static void fill(SqlServer.Kind kind, SqlServer server) throws SQLException {
    try (Connection admin = server.admin()) {
      if (kind == SqlServer.Kind.MARIADB) {
        execute(admin, "CREATE DATABASE apps");
        execute(admin, "CREATE USER app@'%' IDENTIFIED BY 'pass word'");
        execute(admin, "GRANT SELECT ON apps.* TO app@'%'");
        execute(admin, "USE apps");
      }
      execute(admin, TABLE);
      execute(admin, "INSERT INTO apps (id, app_key, secret) VALUES ('1', 'key-1', 'secret-1')");
      execute(
          admin,
          "INSERT INTO apps VALUES ('2', 'key-2', 'secret-2', FALSE,"
              + " '{\"limits\":{\"connections\":5}}')");
    }
  }

  private static AppDatabase database(SqlServer server, String password) {
    return new AppDatabase(
        server.url(),
        "",
        SqlServer.USER,
        new Secret(password),
        "apps",
        Duration.ZERO,
        Duration.ZERO,
        2,
        Duration.ofSeconds(10));
  }

  private static void checkInstalled(SqlServer.Kind kind) {
    boolean isRequired = System.getProperty("runar.databases", "").equals("required");
    Assumptions.assumeTrue(
        kind.isInstalled() || isRequired,
        kind
            + " is not installed: apt-get install postgresql mariadb-server-core"
            + " mariadb-client-core");
  }

  @ParameterizedTest
  @EnumSource
  void appsAreFoundAndKnownWhileTheDatabaseIsAway(SqlServer.Kind kind) throws Exception {
    checkInstalled(kind);
    try (SqlServer server = SqlServer.begin(kind, folder)) {
      fill(kind, server);
      var second =
          App.of("2", "key-2", "secret-2")
              .withEnabled(false)
              .withLimits(AppLimits.DEFAULT.withConnections(5));
      try (JdbcAppStore store = JdbcAppStore.of(database(server, SqlServer.PASSWORD))) {
        assertThat(store.byKey("key-1").join()).contains(App.of("1", "key-1", "secret-1"));
        assertThat(store.byId("2").join()).contains(second);
        assertThat(store.byKey("' OR ''='").join()).isEmpty();
        assertThat(store.connections()).isBetween(1, 2);
        server.stop();
        assertThat(store.byKey("key-1").join()).as("as it was last").isPresent();
        assertThatThrownBy(() -> store.byKey("key-2").join())
            .hasMessageContaining("the table of apps could not be read");
        server.start();
        await()
            .atMost(Duration.ofSeconds(30))
            .until(() -> store.byKey("key-2").handle((app, error) -> error == null).join());
      }
      try (JdbcAppStore store = JdbcAppStore.of(database(server, "other word"))) {
        assertThatThrownBy(() -> store.byId("1").join())
            .hasMessageContaining("the table of apps could not be read: state=28")
            .hasMessageNotContaining("other word")
            .hasMessageNotContaining("127.0.0.1:");
      }
    }
  }
}
