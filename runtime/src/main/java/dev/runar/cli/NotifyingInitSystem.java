package dev.runar.cli;

import dev.runar.cli.systemd.NotifySocket;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * An init system that speaks systemd's protocol: states as lines of {@code KEY=VALUE}. Any thread.
 */
record NotifyingInitSystem(NotifySocket socket, Optional<Duration> watchdog) implements InitSystem {
  /** What the environment names; {@link InitSystem#NONE} if it names nothing. */
  static InitSystem of(Map<String, String> environment, long pid) {
    String address = environment.getOrDefault("NOTIFY_SOCKET", "");
    if (address.isEmpty()) {
      return NONE;
    }
    return new NotifyingInitSystem(new NotifySocket(address), watchdog(environment, pid));
  }

  /** The variables are inherited: they may be meant for a process above this one. */
  private static Optional<Duration> watchdog(Map<String, String> environment, long pid) {
    String meant = environment.getOrDefault("WATCHDOG_PID", "");
    if (!meant.isEmpty() && !meant.equals(Long.toString(pid))) {
      return Optional.empty();
    }
    try {
      long micros = Long.parseLong(environment.getOrDefault("WATCHDOG_USEC", "0"));
      return micros > 0
          ? Optional.of(Duration.of(micros, TimeUnit.MICROSECONDS.toChronoUnit()))
          : Optional.empty();
    } catch (NumberFormatException e) {
      System.getLogger("runar.cli")
          .log(
              System.Logger.Level.WARNING,
              "init system watchdog=none: WATCHDOG_USEC is no number of microseconds: {0}",
              environment.get("WATCHDOG_USEC"));
      return Optional.empty();
    }
  }

  @Override
  public void ready(String status) {
    socket.send("READY=1\nSTATUS=" + status);
  }

  @Override
  public void alive() {
    socket.send("WATCHDOG=1");
  }

  /** The time is asked for: that of the unit is shorter than what clients may be given to go. */
  @Override
  public void stopping(Duration patience) {
    socket.send("STOPPING=1\nEXTEND_TIMEOUT_USEC=" + TimeUnit.MICROSECONDS.convert(patience));
  }
}
