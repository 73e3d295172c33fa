package dev.runar.internal.script.module;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a script cannot reach. */
@Timeout(60)
class ScriptAccessTest {
  @TempDir Path temp;
  private ScriptFolder folder;

  @BeforeEach
  void openFolder() throws IOException {
    Path project = Files.createDirectory(temp.resolve("project"));
    Files.writeString(temp.resolve("secret.json"), "{\"key\": \"s3cret\"}");
    Files.createSymbolicLink(project.resolve("link.json"), temp.resolve("secret.json"));
    folder = new ScriptFolder(project).file("notes.txt", "s3cret").file(".env", "KEY=s3cret");
  }

  @AfterEach
  void closeContext() {
    folder.close();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "../secret.json",
        "./link.json",
        "/etc/passwd",
        "file:///etc/passwd",
        "file:///etc/../etc/passwd",
        "./notes.txt",
        "./.env",
        "./%2e%2e/secret.json",
        "..//secret.json",
        "../project/../secret.json",
        "/proc/self/environ",
        "",
        ".",
        "..",
        "\\u0000",
        "runar:../index",
        "node:fs",
        "http://127.0.0.1:1/x.js",
        "jar:file:/x.jar!/x.js",
      })
  void anImportOfWhatIsNoModuleOfTheProject(String specifier) {
    folder.file(
        "app.js",
        """
        export let result;
        for (const options of [{}, { with: { type: 'json' } }]) {
          try {
            const module = await import('%s', options);
            result = JSON.stringify(module.default ?? module);
          } catch (error) {
            result = 'refused: ' + error.message;
          }
        }
        """
            .formatted(specifier));
    String result = folder.load("app.js").getMember("result").asString();
    assertThat(result).startsWith("refused: ").doesNotContain("s3cret", "root:");
  }

  @Test
  void theEnginesOwnWaysToFiles() {
    folder.file(
        "app.js",
        """
        export const result = [typeof load, typeof loadWithNewGlobal, typeof Java, typeof require,
          typeof Packages].join();
        """);
    assertThat(folder.load("app.js").getMember("result").asString())
        .isEqualTo("undefined,undefined,undefined,undefined,undefined");
  }

  @Test
  void aDataModuleHasNoFilesToImport() {
    folder
        .file("a.js", "export const a = 1;")
        .file(
            "app.js",
            """
            export let result;
            try {
              await import("data:text/javascript,export%20*%20from'./a.js'");
              result = 'imported';
            } catch (error) {
              result = error.message;
            }
            """);
    assertThat(folder.load("app.js").getMember("result").asString())
        .startsWith("cannot import \"./a.js\" from code that is no file");
  }
}
