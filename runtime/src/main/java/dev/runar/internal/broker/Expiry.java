package dev.runar.internal.broker;

import java.util.concurrent.TimeUnit;

/**
 * When something of a session ends unless a newer token is shown. Lane's thread only. It ends a
 * while later than it says, so that a token that is on its way comes in time.
 */
public final class Expiry {
  public static final long GRACE_SECONDS = 25;

  private final ClientSession session;
  private final ClientSetting setting;
  private Runnable ends = () -> {};
  private boolean isSet;

  /** What was to end before is of an older one. */
  private long generation;

  /** Of something that does not end yet. */
  public Expiry(ClientSession session, ClientSetting setting) {
    this.session = session;
    this.setting = setting;
  }

  /**
   * From now on this is when, instead of what it was.
   *
   * @param epochSecond 0: never
   */
  public void at(long epochSecond, Runnable then) {
    end();
    isSet = epochSecond != 0;
    if (isSet) {
      long seconds = setting.secondsUntil(epochSecond) + GRACE_SECONDS;
      long own = generation;
      Runnable due =
          () -> {
            if (own == generation) {
              then.run();
            }
          };
      ends = setting.delays().after(TimeUnit.SECONDS.toNanos(seconds), () -> session.post(due));
    }
  }

  /** Whether it is to end at all. */
  public boolean isSet() {
    return isSet;
  }

  /** Nothing ends any more. */
  public void end() {
    ends.run();
    ends = () -> {};
    isSet = false;
    generation++;
  }
}
