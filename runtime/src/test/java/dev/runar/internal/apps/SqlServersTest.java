package dev.runar.internal.apps;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.runar.apps.App;
import dev.runar.apps.AppDatabase;
import dev.runar.apps.AppLimits;
import dev.runar.apps.Secret;
import dev.runar.apps.Webhook;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
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

  /** As soketi 1.6 documents it for PostgreSQL. */
  private static final String SOKETI_TABLE =
      """
      CREATE TABLE apps (
        id varchar(255) PRIMARY KEY,
        "key" varchar(255) NOT NULL,
        secret varchar(255) NOT NULL,
        max_connections integer NOT NULL,
        enable_client_messages smallint NOT NULL,
        "enabled" smallint NOT NULL,
        max_backend_events_per_sec integer NOT NULL,
        max_client_events_per_sec integer NOT NULL,
        max_read_req_per_sec integer NOT NULL,
        webhooks json,
        max_presence_members_per_channel smallint DEFAULT NULL,
        max_presence_member_size_in_kb smallint DEFAULT NULL,
        max_channel_name_length smallint DEFAULT NULL,
        max_event_channels_at_once smallint DEFAULT NULL,
        max_event_name_length smallint DEFAULT NULL,
        max_event_payload_in_kb smallint DEFAULT NULL,
        max_event_batch_size smallint DEFAULT NULL,
        enable_user_authentication smallint NOT NULL
      )\
      """;

  private static final String SOKETI_ROWS =
      """
      INSERT INTO apps VALUES
        ('1', 'key-1', 'secret-1', -1, 0, 1, -1, -1, -1, NULL,
         NULL, NULL, NULL, NULL, NULL, NULL, NULL, 0),
        ('2', 'key-2', 'secret-2', 5, 1, 0, 7, 8, 9,
         '[{"url":"https://example.com/hook","event_types":["member_added"],
            "filter":{"channel_name_starts_with":"presence-"},"headers":{"X-From":"soketi"}},
           {"lambda_function":"other","event_types":["member_added"]}]',
         50, 2, 150, 20, 100, 64, 5, 1)\
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
    return database(server, password, "apps");
  }

  private static AppDatabase database(SqlServer server, String password, String table) {
    return new AppDatabase(
        server.url(),
        "",
        SqlServer.USER,
        new Secret(password),
        table,
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

  @Test
  void theViewOfThePageAboutMovingReadsTheTableOfSoketi() throws Exception {
    checkInstalled(SqlServer.Kind.POSTGRESQL);
    String page = Files.readString(Path.of("../docs/moving-from-reverb-or-soketi.md"));
    String view = page.substring(page.indexOf("CREATE VIEW runar_apps AS"));
    try (SqlServer server = SqlServer.begin(SqlServer.Kind.POSTGRESQL, folder)) {
      try (Connection admin = server.admin()) {
        execute(admin, SOKETI_TABLE);
        execute(admin, SOKETI_ROWS);
        execute(admin, view.substring(0, view.indexOf(';')));
      }
      var hook =
          new Webhook(
              URI.create("https://example.com/hook"),
              Set.of(Webhook.Kind.MEMBER_ADDED),
              "presence-",
              Map.of("X-From", "soketi"));
      AppDatabase database = database(server, SqlServer.PASSWORD, "runar_apps");
      try (JdbcAppStore store = JdbcAppStore.of(database)) {
        App first = store.byKey("key-1").join().orElseThrow();
        assertThat(first.enabled()).isTrue();
        assertThat(first.clientEvents()).isEqualTo(App.ClientEvents.NONE);
        assertThat(first.webhooks()).isEmpty();
        assertThat(first.limits()).isEqualTo(AppLimits.DEFAULT.withClientEventsPerSecond(1_000));
        App second = store.byId("2").join().orElseThrow();
        assertThat(second.enabled()).isFalse();
        assertThat(second.authorizedOnly()).isTrue();
        assertThat(second.clientEvents()).isEqualTo(App.ClientEvents.MEMBERS);
        assertThat(second.webhooks()).containsExactly(hook);
        assertThat(second.limits().connections()).isEqualTo(5);
        assertThat(second.limits().eventsPerSecond()).isEqualTo(7);
        assertThat(second.limits().clientEventsPerSecond()).isEqualTo(8);
        assertThat(second.limits().presenceMembers()).isEqualTo(50);
        assertThat(second.limits().presenceMemberBytes()).isEqualTo(2_048);
        assertThat(second.limits().messageBytes()).isEqualTo(65_536);
        assertThat(second.limits().eventsPerBatch()).isEqualTo(5);
      }
    }
  }
}
