package dev.runar.internal.apps;

import dev.runar.RunarException;
import dev.runar.RunarException.Code;
import dev.runar.apps.AppDatabase;
import java.io.IOException;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
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

  private final @Nullable URLClassLoader jar;
  private final List<Driver> drivers;

  private JdbcDriver(@Nullable URLClassLoader jar, List<Driver> drivers) {
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
    // Of this program a driver needs nothing, and it has its own versions of what it needs.
    var jar = new URLClassLoader(new URL[] {url(file)}, ClassLoader.getPlatformClassLoader());
    try {
      List<Driver> drivers =
          ServiceLoader.load(Driver.class, jar).stream().map(ServiceLoader.Provider::get).toList();
      if (drivers.isEmpty()) {
        throw wrong(file + " holds no JDBC driver", null);
      }
      return new JdbcDriver(jar, drivers);
    } catch (ServiceConfigurationError | RuntimeException | LinkageError e) {
      close(jar);
      throw e instanceof RunarException known
          ? known
          : wrong("the driver in " + file + " cannot be loaded: " + e.getMessage(), e);
    }
  }

  private static URL url(Path file) {
    try {
      return file.toUri().toURL();
    } catch (MalformedURLException e) {
      throw new IllegalStateException("a file has a URL", e);
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

  /** The classes that were loaded stay as long as a connection needs them. Repeatable. */
  @Override
  public void close() {
    if (jar != null) {
      close(jar);
    }
  }

  private static void close(URLClassLoader jar) {
    try {
      jar.close();
    } catch (IOException e) {
      System.getLogger(JdbcDriver.class.getName())
          .log(System.Logger.Level.DEBUG, "a jar could not be closed", e);
    }
  }
}
