package dev.runar;

import java.time.Duration;

/**
 * When a turn is too much, and what becomes of a script that is ended for it. A script that was
 * ended in the middle of a turn may have changed half of something, so its context is given up and
 * the script loaded anew into another one.
 *
 * @param onDeath what becomes of a script whose context was ended
 * @param loadTimeout how long a script may take to load, what its top level awaits included
 * @param turnWarning how long a turn runs before a warning with its stack is logged
 * @param grace how long a turn may go on after the deadline of the request that it answers
 * @param turnBytes bytes that one turn may allocate, garbage included, once the heap is half full;
 *     0: a quarter of the heap
 * @param deaths so many within {@code within}, and the script stays away for {@code backOff}, which
 *     doubles each time
 * @param within see {@code deaths}
 * @param backOff see {@code deaths}
 */
public record Supervision(
    OnDeath onDeath,
    Duration loadTimeout,
    Duration turnWarning,
    Duration grace,
    long turnBytes,
    int deaths,
    Duration within,
    Duration backOff) {
  public static final Supervision DEFAULT =
      new Supervision(
          OnDeath.RESTART,
          Duration.ofSeconds(60),
          Duration.ofSeconds(1),
          Duration.ofSeconds(1),
          0,
          3,
          Duration.ofSeconds(5),
          Duration.ofSeconds(1));

  /** What becomes of a script whose context was ended. */
  public enum OnDeath {
    /** It is loaded anew; callbacks that waited fail, each to its sender. */
    RESTART,
    /** It is loaded anew, and gets the callbacks that waited and had not begun. */
    REPLAY,
    /** It stays away. */
    STAY
  }

  /**
   * Supervision.
   *
   * @throws IllegalArgumentException for a value outside its range, with the range
   */
  public Supervision {
    Limits.Ranges.positive("loadTimeout", loadTimeout);
    Limits.Ranges.positive("turnWarning", turnWarning);
    Limits.Ranges.positive("grace", grace);
    if (turnBytes < 0) {
      throw Limits.Ranges.outside("turnBytes", "0 or more", turnBytes);
    }
    Limits.Ranges.within("deaths", 1_000, deaths);
    Limits.Ranges.positive("within", within);
    Limits.Ranges.positive("backOff", backOff);
  }

  public Supervision withOnDeath(OnDeath newOnDeath) {
    return new Supervision(
        newOnDeath, loadTimeout, turnWarning, grace, turnBytes, deaths, within, backOff);
  }

  public Supervision withLoadTimeout(Duration newLoadTimeout) {
    return new Supervision(
        onDeath, newLoadTimeout, turnWarning, grace, turnBytes, deaths, within, backOff);
  }

  public Supervision withTurnWarning(Duration newTurnWarning) {
    return new Supervision(
        onDeath, loadTimeout, newTurnWarning, grace, turnBytes, deaths, within, backOff);
  }

  public Supervision withGrace(Duration newGrace) {
    return new Supervision(
        onDeath, loadTimeout, turnWarning, newGrace, turnBytes, deaths, within, backOff);
  }

  public Supervision withTurnBytes(long newTurnBytes) {
    return new Supervision(
        onDeath, loadTimeout, turnWarning, grace, newTurnBytes, deaths, within, backOff);
  }

  public Supervision withDeaths(int newDeaths) {
    return new Supervision(
        onDeath, loadTimeout, turnWarning, grace, turnBytes, newDeaths, within, backOff);
  }

  public Supervision withWithin(Duration newWithin) {
    return new Supervision(
        onDeath, loadTimeout, turnWarning, grace, turnBytes, deaths, newWithin, backOff);
  }

  public Supervision withBackOff(Duration newBackOff) {
    return new Supervision(
        onDeath, loadTimeout, turnWarning, grace, turnBytes, deaths, within, newBackOff);
  }
}
