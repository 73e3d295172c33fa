package dev.runar.internal.broker.offline;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Entries that are to go from the store: gathered with the table held, asked for without it. One
 * thread.
 *
 * <p>Event loops take the table, and a store may be slow to be asked.
 */
final class Gone {
  private final Map<String, List<Long>> ids = new LinkedHashMap<>();

  /** An entry, if it is one: 0 is none. */
  void add(String name, long entry) {
    if (entry > 0) {
      ids.computeIfAbsent(name, first -> new ArrayList<>()).add(entry);
    }
  }

  /** By the queue of the store that has them. */
  Map<String, List<Long>> ids() {
    return ids;
  }
}
