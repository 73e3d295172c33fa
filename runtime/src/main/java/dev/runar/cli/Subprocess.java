package dev.runar.cli;

import dev.runar.RunarException;
import dev.runar.RunarException.Code;
import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * A program that is run to its end, with what it printed. What it prints beyond the bound is read
 * and dropped, so that it gets on; it is killed when it takes too long, silent or not. One thread;
 * blocks.
 */
record Subprocess(int exitCode, String text) {
  private static final int BLOCK = 8_192;

  /**
   * Runs it without input; what it says of errors is part of what it printed.
   *
   * @param maxBytes of its output that are kept
   * @throws RunarException {@code NOT_FOUND} if it cannot be run, {@code TIMEOUT}
   */
  static Subprocess run(List<String> command, Duration patience, int maxBytes)
      throws IOException, InterruptedException {
    Process process;
    try {
      process =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectInput(ProcessBuilder.Redirect.from(new File("/dev/null")))
              .start();
    } catch (IOException e) {
      throw new RunarException(
          Code.NOT_FOUND, command.getFirst() + " cannot be run: " + e.getMessage(), e);
    }
    var late = new AtomicBoolean();
    Thread timer =
        Thread.ofVirtual()
            .name("runar-subprocess-timer")
            .start(() -> endAfter(patience, process, late));
    try (InputStream out = process.getInputStream()) {
      String text = read(out, maxBytes, late);
      int exitCode = process.waitFor();
      if (late.get()) {
        throw new RunarException(
            Code.TIMEOUT,
            command.getFirst() + " did not end within " + patience.toSeconds() + " s");
      }
      return new Subprocess(exitCode, text);
    } finally {
      timer.interrupt();
      destroy(process);
    }
  }

  private static void endAfter(Duration patience, Process process, AtomicBoolean late) {
    try {
      if (!process.waitFor(patience.toMillis(), TimeUnit.MILLISECONDS)) {
        late.set(true);
        destroy(process);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // it has ended
    }
  }

  /** Its children too: they hold the other end of its output. */
  private static void destroy(Process process) {
    process.descendants().forEach(ProcessHandle::destroyForcibly);
    process.destroyForcibly();
  }

  private static String read(InputStream out, int maxBytes, AtomicBoolean late) throws IOException {
    var kept = new ByteArrayOutputStream();
    byte[] block = new byte[BLOCK];
    try {
      for (int count = out.read(block); count >= 0; count = out.read(block)) {
        kept.write(block, 0, Math.min(count, maxBytes - kept.size()));
      }
    } catch (IOException e) {
      if (!late.get()) {
        throw e;
      }
    }
    return kept.toString(StandardCharsets.UTF_8);
  }
}
