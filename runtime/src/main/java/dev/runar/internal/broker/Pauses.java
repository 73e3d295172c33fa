package dev.runar.internal.broker;

import dev.runar.internal.loop.Pressure;

/** The reasons why a client is not read, and the reading itself. Lane's thread only. */
public final class Pauses {
  /** Why the client is not read. */
  public enum Reason {
    /** The service behind the path is full. */
    ENDPOINT(1),
    /** A lane cannot keep up with what clients publish. */
    CONGESTION(2),
    /** A hook of its app is asked. */
    HOOK(4),
    /** What it sends goes to queues that are nearly full. */
    PRESSURE(8);

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

  /** What its client sent has filled queues: it is not read until they have emptied. */
  void heed(ClientSession session) {
    if (!Pressure.isNoted()) {
      return;
    }
    if (isFor(Reason.PRESSURE)) {
      Pressure.forget(); // it is waited for already
      return;
    }
    begin(Reason.PRESSURE);
    session.broker().stats().pressurePauses.increment();
    Pressure.whenOver(() -> session.post(() -> end(Reason.PRESSURE)));
  }

  public boolean isFor(Reason reason) {
    return (reasons & reason.bit) != 0;
  }

  boolean isAny() {
    return reasons != 0;
  }
}
