package dev.runar.cli;

import java.time.Duration;
import java.util.Optional;

/**
 * Who started this process and wants to know how it fares, such as systemd. Any thread. What cannot
 * be told is logged: a node serves its clients all the same.
 */
interface InitSystem {
  /** Nobody wants to know. */
  InitSystem NONE =
      new InitSystem() {
        @Override
        public void ready(String status) {}

        @Override
        public void alive() {}

        @Override
        public void stopping(Duration patience) {}

        @Override
        public Optional<Duration> watchdog() {
          return Optional.empty();
        }
      };

  /**
   * The node listens.
   *
   * @param status a line for people
   */
  void ready(String status);

  /** The node answers still. */
  void alive();

  /**
   * The node has begun to stop.
   *
   * @param patience how long that may take
   */
  void stopping(Duration patience);

  /** After how long without {@link #alive} the process is ended; empty: never. */
  Optional<Duration> watchdog();
}
