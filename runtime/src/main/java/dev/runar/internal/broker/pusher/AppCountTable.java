package dev.runar.internal.broker.pusher;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The counts of the apps that have had clients: the first {@value #NAMED} have their own, those
 * that come later share one, so that a page of meters has bounded lines and no count ever goes
 * back. Any thread.
 */
final class AppCountTable {
  static final int NAMED = 100;

  /** Whose counts are shared; no id of an app has a blank. */
  static final String OTHER = "all others";

  // Under this lock.
  private final Map<String, AppCounts> named = new LinkedHashMap<>();
  private final AppCounts other = new AppCounts();
  private boolean hasOthers;

  /** Those of an app. */
  synchronized AppCounts of(String appId) {
    AppCounts present = named.get(appId);
    if (present != null) {
      return present;
    }
    if (named.size() >= NAMED) {
      hasOthers = true;
      return other;
    }
    var counts = new AppCounts();
    named.put(appId, counts);
    return counts;
  }

  /** All that there are, by the id of the app; at most one more than {@link #NAMED}. */
  synchronized Map<String, AppCounts> all() {
    var all = new LinkedHashMap<>(named);
    if (hasOthers) {
      all.put(OTHER, other);
    }
    return all;
  }
}
