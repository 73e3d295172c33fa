package dev.runar.internal.broker;

import org.jspecify.annotations.Nullable;

/**
 * A burst on its way to the sessions of one lane. Lane's thread only.
 *
 * @param recent what it is made of; null: nothing of it may be dropped
 * @param dialect whose sessions get it
 * @param except the session that does not get it; null: all do
 * @param isForHearers only who wants to hear of others gets it
 */
record Parcel(
    Burst burst,
    @Nullable Recent recent,
    Dialect dialect,
    @Nullable String except,
    boolean isForHearers) {
  boolean isFor(Membership member) {
    ClientSession session = member.session;
    return session.dialect() == dialect
        && !session.id().equals(except)
        && (!isForHearers || member.hearsMembers);
  }

  /** 1 if it was written. */
  int writeTo(ClientSession session) {
    return session.output().write(burst, recent);
  }
}
