package dev.runar.internal.script;

import static org.assertj.core.api.Assertions.assertThat;

import dev.runar.Payload;
import dev.runar.internal.script.syntax.CommonJsExports;
import dev.runar.internal.script.syntax.Tokens;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Of every CommonJS file of the packages of {@link PackagesTest} we see the names that Node.js
 * sees: its own cjs-module-lexer is asked, which is inside every {@code node}.
 */
@Timeout(300)
class ExportedNamesTest {
  /** One line of JSON for each file that it can read. */
  private static final String LEXER =
      """
      const lexer = require('internal/deps/cjs-module-lexer/lexer');
      const { readFileSync } = require('fs');
      for (const file of readFileSync(0, 'utf8').split('\\n')) {
        try {
          const { exports, reexports } = lexer.parse(readFileSync(file, 'utf8'));
          console.log(JSON.stringify({ file, exports, reexports }));
        } catch {}
      }
      """;

  @TempDir Path folder;

  @Test
  void areThoseThatNodeSees() throws Exception {
    Assumptions.assumeTrue(PackagesTest.hasNpm(), "NO NAME IS COMPARED: npm is not here");
    PackagesTest.install();
    List<Path> files;
    try (var all = Files.walk(PackagesTest.INSTALLED.resolve("node_modules"))) {
      files = all.filter(ExportedNamesTest::isScript).sorted().toList();
    }
    var different = new ArrayList<String>();
    List<String> answers = nodeSees(files);
    for (String line : answers) {
      Map<String, Object> seen = Payload.json(line).asMap();
      Path file = Path.of(String.valueOf(seen.get("file")));
      CommonJsExports ours = CommonJsExports.of(Tokens.of(Files.readString(file)));
      var expected = List.of(sorted(seen.get("exports")), sorted(seen.get("reexports")));
      var actual = List.of(new TreeSet<>(ours.names()), new TreeSet<>(ours.reexports()));
      if (!actual.equals(expected)) {
        different.add(file + "\n  node " + expected + "\n  ours " + actual);
      }
    }
    assertThat(answers).hasSizeGreaterThan(2_000);
    assertThat(different).as("%d of %d differ", different.size(), answers.size()).isEmpty();
  }

  private static boolean isScript(Path file) {
    String name = file.toString();
    return Files.isRegularFile(file) && (name.endsWith(".js") || name.endsWith(".cjs"));
  }

  private static TreeSet<String> sorted(Object names) {
    var sorted = new TreeSet<String>();
    ((List<?>) names).forEach(name -> sorted.add(String.valueOf(name)));
    return sorted;
  }

  private List<String> nodeSees(List<Path> files) throws IOException, InterruptedException {
    Path script = Files.writeString(folder.resolve("lexer.cjs"), LEXER);
    Path input = folder.resolve("files.txt");
    Files.write(input, files.stream().map(Path::toString).toList());
    Path output = folder.resolve("names.txt");
    Process node =
        new ProcessBuilder("node", "--expose-internals", script.toString())
            .redirectInput(input.toFile())
            .redirectOutput(output.toFile())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    assertThat(node.waitFor(60, TimeUnit.SECONDS)).isTrue();
    return Files.readAllLines(output);
  }
}
