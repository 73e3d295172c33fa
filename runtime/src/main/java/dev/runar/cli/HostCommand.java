package dev.runar.cli;

import dev.runar.NodeConfig;
import dev.runar.NodeProvider;
import dev.runar.NodeProvider.Program;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/**
 * {@code runar host}: the node of a program that runs in Node.js or Bun, which starts this by
 * itself. Standard input and output are the link (docs/link.md), so that nothing else may be
 * written there.
 */
@Command(
    name = "host",
    hidden = true,
    header = "The node of a program in Node.js or Bun, which starts it by itself.",
    footer = {"", "It speaks frames on standard input and output: nothing for people."})
final class HostCommand implements Callable<Integer> {
  private final Surroundings surroundings;

  @Mixin private final ConfigOptions config = new ConfigOptions();

  @Parameters(
      paramLabel = "FILE",
      arity = "0..1",
      description = "The program: runar.yaml beside it is read.")
  private @Nullable Path file;

  HostCommand(Surroundings surroundings) {
    this.surroundings = surroundings;
  }

  @Override
  public Integer call() {
    InputStream in = new FileInputStream(FileDescriptor.in);
    OutputStream out = new FileOutputStream(FileDescriptor.out);
    return host(in, out);
  }

  /** Until the other side ends or dies; then at once, since nobody is left to wait for. */
  int host(InputStream in, OutputStream out) {
    var lines = LinkLines.takeOver();
    endWithoutMemory();
    NodeProvider.Linked open =
        surroundings.links().open(program -> configuration(program, lines), in, out);
    lines.to(open);
    LinkedControl.ofProcess(surroundings.folder()).to(open);
    surroundings
        .signals()
        .listen(
            () -> {
              var _ =
                  open.stopNode()
                      .whenComplete((done, error) -> open.close("the node was asked to end"));
            });
    Runtime.getRuntime()
        .addShutdownHook(
            Thread.ofPlatform()
                .name("runar-link-end")
                .unstarted(
                    () -> {
                      lines.end();
                      open.close("the Java runtime of the node has ended");
                    }));
    open.ended().join();
    return ExitCode.OK.number();
  }

  /**
   * Who waits for a thread that memory has ended would wait for ever; the program hears of this.
   */
  private static void endWithoutMemory() {
    byte[] words = "runar: the node is out of memory and ends\n".getBytes(StandardCharsets.UTF_8);
    var err = new FileOutputStream(FileDescriptor.err);
    int code = ExitCode.INTERNAL.number();
    Thread.setDefaultUncaughtExceptionHandler(
        (thread, error) -> {
          if (error instanceof OutOfMemoryError) {
            try {
              err.write(words);
            } catch (IOException e) { // the code says enough
              Runtime.getRuntime().halt(code);
            }
            Runtime.getRuntime().halt(code);
          }
          System.err.print("Exception in thread \"" + thread.getName() + "\" ");
          error.printStackTrace();
        });
  }

  private NodeConfig configuration(Program program, LinkLines lines) {
    Path script = file == null ? Path.of(program.script().orElse("script")) : file;
    NodeConfig layers = config.configuration(script.toAbsolutePath(), surroundings.configs());
    surroundings.log().accept(layers.logging().level(), lines.terminal());
    return layers;
  }
}
