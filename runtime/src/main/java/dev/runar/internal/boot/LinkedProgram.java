package dev.runar.internal.boot;

import dev.runar.internal.link.Link;
import dev.runar.internal.link.LinkStatus;
import dev.runar.internal.script.ScriptStatus;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** The program whose services live at the other end of a link, if there is one. Any thread. */
interface LinkedProgram {
  /** The node has scripts of its own, or none. */
  LinkedProgram NONE =
      new LinkedProgram() {
        @Override
        public List<LinkStatus> links() {
          return List.of();
        }

        @Override
        public CompletableFuture<Void> selfTest() {
          return CompletableFuture.completedFuture(null);
        }

        @Override
        public @Nullable Path folder() {
          return null;
        }
      };

  /** None or one. */
  List<LinkStatus> links();

  /** Completes when an event has gone all the way into the program and back. */
  CompletableFuture<Void> selfTest();

  /** Where its file is; null: there is none, or it has none. */
  @Nullable Path folder();

  static LinkedProgram of(Link link, @Nullable Path folder) {
    return new LinkedProgram() {
      @Override
      public List<LinkStatus> links() {
        return List.of(link.status());
      }

      @Override
      public CompletableFuture<Void> selfTest() {
        return link.selfTest();
      }

      @Override
      public @Nullable Path folder() {
        return folder;
      }
    };
  }

  /** It is as a script context whose queue is on the other side. */
  default List<ScriptStatus> contexts() {
    return links().stream()
        .map(
            link ->
                new ScriptStatus(
                    link.name(),
                    link.callbacks().waiting(),
                    link.callbacks().waitingBytes(),
                    link.callbacks().queued(),
                    link.callbacks().full(),
                    link.callbacks().closed(),
                    link.pending(),
                    link.failed(),
                    0, // its own runtime reports them, and may end it for one
                    link.end().isEmpty() ? "RUNNING" : "ENDED",
                    link.end().isEmpty() ? 0 : 1,
                    0,
                    link.end(),
                    0))
        .toList();
  }

  /** What the link carries beside callbacks, for {@code $runtime/status}. */
  default List<Map<String, ?>> status() {
    return links().stream().<Map<String, ?>>map(LinkedProgram::shown).toList();
  }

  private static Map<String, ?> shown(LinkStatus link) {
    var map = new LinkedHashMap<String, Object>();
    map.put("program", link.name());
    map.put("asked", link.asked());
    map.put("bytesIn", link.bytesIn());
    map.put("bytesOut", link.bytesOut());
    map.put("waitingBytes", link.waitingBytes());
    map.put("refused", link.refused());
    map.put("refusedThere", link.refusedThere());
    map.put("lostLines", link.lostLines());
    map.put("lateDrains", link.lateDrains());
    return map;
  }
}
