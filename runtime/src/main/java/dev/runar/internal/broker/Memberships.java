package dev.runar.internal.broker;

import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What one session subscribes to, by the pattern's one spelling. Lane's thread only. */
final class Memberships {
  private @Nullable Map<String, Membership> bySpelling; // most raw sessions never need one
  private int patterns;

  int size() {
    return bySpelling == null ? 0 : bySpelling.size();
  }

  Collection<Membership> all() {
    return bySpelling == null ? List.of() : bySpelling.values();
  }

  @Nullable Membership find(String spelling) {
    return bySpelling == null ? null : bySpelling.get(spelling);
  }

  void add(String spelling, Membership membership) {
    if (bySpelling == null) {
      bySpelling = new HashMap<>(2);
    }
    bySpelling.put(spelling, membership);
    if (isPattern(membership)) {
      patterns++;
      if (membership.session.dialect().isNumbered()) {
        membership.session.lane().joinedNumbered();
      }
    }
  }

  /** The number of the channel that it subscribes to by its very topic; -1 if there is none. */
  long number(String spelling) {
    Membership membership = find(spelling);
    return membership != null && membership.place instanceof Channel channel
        ? channel.number()
        : -1;
  }

  void remove(String spelling) {
    Membership removed = bySpelling == null ? null : bySpelling.remove(spelling);
    if (removed != null) {
      patterns -= isPattern(removed) ? 1 : 0;
    }
  }

  /** From now on the session is told who else comes to the topic, and goes. */
  void hearMembers(String spelling) {
    Membership membership = find(spelling);
    if (membership != null) {
      membership.hearsMembers = true;
    }
  }

  void clear() {
    bySpelling = null;
    patterns = 0;
  }

  /** A publication of the channel may be for this session. */
  boolean mayConcern(Channel channel) {
    return find(channel.topic()) != null || (patterns > 0 && channel.patterns().length > 0);
  }

  private static boolean isPattern(Membership membership) {
    return membership.place instanceof PatternGroup;
  }
}
