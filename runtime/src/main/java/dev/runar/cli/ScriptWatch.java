package dev.runar.cli;

import io.methvin.watcher.DirectoryWatcher;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Tells when the content of a script's files has changed. One thread calls {@link #next}; the rest
 * is for any thread.
 *
 * <p>Watched are the folders of the files that the script has read; packages in {@code
 * node_modules} are not. What an editor does to a file, such as to write it twice or to put another
 * one in its place, is waited for until it is over, and a file is compared by its content.
 */
final class ScriptWatch implements AutoCloseable {
  /** No further event for so long: whoever writes is done. */
  private static final long QUIET_MS = 40;

  /** Events that wait; more say nothing new. */
  private static final int MAX_EVENTS = 100;

  /** What an import can mean, so that logs in the same folder do not count. */
  private static final Set<String> IMPORTED =
      Set.of("ts", "mts", "cts", "js", "mjs", "cjs", "json");

  private final Path configuration;
  private final Supplier<Set<Path>> files;
  private final BlockingQueue<Event> events = new ArrayBlockingQueue<>(MAX_EVENTS);

  /** Files that something was done to, since the last look. */
  private final Set<Path> touched = ConcurrentHashMap.newKeySet();

  private volatile boolean closed;

  // The thread of next.
  private final Map<Path, byte[]> known = new HashMap<>();
  private Set<Path> folders = Set.of();
  private @Nullable DirectoryWatcher watcher;
  private boolean lastFailed;
  private long loadBeganMs;

  private enum Event {
    FILE,
    /** More folders are watched: what changed in them before is to be looked for. */
    WATCHED,
    LOADED,
    FAILED,
    CLOSED
  }

  /** What {@link #next} waits for. */
  enum Change {
    SCRIPT,
    CONFIGURATION,
    CLOSED
  }

  /**
   * Watches nothing yet.
   *
   * @param files what the script has read so far
   */
  ScriptWatch(Path script, Supplier<Set<Path>> files) {
    this.configuration = script.resolveSibling("runar.yaml");
    this.files = files;
    known.put(script, digest(script));
    known.put(configuration, digest(configuration));
  }

  /** A load begins; what it reads for the first time and is changed meanwhile counts as changed. */
  void loading() {
    loadBeganMs = System.currentTimeMillis();
  }

  /** A load is over: it may have read other files than the one before. */
  void loaded(boolean succeeded) {
    events.offer(succeeded ? Event.LOADED : Event.FAILED);
  }

  /** Waits for the next change; {@code CLOSED} from the end on. */
  Change next() throws InterruptedException {
    for (; ; ) {
      follow();
      for (Event event = events.take(); event != null; event = nextOfBurst()) {
        lastFailed = event == Event.FAILED || (lastFailed && event != Event.LOADED);
      }
      if (closed) {
        endWatcher();
        return Change.CLOSED;
      }
      Set<Path> changed = changed();
      if (changed.equals(Set.of(configuration))) {
        return Change.CONFIGURATION;
      }
      if (!changed.isEmpty()) {
        return Change.SCRIPT;
      }
    }
  }

  private @Nullable Event nextOfBurst() throws InterruptedException {
    return closed ? null : events.poll(QUIET_MS, TimeUnit.MILLISECONDS);
  }

  /** The files whose content is another than at the last call. */
  private Set<Path> changed() {
    var changed = new HashSet<Path>();
    Set<Path> looked = watched();
    looked.addAll(missed());
    for (Path file : looked) {
      byte[] content = digest(file);
      byte[] before = known.put(file, content);
      if (before == null ? isNewer(file) : !Arrays.equals(before, content)) {
        changed.add(file);
      }
    }
    return changed;
  }

  /** By the clock that stamps files, since nobody knows what it was before. */
  private boolean isNewer(Path file) {
    try {
      return Files.getLastModifiedTime(file).toMillis() > loadBeganMs;
    } catch (IOException absent) {
      return false;
    }
  }

  private Set<Path> watched() {
    var watched = new HashSet<Path>();
    watched.add(configuration);
    for (Path file : files.get()) {
      if (!isInPackage(file)) {
        watched.add(file);
      }
    }
    return watched;
  }

  /** A load that failed may be mended by a file that it never got to read. */
  private Set<Path> missed() {
    Set<Path> seen = Set.copyOf(touched);
    touched.removeAll(seen);
    if (!lastFailed) {
      return Set.of();
    }
    return seen.stream().filter(ScriptWatch::canBeImported).collect(Collectors.toSet());
  }

  private static boolean canBeImported(Path file) {
    String name = String.valueOf(file.getFileName());
    return !name.startsWith(".") && IMPORTED.contains(name.substring(name.lastIndexOf('.') + 1));
  }

  private static boolean isInPackage(Path file) {
    for (Path name : file) {
      if (name.toString().equals("node_modules")) {
        return true;
      }
    }
    return false;
  }

  /** A file that cannot be read is one like an absent one. */
  private static byte[] digest(Path file) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(file));
    } catch (IOException absent) {
      return new byte[0];
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  /** Watches the folders that matter now. */
  private void follow() {
    var wanted = new HashSet<Path>();
    for (Path file : watched()) {
      Path folder = file.getParent();
      if (folder != null && Files.isDirectory(folder)) {
        wanted.add(folder);
      }
    }
    if (wanted.equals(folders)) {
      return;
    }
    endWatcher();
    try {
      DirectoryWatcher made =
          DirectoryWatcher.builder()
              .paths(List.copyOf(wanted))
              .fileHashing(false)
              .fileTreeVisitor((folder, onFolder, onFile) -> onFolder.call(folder)) // not below it
              .listener(event -> note(event.path()))
              .build();
      var _ =
          made.watchAsync(work -> Thread.ofPlatform().name("runar-watch").daemon(true).start(work));
      watcher = made;
      folders = wanted;
    } catch (IOException e) {
      throw new UncheckedIOException("cannot watch " + wanted, e);
    }
    events.offer(Event.WATCHED);
  }

  private void note(@Nullable Path file) {
    if (file != null && touched.size() < MAX_EVENTS) {
      touched.add(file);
    }
    events.offer(Event.FILE);
  }

  private void endWatcher() {
    DirectoryWatcher ending = watcher;
    watcher = null;
    if (ending != null) {
      try {
        ending.close();
      } catch (IOException e) {
        throw new UncheckedIOException("cannot end the watch", e);
      }
    }
  }

  /** {@link #next} returns. Repeatable. */
  @Override
  public void close() {
    closed = true;
    events.clear();
    events.offer(Event.CLOSED);
  }
}
