package dev.runar.spi;

import java.nio.file.FileSystemException;
import java.nio.file.Path;

/** A file holds more bytes than its reader was willing to take. Immutable; any thread. */
public final class FileTooLargeException extends FileSystemException {
  private static final long serialVersionUID = 1L;

  private final long maxBytes;

  /** A file that holds more than {@code maxBytes} bytes. */
  public FileTooLargeException(Path file, long maxBytes) {
    super(file.toString(), null, "larger than " + maxBytes + " bytes");
    this.maxBytes = maxBytes;
  }

  /** The bound that was passed, in bytes. */
  public long maxBytes() {
    return maxBytes;
  }
}
