package dev.runar.internal.store;

import dev.runar.internal.store.LogFiles.LogFile;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.LinkedHashMap;
import java.util.Map;

/** One file of a log and what in it still counts. Guarded by the lock of its {@link LogIndex}. */
final class Segment {
  private static final Logger LOG = System.getLogger("dev.runar.store");

  final long number;
  final long first;
  final RecordForm form;
  final LogFile file;

  /** Its entries that still wait, by id. */
  final Map<Long, Item> live = new LinkedHashMap<>();

  /** Bytes of the file. */
  long size;

  private int readers;
  private boolean isDropped;

  Segment(SegmentHeader header, LogFile file, long size) {
    this.number = header.number();
    this.first = header.first();
    this.form = new RecordForm(header.salt(), header.number());
    this.file = file;
    this.size = size;
  }

  String name() {
    return SegmentHeader.fileName(number);
  }

  /** Somebody reads in it outside of the lock. */
  void retain() {
    readers++;
  }

  void release() {
    readers--;
    closeIfUnused();
  }

  /** Nobody will begin to read in it. */
  void drop() {
    isDropped = true;
    closeIfUnused();
  }

  private void closeIfUnused() {
    if (isDropped && readers == 0) {
      try {
        file.close();
      } catch (IOException e) {
        LOG.log(Level.DEBUG, () -> "segment not closed file=" + name() + " error=" + e);
      }
    }
  }
}
