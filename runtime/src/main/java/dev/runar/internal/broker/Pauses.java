package dev.runar.internal.broker;

/** The reasons why a client is not read, and the reading itself. Lane's thread only. */
public final class Pauses {
  /** Why the client is not read. */
  public enum Reason {
    /** The service behind the path is full. */
    ENDPOINT(1),
    /** A lane cannot keep up with what clients publish. */
    CONGESTION(2),
    /** A hook of its app is asked. */
    HOOK(4);

    private final int bit;

    Reason(int bit) {
      this.bit = bit;
    }
  }

  private final Connection connection;
  private int reasons;

  Pauses(Connection connection) {
    this.connection = connection;
  }

  /** Stops reading from the client for a reason. */
  public void begin(Reason reason) {
    if (reasons == 0) {
      connection.pauseReading();
    }
    reasons |= reason.bit;
  }

  /** Reads again once no reason is left. */
  public void end(Reason reason) {
    int before = reasons;
    reasons &= ~reason.bit;
    if (before != 0 && reasons == 0) {
      connection.resumeReading();
    }
  }

  boolean isFor(Reason reason) {
    return (reasons & reason.bit) != 0;
  }

  boolean isAny() {
    return reasons != 0;
  }
}
