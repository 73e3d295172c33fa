package dev.runar.internal.store;

import dev.runar.spi.StoreException;
import dev.runar.spi.StoreException.Reason;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A folder of this machine, held by a lock against a second node. */
final class FolderFiles implements LogFiles {
  private static final Logger LOG = System.getLogger("dev.runar.store");

  private static final String LOCK = "store.lock";

  /** The JDK copies what is written to memory of its own, which stays as large as this. */
  private static final int SLICE = 256 << 10;

  private final Path folder;
  private final FileChannel lock;

  private FolderFiles(Path folder, FileChannel lock) {
    this.folder = folder;
    this.lock = lock;
  }

  /**
   * Takes a folder, which is made if it is not there.
   *
   * @throws StoreException {@code FAILED} when it cannot be had or another node has it
   */
  static FolderFiles take(Path folder) {
    try {
      Files.createDirectories(folder);
      return new FolderFiles(folder, locked(folder));
    } catch (IOException e) {
      throw new StoreException(Reason.FAILED, "the folder " + folder + " cannot be used: " + e, e);
    }
  }

  private static FileChannel locked(Path folder) throws IOException {
    FileChannel channel =
        FileChannel.open(folder.resolve(LOCK), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    try {
      if (channel.tryLock() != null) {
        return channel;
      }
    } catch (OverlappingFileLockException heldByThisProcess) {
      // as if another process had it
    }
    channel.close();
    throw new StoreException(
        Reason.FAILED,
        "the folder " + folder + " belongs to a node that runs; give each node its own store.path");
  }

  @Override
  public List<String> names() throws IOException {
    var names = new ArrayList<String>();
    try (var entries = Files.newDirectoryStream(folder)) {
      entries.forEach(entry -> names.add(String.valueOf(entry.getFileName())));
    }
    return names;
  }

  @Override
  public LogFile create(String name) throws IOException {
    Path path = folder.resolve(name);
    return new File(
        path, FileChannel.open(path, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE));
  }

  @Override
  public LogFile open(String name) throws IOException {
    Path path = folder.resolve(name);
    return new File(path, FileChannel.open(path, StandardOpenOption.WRITE));
  }

  @Override
  public void delete(String name) throws IOException {
    Files.delete(folder.resolve(name));
  }

  @Override
  public void syncFolder() throws IOException {
    try (var channel = FileChannel.open(folder, StandardOpenOption.READ)) {
      channel.force(true);
    } catch (IOException e) {
      if (!System.getProperty("os.name", "").startsWith("Windows")) { // where it cannot be opened
        throw e;
      }
    }
  }

  @Override
  public String place() {
    return folder.toString();
  }

  @Override
  public void close() throws IOException {
    lock.close();
  }

  /** As {@link #close}, when something else has failed already. */
  void release() {
    try {
      lock.close();
    } catch (IOException e) {
      LOG.log(Level.DEBUG, () -> "lock not released folder=" + folder + " error=" + e);
    }
  }

  /**
   * One file. Readers have a handle of their own that is no channel: a channel is closed for
   * everybody when one thread is interrupted in it.
   */
  private static final class File implements LogFile {
    private final Path path;
    private final FileChannel writing;
    private @Nullable RandomAccessFile reading; // guarded by this
    private boolean isClosed; // guarded by this

    File(Path path, FileChannel writing) {
      this.path = path;
      this.writing = writing;
    }

    @Override
    public long size() throws IOException {
      return writing.size();
    }

    @Override
    public synchronized int read(long position, byte[] into, int offset, int length)
        throws IOException {
      RandomAccessFile file = reading;
      if (isClosed) {
        throw new IOException(path + " is closed");
      }
      if (file == null) {
        file = new RandomAccessFile(path.toFile(), "r");
        reading = file;
      }
      file.seek(position);
      int read = 0;
      while (read < length) {
        int more = file.read(into, offset + read, length - read);
        if (more < 0) {
          break;
        }
        read += more;
      }
      return read;
    }

    @Override
    public void write(long position, byte[] from, int offset, int length) throws IOException {
      int written = 0;
      while (written < length) {
        var slice = ByteBuffer.wrap(from, offset + written, Math.min(SLICE, length - written));
        written += writing.write(slice, position + written);
      }
    }

    @Override
    public void force() throws IOException {
      writing.force(false);
    }

    @Override
    public synchronized void close() throws IOException {
      isClosed = true;
      try (writing) {
        if (reading != null) {
          reading.close();
        }
      }
    }
  }
}
