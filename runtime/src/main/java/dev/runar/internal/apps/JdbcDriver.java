package dev.runar.internal.apps;

import dev.runar.RunarException;
import dev.runar.RunarException.Code;
import dev.runar.apps.AppDatabase;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Driver;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.List;
import java.util.Properties;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import org.jspecify.annotations.Nullable;

/**
 * How connections are made: by a driver of the class path, or by that of a jar, for which {@link
 * DriverManager} has no ear. Any thread that may block.
 */
final class JdbcDriver implements AutoCloseable {
  private static final String KEY = "server.pusher.database.driver";

  private final @Nullable DriverJar jar;
  private final List<Driver> drivers;

  private JdbcDriver(@Nullable DriverJar jar, List<Driver> drivers) {
    this.jar = jar;
    this.drivers = drivers;
  }

  /**
   * The driver that is named.
   *
   * @throws RunarException {@code CONFIG} for a jar that is not there or has no driver
   */
  static JdbcDriver of(AppDatabase database) {
    if (database.driver().isEmpty()) {
      return new JdbcDriver(null, List.of());
    }
    Path file = Path.of(database.driver());
    if (!Files.isRegularFile(file) || !Files.isReadable(file)) {
      throw wrong("there is no file " + file.toAbsolutePath() + " that can be read", null);
    }
    var jar = new DriverJar(file);
    try {
      List<Driver> drivers =
          ServiceLoader.load(Driver.class, jar).stream().map(ServiceLoader.Provider::get).toList();
      if (drivers.isEmpty()) {
        throw wrong(file + " holds no JDBC driver", null);
      }
      return new JdbcDriver(jar, drivers);
    } catch (ServiceConfigurationError | RuntimeException | LinkageError e) {
      jar.close();
      throw e instanceof RunarException known
          ? known
          : wrong("the driver in " + file + " cannot be loaded: " + e.getMessage(), e);
    }
  }

  private static RunarException wrong(String what, @Nullable Throwable cause) {
    return new RunarException(Code.CONFIG, KEY + ": " + what, cause);
  }

  /** A new connection. */
  Connection connect(String url, Properties properties) throws SQLException {
    if (jar == null) {
      return DriverManager.getConnection(url, properties);
    }
    for (Driver driver : drivers) {
      Connection connection = driver.connect(url, properties); // null: of another database
      if (connection != null) {
        return connection;
      }
    }
    throw new SQLException("No suitable driver found for " + url + " in " + KEY, "08001");
  }

  /** Ends the jar, if there is one. Repeatable. */
  @Override
  public void close() {
    if (jar != null) {
      jar.close();
    }
  }
}
