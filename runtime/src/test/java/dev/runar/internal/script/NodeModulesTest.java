package dev.runar.internal.script;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Each script of {@code src/test/node} does with one module of Node.js what Node.js does. */
@Timeout(120)
class NodeModulesTest {
  private static final Path SCRIPTS = Path.of("src/test/node");

  @TempDir Path folder;

  @TestFactory
  Stream<DynamicTest> everyModule() throws IOException {
    List<Path> scripts;
    try (var files = Files.list(SCRIPTS)) {
      scripts = files.sorted().toList();
    }
    for (Path file : scripts) {
      String name = file.getFileName().toString();
      Files.copy(file, folder.resolve(name.equals("env") ? ".env" : name));
    }
    assertThat(scripts).hasSizeGreaterThan(15);
    return scripts.stream()
        .map(file -> file.getFileName().toString())
        .filter(name -> name.endsWith(".mjs"))
        .map(name -> DynamicTest.dynamicTest(name, () -> ScriptRun.of(folder.resolve(name))));
  }

  @Test
  void anEnvironmentFile() {
    assertThat(
            EnvFile.parse(
                """
                # A=1
                PLAIN = some text # comment
                export QUOTED="a # b\\nc"
                SINGLE='it\\n is'
                EMPTY=
                not a variable
                """))
        .isEqualTo(
            Map.of("PLAIN", "some text", "QUOTED", "a # b\nc", "SINGLE", "it\\n is", "EMPTY", ""));
  }
}
