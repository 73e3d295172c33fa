package dev.runar.cli;

import io.methvin.watcher.DirectoryWatcher;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
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
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
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
  private static final Logger LOG = System.getLogger("dev.runar.cli");

  /** No further event for so long: whoever writes is done. */
  private static final long QUIET_MS = 40;

  /** Folders that could not be watched are tried again, and their files are looked at. */
  private static final long RETRY_MS = 1_000;

  /** Events that wait; more say nothing new. */
  private static final int MAX_EVENTS = 100;

  /** What an import can mean, so that logs in the same folder do not count. */
  private static final Set<String> IMPORTED =
      Set.of("ts", "mts", "cts", "js", "mjs", "cjs", "json");

  private final Path configuration;
  private final Supplier<Set<Path>> files;
  private final Consumer<String> remarks;
  private final BlockingQueue<Event> events = new ArrayBlockingQueue<>(MAX_EVENTS);

  /** Files that something was done to, since the last look. */
  private final Set<Path> touched = ConcurrentHashMap.newKeySet();

  private volatile boolean closed;

  /** Whether the last load that is over has failed; it may count before it is looked at. */
  private volatile boolean lastFailed;

  // The thread of next.
  private final Map<Path, byte[]> known = new HashMap<>();
  private Set<Path> folders = Set.of();
  private @Nullable DirectoryWatcher watcher;
  private CompletableFuture<Void> watching = CompletableFuture.completedFuture(null);
  private long loadBeganMs;
  private String problem = "";

  private enum Event {
    FILE,
    /** More folders are watched: what changed in them before is to be looked for. */
    WATCHED,
    LOADED,
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
   * @param remarks takes what the author should know, as a line
   */
  ScriptWatch(Path script, Supplier<Set<Path>> files, Consumer<String> remarks) {
    this.configuration = script.resolveSibling("runar.yaml");
    this.files = files;
    this.remarks = remarks;
    known.put(script, digest(script));
    known.put(configuration, digest(configuration));
  }

  /** A load begins; what it reads for the first time and is changed meanwhile counts as changed. */
  void loading() {
    loadBeganMs = System.currentTimeMillis();
  }

  /** A load is over: it may have read other files than the one before. */
  void loaded(boolean succeeded) {
    lastFailed = !succeeded;
    events.offer(Event.LOADED);
  }

  /** Waits for the next change; {@code CLOSED} from the end on. */
  Change next() throws InterruptedException {
    for (; ; ) {
      boolean watches = followed();
      Event event = watches ? events.take() : events.poll(RETRY_MS, TimeUnit.MILLISECONDS);
      while (event != null) {
        event = nextOfBurst();
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

  /** Whether the folders that matter now are watched; why not is told once. */
  private boolean followed() {
    try {
      follow();
      problem = "";
      return true;
    } catch (IOException | UncheckedIOException e) {
      String now =
          e instanceof NoSuchFileException gone
              ? "there is no " + gone.getFile()
              : String.valueOf(e.getMessage());
      if (!now.equals(problem)) {
        problem = now;
        remarks.accept(
            "runar: cannot watch for changes ("
                + now
                + "); looking every "
                + RETRY_MS
                + " ms until it works");
      }
      folders = Set.of();
      endWatcher();
      return false;
    }
  }

  /** Watches the folders that matter now. */
  private void follow() throws IOException {
    var wanted = new HashSet<Path>();
    for (Path file : watched()) {
      Path folder = file.getParent();
      if (folder != null && Files.isDirectory(folder)) {
        wanted.add(folder);
      }
    }
    if (wanted.equals(folders) && !watching.isDone()) {
      return;
    }
    endWatcher();
    if (wanted.isEmpty()) {
      throw new NoSuchFileException(String.valueOf(configuration.getParent()));
    }
    DirectoryWatcher made =
        DirectoryWatcher.builder()
            .paths(List.copyOf(wanted))
            .fileHashing(false)
            .fileTreeVisitor((folder, onFolder, onFile) -> onFolder.call(folder)) // not below it
            .listener(event -> note(event.path()))
            .build();
    watcher = made;
    watching =
        made.watchAsync(work -> Thread.ofPlatform().name("runar-watch").daemon(true).start(work));
    if (watching.isCompletedExceptionally()) {
      throw new IOException(watching.exceptionNow().getMessage(), watching.exceptionNow());
    }
    folders = wanted;
    // It ends by itself when its folders have gone.
    var _ = watching.whenComplete((done, error) -> events.offer(Event.WATCHED));
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
        LOG.log(Level.DEBUG, "the watch did not end as it should", e); // and is not asked again
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
