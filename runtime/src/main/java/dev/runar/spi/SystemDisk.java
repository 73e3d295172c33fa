package dev.runar.spi;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The disk of this machine, through java.nio. Stateless; any thread. */
enum SystemDisk implements Disk {
  INSTANCE;

  @Override
  public byte[] read(Path file, long maxBytes) throws IOException {
    int most = Math.toIntExact(Math.min(maxBytes, Integer.MAX_VALUE - 8L));
    try (var in = Files.newInputStream(file)) {
      byte[] bytes = in.readNBytes(most);
      if (bytes.length == most && in.read() >= 0) {
        throw new FileTooLargeException(file, maxBytes);
      }
      return bytes;
    }
  }

  @Override
  public boolean exists(Path path) {
    return Files.isReadable(path);
  }

  @Override
  public boolean isDirectory(Path path) {
    return Files.isDirectory(path);
  }

  @Override
  public List<String> names(Path directory, int limit) {
    var names = new ArrayList<String>();
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory)) {
      for (Path entry : entries) {
        if (names.size() == limit) {
          break;
        }
        names.add(String.valueOf(entry.getFileName()));
      }
    } catch (IOException unreadable) {
      return List.of();
    }
    return names;
  }

  @Override
  public Facts facts(Path path) throws IOException {
    var attributes = Files.readAttributes(path, BasicFileAttributes.class);
    return new Facts(
        attributes.size(),
        attributes.lastModifiedTime().to(TimeUnit.MICROSECONDS) / 1e3,
        attributes.isDirectory());
  }

  @Override
  public Path realPath(Path path) throws IOException {
    return path.toRealPath();
  }
}
