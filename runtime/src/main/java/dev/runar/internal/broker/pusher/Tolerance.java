package dev.runar.internal.broker.pusher;

import dev.runar.internal.broker.ClientSession;
import dev.runar.internal.broker.Pace;
import dev.runar.internal.protocol.pusher.PusherError;
import java.util.concurrent.TimeUnit;

/**
 * How much of one client is refused before it is closed: to refuse costs as much as to do, and who
 * has no end of it takes the time of others. Lane's thread only.
 */
final class Tolerance {
  /** What a client may have refused at once. */
  static final int AT_ONCE = 500;

  /** How much of it comes again in a second. */
  static final int PER_SECOND = 100;

  private static final long REFILL_NANOS = TimeUnit.SECONDS.toNanos(AT_ONCE / PER_SECOND);

  private final ClientSession session;
  private final AppState app;
  private final Pace pace;

  Tolerance(ClientSession session, AppState app) {
    this.session = session;
    this.app = app;
    this.pace = new Pace(app.apps().clock());
  }

  /** One more message was refused, and its client told why. */
  void refused() {
    if (session.isOpen() && !pace.allows(AT_ONCE, REFILL_NANOS)) {
      app.apps().stats().refused(PusherError.NO_END);
      session.close(PusherError.NO_END.code(), PusherError.NO_END.text());
    }
  }
}
