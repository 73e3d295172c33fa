package dev.runar.internal.store;

import dev.runar.spi.Store;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.List;

/** What every store refuses of its caller. Stateless; any thread. */
final class Checks {
  private Checks() {}

  static List<String> queues(Collection<String> queues) {
    List<String> names = queues.stream().distinct().toList();
    long bytes = 0;
    for (String name : names) {
      int length = name.getBytes(StandardCharsets.UTF_8).length;
      if (length > Store.MAX_NAME_BYTES) {
        throw new IllegalArgumentException(
            "the name of a queue has " + length + " bytes, at most " + Store.MAX_NAME_BYTES);
      }
      bytes += 4L + length;
    }
    if (names.isEmpty() || bytes > RecordForm.MAX_META / 2) {
      throw new IllegalArgumentException(
          "one append needs at least one queue, and names of at most "
              + RecordForm.MAX_META / 2
              + " bytes together; it has "
              + names.size()
              + " queues with "
              + bytes);
    }
    return names;
  }

  static byte[] body(byte[] body) {
    if (body.length > RecordForm.MAX_BODY) {
      throw new IllegalArgumentException(
          "a body has at most " + RecordForm.MAX_BODY + " bytes, this one " + body.length);
    }
    return body;
  }
}
