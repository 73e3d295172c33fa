package dev.runar.internal.store;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.runar.internal.store.LogRecord.Append;
import dev.runar.spi.Store.Damage;
import dev.runar.spi.Store.Level;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Logs on a simulated disk, and what is in them. */
abstract class SegmentedLogFixture {
  static final long SALT = 0x1234_5678_9abc_def0L;

  final List<Damage> found = new ArrayList<>();

  SegmentedLog open(SimulatedFiles files, int segmentBytes) throws IOException {
    var setup = new SegmentedLog.Setup(files, Level.SYNCED, segmentBytes, SALT, found::add);
    return new SegmentedLog(setup, new LogIndex());
  }

  static Append append(String queue, String text) {
    return new Append(List.of(queue), text.getBytes(UTF_8));
  }

  /** What is in a queue by ids; a damaged body is null. */
  static Map<Long, String> contents(SegmentedLog log, String queue) {
    var contents = new TreeMap<Long, String>();
    for (LogIndex.Place place : log.index().retain(queue, 0, 1_000_000)) {
      byte[] body =
          place.damagedAt() != null
              ? null
              : SegmentedLog.body(place.segment(), place.position(), place.length());
      contents.put(place.id(), body == null ? null : new String(body, UTF_8));
    }
    return contents;
  }
}
