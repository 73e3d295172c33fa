package dev.runar.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.runar.cli.ScriptWatch.Change;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What can go wrong with the folders that are watched. */
@Timeout(30)
class ScriptWatchTest {
  @TempDir Path folder;
  private final List<String> remarks = new CopyOnWriteArrayList<>();
  private Path script;
  private ScriptWatch watch;

  @BeforeEach
  void start() throws IOException {
    script = Files.createDirectory(folder.resolve("app")).resolve("app.ts");
    Files.writeString(script, "one");
    watch = new ScriptWatch(script, () -> Set.of(script), remarks::add);
    watch.loading();
    watch.loaded(true);
  }

  @AfterEach
  void stop() {
    watch.close();
  }

  private CompletableFuture<Change> next() {
    var change = new CompletableFuture<Change>();
    Thread.ofPlatform()
        .daemon(true)
        .start(
            () -> {
              try {
                change.complete(watch.next());
              } catch (InterruptedException | RuntimeException e) {
                change.completeExceptionally(e);
              }
            });
    return change;
  }

  @Test
  void aFolderThatGoesIsToldOfAndSeenWhenItIsBack() throws Exception {
    Files.delete(script);
    Files.delete(script.getParent());
    CompletableFuture<Change> gone = next();
    await().until(() -> !remarks.isEmpty());
    assertThat(gone.join()).isEqualTo(Change.SCRIPT);
    CompletableFuture<Change> back = next();
    Files.createDirectory(script.getParent());
    Files.writeString(script, "two");
    assertThat(back.join()).isEqualTo(Change.SCRIPT);
    assertThat(remarks)
        .containsExactly(
            "runar: cannot watch for changes (there is no "
                + script.getParent()
                + "); looking every 1000 ms until it works");
  }

  @Test
  void aFolderThatGoesWhileItIsWatchedIsSeenWhenItIsBack() throws Exception {
    Files.writeString(script, "two");
    assertThat(next().join()).isEqualTo(Change.SCRIPT);
    CompletableFuture<Change> gone = next();
    Files.delete(script);
    Files.delete(script.getParent());
    assertThat(gone.join()).isEqualTo(Change.SCRIPT);
    CompletableFuture<Change> back = next();
    Files.createDirectory(script.getParent());
    Files.writeString(script, "three");
    assertThat(back.join()).isEqualTo(Change.SCRIPT);
  }

  @Test
  void aFailedLoadCountsHoweverManyEventsWait() throws Exception {
    for (int i = 0; i < 200; i++) {
      watch.loaded(true);
    }
    watch.loaded(false);
    CompletableFuture<Change> change = next();
    for (int i = 0; !change.isDone() && i < 200; i++) {
      Files.writeString(script.resolveSibling("missing.ts"), "new " + i);
      await().pollDelay(java.time.Duration.ofMillis(100)).until(() -> true);
    }
    assertThat(change.join()).isEqualTo(Change.SCRIPT);
  }
}
