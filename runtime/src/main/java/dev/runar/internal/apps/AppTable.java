package dev.runar.internal.apps;

import dev.runar.Payload;
import dev.runar.RunarException;
import dev.runar.RunarException.Code;
import dev.runar.apps.App;
import dev.runar.apps.AppDatabase;
import dev.runar.internal.codec.AppReader;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.regex.Pattern;

/**
 * The table of apps: what is asked, and what its columns mean. Any thread that may block.
 *
 * <p>The columns are {@code id}, {@code app_key}, {@code secret}, {@code enabled} and {@code
 * settings}, JSON text with everything else that an app of a configuration has, or null.
 */
final class AppTable {
  private static final int MAX_SETTINGS = 1 << 20;

  /** A URL, the user and the password in one, and a parameter that is a password. */
  private static final Pattern CREDENTIALS =
      Pattern.compile(
          "jdbc:[^\\s\"']+|(?<=//)[^/@\\s]*@|(?<=password=|pwd=)[^&;,\\s]*",
          Pattern.CASE_INSENSITIVE);

  private final AppDatabase database;
  private final JdbcDriver driver;

  AppTable(AppDatabase database, JdbcDriver driver) {
    this.database = database;
    this.driver = driver;
  }

  /** A new connection. */
  Connection connect() throws SQLException {
    var properties = new Properties();
    if (!database.user().isEmpty()) {
      properties.setProperty("user", database.user());
      properties.setProperty("password", database.password().reveal());
    }
    return driver.connect(database.url(), properties);
  }

  Optional<App> byKey(Connection connection, String key) throws SQLException {
    return find(connection, "app_key", key);
  }

  Optional<App> byId(Connection connection, String id) throws SQLException {
    return find(connection, "id", id);
  }

  /** What a driver says of a failure, without what it repeats of the URL and the password. */
  RunarException failure(Exception error) {
    String state = error instanceof SQLException sql ? " state=" + sql.getSQLState() : "";
    return new RunarException(
        Code.INTERNAL, "the table of apps could not be read:" + state + " " + text(error));
  }

  /** The same failure without what its driver repeats of the URL and the password. */
  SQLException masked(SQLException error) {
    return new SQLException(text(error), error.getSQLState(), error.getErrorCode());
  }

  private String text(Exception error) {
    String text = String.valueOf(error.getMessage()).replace(database.url(), "***");
    if (text.startsWith("No suitable driver") && database.driver().isEmpty()) {
      text += "; name the driver's jar in server.pusher.database.driver";
    }
    String password = database.password().reveal();
    if (!password.isEmpty()) {
      text = text.replace(password, "***");
    }
    return CREDENTIALS.matcher(text).replaceAll("***");
  }

  /** The column is one of ours, and the table's name was checked: neither needs quoting. */
  private Optional<App> find(Connection connection, String column, String value)
      throws SQLException {
    String question =
        "SELECT id, app_key, secret, enabled, settings FROM "
            + database.table()
            + " WHERE "
            + column
            + " = ?";
    try (PreparedStatement statement = connection.prepareStatement(question)) {
      statement.setQueryTimeout((int) Math.max(1, database.timeout().toSeconds()));
      statement.setMaxRows(1);
      statement.setString(1, value);
      try (ResultSet rows = statement.executeQuery()) {
        return rows.next() ? Optional.of(app(rows)) : Optional.empty();
      }
    }
  }

  private App app(ResultSet row) throws SQLException {
    String id = row.getString("id");
    String source = "table " + database.table() + ", app " + id;
    Map<String, Object> fields = settings(row.getString("settings"), source);
    fields.put("id", id);
    fields.put("key", row.getString("app_key"));
    fields.put("secret", row.getString("secret"));
    fields.put("enabled", row.getBoolean("enabled"));
    return AppReader.app(fields, source);
  }

  private static Map<String, Object> settings(String json, String source) {
    var fields = new LinkedHashMap<String, Object>();
    if (json == null || json.isBlank()) {
      return fields;
    }
    if (json.length() <= MAX_SETTINGS && Payload.json(json).value() instanceof Map<?, ?> map) {
      map.forEach((name, value) -> fields.put(String.valueOf(name), value));
      return fields;
    }
    throw new RunarException(
        Code.CONFIG, source + ": settings must be a JSON object of at most 1 MiB");
  }
}
