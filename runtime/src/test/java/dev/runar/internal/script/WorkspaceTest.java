package dev.runar.internal.script;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.runar.internal.script.packages.Workspace;
import dev.runar.spi.Disk;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * An app in a workspace: packages beside it are linked from the node_modules folder at its root.
 */
@Timeout(120)
class WorkspaceTest {
  @TempDir Path made;

  private Path root;
  private Path outside;

  @BeforeEach
  void layOut() throws IOException {
    root = Files.createDirectory(made.toRealPath().resolve("root"));
    outside = Files.createDirectory(made.toRealPath().resolve("outside"));
    write("packages/a/package.json", "{\"name\":\"a\",\"type\":\"module\"}");
    write("packages/b/package.json", "{\"name\":\"@our/b\",\"main\":\"./index.ts\"}");
    write("packages/b/index.ts", "import c from 'c';\nexport const b: string = 'b of ' + c;\n");
    write("node_modules/c/package.json", "{\"name\":\"c\",\"main\":\"c.js\"}");
    write("node_modules/c/c.js", "module.exports = 'c';");
    Files.createDirectories(root.resolve("node_modules/@our"));
    Files.createSymbolicLink(root.resolve("node_modules/@our/b"), root.resolve("packages/b"));
    Files.writeString(outside.resolve("index.js"), "module.exports = 'outside';");
    Files.createSymbolicLink(root.resolve("node_modules/evil"), outside);
  }

  @Test
  void ofNpmAndOfPnpm() throws Exception {
    Path app =
        write(
            "packages/a/app.ts",
            "import { b } from '@our/b';\nif (b !== 'b of c') throw new Error(b);\n");
    write("package.json", "{\"workspaces\":[\"packages/*\"]}");
    ScriptRun.of(app);

    Files.delete(root.resolve("package.json"));
    write("pnpm-workspace.yaml", "packages:\n  # ours\n  - 'packages/*'\n  - \"!**/test\"\n");
    ScriptRun.of(app);
  }

  @Test
  void aLinkOutOfItIsRefusedAndTheRuleIsNamed() throws IOException {
    write("package.json", "{\"workspaces\":[\"packages/*\"]}");
    Path app = write("packages/a/app.ts", "import evil from 'evil';\nconsole.log(evil);\n");
    assertThatThrownBy(() -> ScriptRun.of(app))
        .hasMessageContaining("cannot import \"evil\": it is outside of the project")
        .hasMessageContaining("neither a link nor a \"..\" leads out of it");
  }

  @Test
  void aPackageThatTheWorkspaceDoesNotListIsAlone() throws IOException {
    write("package.json", "{\"workspaces\":[\"apps/*\"]}");
    Path app = write("packages/a/app.ts", "import '@our/b';\n");
    assertThatThrownBy(() -> ScriptRun.of(app))
        .hasMessageContaining("cannot find package \"@our/b\"");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          {"workspaces":["packages/a"]}                        | true
          {"workspaces":["./packages/*/"]}                     | true
          {"workspaces":{"packages":["packages/**"]}}          | true
          {"workspaces":["packages/*","!packages/a"]}          | false
          {"workspaces":["packages/[","x"]}                    | false
          {"workspaces":"packages/*"}                          | false
          {}                                                   | false
          not JSON                                             | false
          """)
  void whatAListOfPackagesMeans(String text, boolean isMember) throws IOException {
    write("package.json", text);
    assertThat(Workspace.rootOf(root.resolve("packages/a"), Disk.system()).isPresent())
        .isEqualTo(isMember);
  }

  private Path write(String name, String text) throws IOException {
    Path file = root.resolve(name);
    Files.createDirectories(file.getParent());
    return Files.writeString(file, text);
  }
}
