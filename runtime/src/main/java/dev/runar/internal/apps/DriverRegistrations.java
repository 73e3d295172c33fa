package dev.runar.internal.apps;

import java.sql.Driver;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.List;

/**
 * Takes the drivers that its class loader sees out of {@link DriverManager}, where each enters
 * itself when it is loaded. Any thread.
 *
 * <p>Nobody but a class of the driver's own loader may do that: so {@link DriverJar} defines this
 * class once more, in the loader of each jar. It needs nothing but Java for that reason.
 */
public final class DriverRegistrations implements Runnable {
  /** Made where it is defined once more. */
  public DriverRegistrations() {}

  @Override
  public void run() {
    for (Driver driver : List.copyOf(DriverManager.drivers().toList())) {
      try {
        DriverManager.deregisterDriver(driver);
      } catch (SQLException e) {
        System.getLogger(DriverRegistrations.class.getName())
            .log(System.Logger.Level.DEBUG, "a driver could not be taken out", e);
      }
    }
  }
}
