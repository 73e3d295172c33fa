package dev.runar.internal.script;

import dev.runar.Node;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** Runs one script in a node of its own, to the end of its top level. */
final class ScriptRun {
  private ScriptRun() {}

  /** Fails as the script does. */
  static void of(Path file) throws Exception {
    Node node = Node.builder().port(-1).build();
    try {
      node.addScript(file).get(Duration.ofSeconds(60).toSeconds(), TimeUnit.SECONDS);
    } finally {
      node.stop().get(10, TimeUnit.SECONDS);
    }
  }
}
