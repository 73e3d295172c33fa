package dev.runar.internal.script;

import dev.runar.Payload;
import dev.runar.RunarException;
import dev.runar.spi.Disk;
import dev.runar.spi.FileTooLargeException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.graalvm.polyglot.HostAccess;
import org.graalvm.polyglot.Value;

/**
 * What {@code node:fs} asks of the host: reading, where the script's permissions allow it. Owner
 * thread only.
 *
 * <p>An operation either runs here and now, as the {@code Sync} functions do, or on a thread of its
 * own; of those a script has a bounded number. It ends in one call of {@code done} or {@code
 * failed}, the latter with JSON text.
 */
public final class HostFiles {
  private static final long MAX_FILE_BYTES = 64L << 20;
  private static final int MAX_NAMES = 100_000;
  private static final int MAX_OPERATIONS = 1_024;

  private final ScriptContext context;
  private final Disk disk;
  private final AtomicInteger operations = new AtomicInteger();

  HostFiles(ScriptContext context, Disk disk) {
    this.context = context;
    this.disk = disk;
  }

  /** What is done with a path that may be read. */
  private interface Operation {
    Object on(Path path) throws IOException;
  }

  /** The bytes of a file. */
  @HostAccess.Export
  public void read(String path, boolean now, Value done, Value failed) {
    run("open", path, now, file -> ByteBuffer.wrap(content(file)), done, failed);
  }

  private byte[] content(Path file) throws IOException {
    if (disk.isDirectory(file)) {
      throw new IOException("EISDIR: illegal operation on a directory, read");
    }
    return disk.read(file, MAX_FILE_BYTES);
  }

  /** Size, time and kind, as JSON text. */
  @HostAccess.Export
  public void stat(String path, boolean now, Value done, Value failed) {
    run("stat", path, now, file -> facts(disk.facts(file)), done, failed);
  }

  private static String facts(Disk.Facts facts) {
    return Payload.object(
            "size", facts.size(),
            "mtimeMs", facts.modifiedMs(),
            "kind", facts.isDirectory() ? "directory" : "file")
        .text();
  }

  /** The files and folders of a folder, as JSON text. */
  @HostAccess.Export
  public void list(String path, boolean now, Value done, Value failed) {
    run("scandir", path, now, this::names, done, failed);
  }

  private String names(Path folder) throws IOException {
    if (!disk.facts(folder).isDirectory()) {
      throw new IOException("ENOTDIR: not a directory, scandir '" + folder + "'");
    }
    var files = new ArrayList<String>();
    var folders = new ArrayList<String>();
    for (String name : disk.names(folder, MAX_NAMES)) {
      (disk.isDirectory(folder.resolve(name)) ? folders : files).add(name);
    }
    return Payload.object("files", files, "folders", folders).text();
  }

  /** The path with every link followed. */
  @HostAccess.Export
  public void realPath(String path, boolean now, Value done, Value failed) {
    run("realpath", path, now, file -> disk.realPath(file).toString(), done, failed);
  }

  private void run(
      String call, String path, boolean now, Operation operation, Value done, Value failed) {
    if (now) {
      settle(outcome(call, path, operation), done, failed);
    } else if (operations.incrementAndGet() > MAX_OPERATIONS) {
      operations.decrementAndGet();
      String message = "EMFILE: " + MAX_OPERATIONS + " files are being read, " + call;
      failed.executeVoid(failure("EMFILE", message, call, path));
    } else {
      context.work().begins();
      Thread.ofVirtual().start(() -> runLater(call, path, operation, done, failed));
    }
  }

  private void runLater(String call, String path, Operation operation, Value done, Value failed) {
    Outcome outcome = outcome(call, path, operation);
    context.postReserved(
        "fs." + call,
        () -> {
          operations.decrementAndGet();
          context.work().ends();
          settle(outcome, done, failed);
        });
  }

  /** A result, or a failure as JSON text. */
  private sealed interface Outcome {
    record Done(Object result) implements Outcome {}

    record Failed(String json) implements Outcome {}
  }

  private static void settle(Outcome outcome, Value done, Value failed) {
    switch (outcome) {
      case Outcome.Done(Object result) -> done.executeVoid(result);
      case Outcome.Failed(String json) -> failed.executeVoid(json);
    }
  }

  private Outcome outcome(String call, String path, Operation operation) {
    try {
      return new Outcome.Done(operation.on(allowed(path)));
    } catch (RunarException refused) {
      return failed(refused.code().name(), String.valueOf(refused.getMessage()), call, path);
    } catch (NoSuchFileException e) {
      String message = "ENOENT: no such file or directory, " + call + " '" + path + "'";
      return failed("ENOENT", message, call, path);
    } catch (FileTooLargeException e) {
      String message = "EFBIG: more than " + MAX_FILE_BYTES + " bytes, " + call + " '" + path + "'";
      return failed("EFBIG", message, call, path);
    } catch (InvalidPathException e) {
      return failed("EINVAL", "EINVAL: " + e.getReason(), call, path);
    } catch (IOException e) {
      String message = String.valueOf(e.getMessage());
      int colon = message.indexOf(':');
      boolean coded = colon > 0 && message.substring(0, colon).matches("E[A-Z]+");
      return failed(coded ? message.substring(0, colon) : "EIO", message, call, path);
    }
  }

  /** The path to open: the check has followed its links. What is missing may be told. */
  private Path allowed(String path) {
    return context.permissions().read(Path.of(path).toAbsolutePath());
  }

  private static Outcome failed(String code, String message, String call, String path) {
    return new Outcome.Failed(failure(code, message, call, path));
  }

  private static String failure(String code, String message, String call, String path) {
    return Payload.object("code", code, "message", message, "syscall", call, "path", path).text();
  }
}
