package dev.runar.internal.boot;

import dev.runar.NodeConfig;
import dev.runar.internal.node.NodeCore;
import dev.runar.internal.node.SessionDirectory;
import dev.runar.spi.Clock;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** The open port: the broker and the server in front of it. Any thread. */
final class Port {
  static Port open(NodeConfig config, NodeCore core, Clock clock, @Nullable Path publicFolder) {
    return new Port();
  }

  List<URI> urls() {
    return List.of();
  }

  SessionDirectory sessions() {
    return SessionDirectory.EMPTY;
  }

  Map<String, ?> status() {
    return Map.of();
  }

  CompletableFuture<Void> stop(Duration patience) {
    return CompletableFuture.completedFuture(null);
  }
}
