package dev.runar.internal.apps;

import dev.runar.Configuration;
import dev.runar.apps.AppDatabase;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.TestInfo;

/** A table of apps in a database in memory, one for each test. */
abstract class AppTableFixture {
  String url = "";
  Connection connection;

  @BeforeEach
  void createTable(TestInfo test) throws SQLException {
    url = "jdbc:h2:mem:" + test.getTestMethod().orElseThrow().getName();
    connection = DriverManager.getConnection(url, "sa", "pass word");
    execute(
        """
        CREATE TABLE apps (
          id       VARCHAR(100) PRIMARY KEY,
          app_key  VARCHAR(100) NOT NULL UNIQUE,
          secret   VARCHAR(200) NOT NULL,
          enabled  BOOLEAN NOT NULL DEFAULT TRUE,
          settings VARCHAR(10000)
        )\
        """);
    execute("INSERT INTO apps (id, app_key, secret) VALUES ('1', 'key-1', 'secret-1')");
  }

  @AfterEach
  void close() throws SQLException {
    connection.close();
  }

  void execute(String sql) throws SQLException {
    try (var statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  AppDatabase database(String cached, String absent, String table) {
    return Configuration.load(
            Configuration.Sources.NONE.withFlags(
                Map.of(
                    "server.pusher.database.url", url,
                    "server.pusher.database.user", "sa",
                    "server.pusher.database.password", "pass word",
                    "server.pusher.database.cached", cached,
                    "server.pusher.database.absent", absent,
                    "server.pusher.database.table", table)))
        .config()
        .server()
        .pusher()
        .database();
  }

  AppDatabase database() {
    return database("60000", "60000", "apps");
  }
}
