package dev.runar.path;

import static org.assertj.core.api.Assertions.assertThat;

import dev.runar.NodeConfig;
import java.nio.file.Path;
import java.util.List;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Whose the log is, and who hears of it. */
@Timeout(60)
class LogLevelTest {
  @TempDir Path folder;

  private final List<Logger> roots =
      List.of(Logger.getLogger("runar"), Logger.getLogger("dev.runar"));

  private void level(Level level) {
    roots.forEach(root -> root.setLevel(level));
  }

  @AfterEach
  void restore() {
    level(null);
  }

  private static NodeConfig logging(String level) {
    return ScriptNode.CONFIG.withLogging(new NodeConfig.Logging(level));
  }

  @Test
  void aLevelThatTheProgramsLogDoesNotFollowIsToldOnceAndChangesNothing() {
    level(Level.INFO);
    try (ScriptNode app = ScriptNode.start(folder, logging("debug"), "export {};")) {
      app.node.start().join();
      assertThat(app.logged("logging.level"))
          .containsExactly(
              "WARNING dev.runar.node logging.level=debug has no effect: the log of \"dev.runar\""
                  + " follows info; set it in this program's logging, or with runar run"
                  + " --log-level");
      assertThat(roots).extracting(Logger::getLevel).containsOnly(Level.INFO);
    }
  }

  @Test
  void aLevelThatOnlyAScriptAskedForIsToldToo() {
    level(Level.INFO);
    String script = "import { Node } from 'runar-ts'; new Node({ logging: { level: 'error' } });";
    try (ScriptNode app = ScriptNode.start(folder, script)) {
      assertThat(app.logged("logging.level=error has no effect")).hasSize(1);
    }
  }

  @Test
  void aLevelThatIsFollowedIsNoNews() {
    level(Level.FINE);
    try (ScriptNode app = ScriptNode.start(folder, logging("debug"), "export {};")) {
      assertThat(app.logged("logging.level")).isEmpty();
    }
  }

  @Test
  void whoAsksForNothingIsToldNothing() {
    level(Level.FINE);
    try (ScriptNode app = ScriptNode.start(folder, "export {};")) {
      assertThat(app.logged("logging.level")).isEmpty();
    }
  }
}
