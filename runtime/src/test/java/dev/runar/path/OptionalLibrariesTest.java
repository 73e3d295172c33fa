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
    String classPath =
        Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
            .filter(
                entry ->
                    !entry.matches(
                        ".*(micrometer|opentelemetry|victools|classmate|junit|opentest4j|HdrHist).*"))
            .collect(Collectors.joining(File.pathSeparator));
    Path output = folder.resolve("output.txt");
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                classPath,
                program.toString())
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    try {
      assertThat(process.waitFor(100, TimeUnit.SECONDS)).isTrue();
    } finally {
      process.destroyForcibly();
    }
    assertThat(Files.readString(output)).contains("sum=8", "input=null");
  }
}
