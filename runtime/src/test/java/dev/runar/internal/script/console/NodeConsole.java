package dev.runar.internal.script.console;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import tools.jackson.databind.json.JsonMapper;

/** The oracle: what the Node.js of this machine prints. */
final class NodeConsole {
  private NodeConsole() {}

  /** The expressions of the resource file; comments and empty lines left out. */
  static List<String> expressions() {
    try (InputStream in = NodeConsole.class.getResourceAsStream("expressions.txt")) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8)
          .lines()
          .filter(line -> !line.isBlank() && !line.startsWith("#"))
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** An expression as source of a list of arguments. */
  static String argumentsOf(String expression) {
    return expression.startsWith("{") ? "(() => " + expression + ")()" : "[" + expression + "]";
  }

  /** Runs a program in one Node.js process; it must print JSON: a list of strings. */
  static List<String> run(String program) {
    try {
      Path file = Files.createTempFile("console", ".js");
      try {
        Files.writeString(file, program);
        Process node = start(file);
        String output = new String(node.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (!node.waitFor(30, TimeUnit.SECONDS) || node.exitValue() != 0) {
          throw new AssertionError("node failed: " + output);
        }
        return List.of(JsonMapper.shared().readValue(output, String[].class));
      } finally {
        Files.delete(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted while node ran", e);
    }
  }

  private static Process start(Path file) {
    try {
      return new ProcessBuilder("node", file.toString()).redirectErrorStream(true).start();
    } catch (IOException e) {
      throw new AssertionError(
          "this test compares with Node.js 20, but there is no 'node' on the PATH", e);
    }
  }
}
