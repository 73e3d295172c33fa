package dev.runar.path;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A program that has none of the optional libraries. */
@Timeout(120)
class OptionalLibrariesTest {
  @TempDir Path folder;

  @Test
  void aNodeNeedsNoLibraryForMetricsTracesSchemasOrTests() throws Exception {
    Path program = folder.resolve("Program.java");
    Files.writeString(
        program,
        """
        import dev.runar.Node;
        import dev.runar.bean.*;

        public class Program {
          @ServiceBean(path = "math")
          public static class Math {
            @Action public int add(@Param("a") int a, @Param("b") int b) { return a + b; }
          }

          @ServicePath("math")
          public interface MathApi { int add(@Param("a") int a, @Param("b") int b); }

          public static void main(String[] arguments) {
            try (Node node = Node.builder().start()) {
              var service = Services.of(new Math());
              node.addService(service).join();
              System.out.println("sum=" + node.client(MathApi.class).add(5, 3));
              System.out.println("input=" + service.actions().get("add").options().input());
            }
          }
        }
        """);
    String output =
        run(program, "(micrometer|opentelemetry|victools|classmate|junit|opentest4j|HdrHist)");
    assertThat(output).contains("sum=8", "input=null");
  }

  private static final String SCRIPTS =
      """
      import dev.runar.*;
      import java.nio.file.Path;
      import java.util.concurrent.*;
      import java.util.function.Supplier;

      public class Program {
        public static void main(String[] arguments) {
          try (Node node = Node.builder().start()) {
            say("js", () -> node.addScript(Path.of(arguments[0], "app.mjs")));
            say("ts", () -> node.addScript(Path.of(arguments[0], "app.ts")));
            say("shell", () -> node.openShell(text -> {}));
            System.out.println(node.request("$runtime/status", Payload.of(null)).join().asMap().get("contexts"));
          }
        }

        private static void say(String what, Supplier<CompletableFuture<?>> adding) {
          try {
            adding.get().join();
            System.out.println(what + ": loaded");
          } catch (CompletionException e) {
            var error = (RunarException) e.getCause();
            System.out.println(what + ": " + error.code() + " " + error.getMessage());
          }
        }
      }
      """;

  private static final String ADD_ENGINE =
      "; add org.graalvm.polyglot:polyglot and, of type pom, org.graalvm.polyglot:js-community, in"
          + " the version that dev.runar:runar asks for";

  @ParameterizedTest
  @CsvSource({
    "(org.graalvm|swc4j), java.lang.NoClassDefFoundError: org/graalvm/polyglot",
    "(truffle|js-language), java.lang.AbstractMethodError: No implementation available",
    "js-language, there is an engine without JavaScript",
  })
  void aProgramWithoutWhatRunsScriptsIsToldWhatToAdd(String without, String found)
      throws Exception {
    String output = runScripts(without);

    assertThat(output.lines().filter(line -> line.matches("(js|ts|shell): .*")))
        .hasSize(3)
        .allSatisfy(
            line ->
                assertThat(line)
                    .contains(": CONFIG what runs scripts is not on the class path (" + found)
                    .endsWith(ADD_ENGINE));
    assertThat(output).as("nothing is left of them").contains("\n[]\n");
    assertThat(output).doesNotContain("\n\tat ");
  }

  @Test
  void aProgramWithoutTheCompilerOfTypeScriptIsToldWhatToAdd() throws Exception {
    String output = runScripts("swc4j");

    assertThat(output)
        .contains("js: loaded\n")
        .contains("ts: SCRIPT ", "no TypeScript compiler for a program without its library")
        .contains("com.caoccao.javet:swc4j and its native part", "swc4j-linux-x86_64");
  }

  private String runScripts(String without) throws Exception {
    Files.writeString(folder.resolve("app.mjs"), "console.log('hello');\n");
    Files.writeString(
        folder.resolve("app.ts"), "const at: string = '%s';\n".formatted(System.nanoTime()));
    return run(Files.writeString(folder.resolve("Program.java"), SCRIPTS), without);
  }

  private String run(Path program, String without) throws Exception {
    String classPath =
        Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
            .filter(entry -> !entry.matches(".*" + without + ".*"))
            .collect(Collectors.joining(File.pathSeparator));
    Path output = folder.resolve("output.txt");
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                classPath,
                program.toString(),
                folder.toString())
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    try {
      assertThat(process.waitFor(100, TimeUnit.SECONDS)).isTrue();
    } finally {
      process.destroyForcibly();
    }
    return Files.readString(output);
  }
}
