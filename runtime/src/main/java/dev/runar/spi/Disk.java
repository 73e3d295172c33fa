package dev.runar.spi;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * The files that the node reads, so that a simulation can put its own in their place. Any thread.
 *
 * <p>Paths belong to the default file system of the JVM and are absolute. No method follows a path
 * that does not exist: what is missing is answered by {@code false} or by a {@link
 * java.nio.file.NoSuchFileException}.
 */
public interface Disk {
  /**
   * Reads a whole file.
   *
   * @param maxBytes the most that is read, in bytes
   * @throws FileTooLargeException if the file holds more than {@code maxBytes}; at most {@code
   *     maxBytes + 1} bytes were read
   * @throws IOException if the file is missing, is a directory or cannot be read
   */
  byte[] read(Path file, long maxBytes) throws IOException;

  /** Whether something readable is at {@code path}. */
  boolean exists(Path path);

  /** Whether {@code path} is a directory. */
  boolean isDirectory(Path path);

  /** The names in a directory, at most {@code limit} of them, in no order; empty if unreadable. */
  List<String> names(Path directory, int limit);

  /**
   * The path with every symbolic link followed and every {@code ..} taken away.
   *
   * @throws IOException if nothing is there
   */
  Path realPath(Path path) throws IOException;

  /**
   * What is known of a file or folder without reading it.
   *
   * @param size bytes of a file
   * @param modifiedMs when it was last written, milliseconds since 1970
   */
  record Facts(long size, double modifiedMs, boolean isDirectory) {}

  /**
   * What is at {@code path}, links followed.
   *
   * @throws IOException if nothing is there
   */
  Facts facts(Path path) throws IOException;

  /** The disk of this machine. */
  static Disk system() {
    return SystemDisk.INSTANCE;
  }
}
