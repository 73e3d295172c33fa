package dev.runar.internal.broker;

import java.util.List;

/** Writes what a session has missed, in its own dialect, as it would have come. Lane's thread. */
final class Replay {
  private Replay() {}

  /**
   * Writes it at once, so that it comes before anything that is published from now on.
   *
   * @param topic that the session subscribes to, as the node spells it
   */
  static void write(ClientSession session, String topic, List<Remembered> missed) {
    Membership membership = session.memberships().find(topic);
    if (membership == null || missed.isEmpty() || !(membership.place instanceof Channel channel)) {
      return;
    }
    Burst burst = session.lane().newBurst();
    for (Remembered one : missed) {
      var publication = new Publication(channel, 0, one.offset(), one.payload(), null, null);
      burst.append(publication.encoded(session.dialect()));
    }
    session.lane().count(burst, session.output().write(burst, null));
    burst.release();
  }
}
