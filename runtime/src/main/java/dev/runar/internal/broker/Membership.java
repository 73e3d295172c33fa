package dev.runar.internal.broker;

/** One session in one channel or pattern. Lane's thread only. */
final class Membership {
  /** What a session can be a member of. */
  sealed interface Place permits Channel, PatternGroup {}

  final ClientSession session;
  final Place place;

  /** The publications after this sequence are for this member. */
  final long after;

  /** Where the channel's offsets stood then; -1 for a pattern. */
  final long offset;

  /** The client has asked to be told who else comes and goes. */
  boolean hearsMembers;

  /** Where it stands in its {@link Members}, so that leaving needs no search. */
  int index;

  Membership(ClientSession session, Place place, long after, long offset) {
    this.session = session;
    this.place = place;
    this.after = after;
    this.offset = offset;
  }
}
