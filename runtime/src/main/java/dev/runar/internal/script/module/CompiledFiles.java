package dev.runar.internal.script.module;

import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.LongAdder;
import java.util.zip.CRC32C;

/**
 * Compiled files kept in a folder between runs. Any thread, and any number of processes.
 *
 * <p>An entry is {@code magic, CRC-32C of the rest, length of the code in bytes, code, mappings}
 * under the hash of what it was made from. It appears by a rename, so that no reader sees half of
 * one; one that does not match its checksum is deleted and counted, never used. When the folder
 * holds more bytes than its bound, the entries written longest ago go first. A folder that cannot
 * be written costs the cache, not the script: each failure is counted, the first is told.
 */
final class CompiledFiles {
  private static final int MAGIC = 0x52545331;
  private static final int HEADER = 12;
  private static final String SUFFIX = ".rts";

  private static final Logger LOG = System.getLogger("dev.runar.script");

  private final AtomicBoolean warned = new AtomicBoolean();
  private final Path folder;
  private final long maxBytes;
  private final LongAdder corrupt = new LongAdder();
  private final LongAdder unwritten = new LongAdder();
  private final LongAdder evicted = new LongAdder();

  /**
   * Keeps entries in {@code folder}, which is made when first needed.
   *
   * @param maxBytes the most that the entries may take together
   */
  CompiledFiles(Path folder, long maxBytes) {
    this.folder = folder;
    this.maxBytes = maxBytes;
  }

  Optional<Compiled> read(String key) {
    Path file = folder.resolve(key + SUFFIX);
    try {
      Optional<Compiled> entry = decode(Files.readAllBytes(file));
      if (entry.isEmpty()) {
        corrupt.increment();
        Files.deleteIfExists(file);
      }
      return entry;
    } catch (NoSuchFileException absent) {
      return Optional.empty();
    } catch (IOException unreadable) {
      corrupt.increment();
      return Optional.empty();
    }
  }

  void write(String key, Compiled compiled) {
    byte[] entry = encode(compiled);
    if (entry.length > maxBytes) {
      unwritten.increment();
      return;
    }
    try {
      Files.createDirectories(folder);
      Path draft = Files.createTempFile(folder, key.substring(0, 8), ".tmp");
      try {
        Files.write(draft, entry);
        move(draft, folder.resolve(key + SUFFIX));
      } finally {
        Files.deleteIfExists(draft);
      }
      evict();
    } catch (IOException e) {
      unwritten.increment();
      if (warned.compareAndSet(false, true)) {
        LOG.log(Level.WARNING, () -> "compiled files are not kept folder=" + folder + " why=" + e);
      }
    }
  }

  private static void move(Path draft, Path file) throws IOException {
    try {
      Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE);
    } catch (AtomicMoveNotSupportedException e) {
      Files.move(draft, file, StandardCopyOption.REPLACE_EXISTING);
    }
  }

  private record Entry(Path file, long bytes, FileTime written) {}

  private void evict() throws IOException {
    List<Entry> entries = entries();
    long bytes = entries.stream().mapToLong(Entry::bytes).sum();
    entries.sort(Comparator.comparing(Entry::written));
    for (Entry oldest : entries) {
      if (bytes <= maxBytes) {
        return;
      }
      Files.deleteIfExists(oldest.file);
      evicted.increment();
      bytes -= oldest.bytes;
    }
  }

  private List<Entry> entries() throws IOException {
    var entries = new ArrayList<Entry>();
    try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, "*" + SUFFIX)) {
      for (Path file : files) {
        entryOf(file).ifPresent(entries::add);
      }
    }
    return entries;
  }

  private static Optional<Entry> entryOf(Path file) throws IOException {
    try {
      return Optional.of(new Entry(file, Files.size(file), Files.getLastModifiedTime(file)));
    } catch (NoSuchFileException goneMeanwhile) {
      return Optional.empty();
    }
  }

  private static byte[] encode(Compiled compiled) {
    byte[] code = compiled.code().getBytes(StandardCharsets.UTF_8);
    byte[] mappings = compiled.mappings().getBytes(StandardCharsets.UTF_8);
    ByteBuffer entry = ByteBuffer.allocate(HEADER + code.length + mappings.length);
    entry.putInt(MAGIC).putInt(0).putInt(code.length).put(code).put(mappings);
    entry.putInt(4, checksum(entry.array()));
    return entry.array();
  }

  private static Optional<Compiled> decode(byte[] bytes) {
    if (bytes.length < HEADER) {
      return Optional.empty();
    }
    ByteBuffer entry = ByteBuffer.wrap(bytes);
    int magic = entry.getInt();
    int checksum = entry.getInt();
    int codeLength = entry.getInt();
    if (magic != MAGIC
        || checksum != checksum(bytes)
        || codeLength < 0
        || codeLength > bytes.length - HEADER) {
      return Optional.empty();
    }
    int end = HEADER + codeLength;
    return Optional.of(
        new Compiled(
            new String(bytes, HEADER, codeLength, StandardCharsets.UTF_8),
            new String(bytes, end, bytes.length - end, StandardCharsets.UTF_8)));
  }

  private static int checksum(byte[] entry) {
    var crc = new CRC32C();
    crc.update(entry, 8, entry.length - 8);
    return (int) crc.getValue();
  }

  /** Entries found unreadable or damaged, and left out. */
  long corrupt() {
    return corrupt.sum();
  }

  /** Entries that could not be written. */
  long unwritten() {
    return unwritten.sum();
  }

  /** Entries deleted to keep the bound. */
  long evicted() {
    return evicted.sum();
  }
}
