package dev.runar.spi;

/** Time, passed in everywhere so that a test or a simulation can turn it. Any thread. */
public interface Clock {
  /** The clock of this machine. */
  static Clock system() {
    return new Clock() {
      @Override
      public long nanos() {
        return System.nanoTime();
      }

      @Override
      public long wallMs() {
        return System.currentTimeMillis();
      }
    };
  }

  /** Monotonic, nanoseconds, with an arbitrary origin: only differences mean something. */
  long nanos();

  /** Wall-clock time, milliseconds since 1970; may jump. */
  long wallMs();
}
