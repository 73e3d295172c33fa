package dev.runar.internal.apps;

import java.sql.Connection;
import java.sql.Driver;
import java.sql.DriverManager;
import java.sql.DriverPropertyInfo;
import java.sql.SQLException;
import java.util.Properties;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/** A driver that connects as a test says; registered until it is closed. */
final class FakeDriver implements Driver, AutoCloseable {
  static final String URL = "jdbc:fake:";

  /** How it connects, from now on. */
  volatile Connecting connecting;

  /** What a connection is made by. */
  interface Connecting {
    Connection connect() throws SQLException;
  }

  FakeDriver(Connecting connecting) throws SQLException {
    this.connecting = connecting;
    DriverManager.registerDriver(this);
  }

  @Override
  public @Nullable Connection connect(String url, Properties properties) throws SQLException {
    return acceptsURL(url) ? connecting.connect() : null;
  }

  @Override
  public boolean acceptsURL(String url) {
    return url.startsWith(URL);
  }

  @Override
  public DriverPropertyInfo[] getPropertyInfo(String url, Properties properties) {
    return new DriverPropertyInfo[0];
  }

  @Override
  public int getMajorVersion() {
    return 1;
  }

  @Override
  public int getMinorVersion() {
    return 0;
  }

  @Override
  public boolean jdbcCompliant() {
    return false;
  }

  @Override
  public Logger getParentLogger() {
    return Logger.getLogger("fake");
  }

  @Override
  public void close() throws SQLException {
    DriverManager.deregisterDriver(this);
  }
}
