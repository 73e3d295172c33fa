import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * Makes the Java classes of the {@code .proto} files of a folder, for the small runtime of Protocol
 * Buffers: {@code java Protoc.java PROTOC FOLDER OUTPUT}. Does nothing if none has changed.
 */
public final class Protoc {
  private Protoc() {}

  public static void main(String[] args) throws IOException, InterruptedException {
    Path protoc = Path.of(args[0]);
    Path folder = Path.of(args[1]);
    Path output = Path.of(args[2]);
    List<Path> sources = below(folder);
    Path done = output.resolveSibling("protobuf.done");
    if (Files.exists(done) && newest(sources).compareTo(Files.getLastModifiedTime(done)) < 0) {
      return;
    }
    Files.createDirectories(output);
    var _ = protoc.toFile().setExecutable(true); // what Maven has copied is not
    var command =
        new ArrayList<>(List.of(protoc.toString(), "-I" + folder, "--java_out=lite:" + output));
    sources.forEach(source -> command.add(source.toString()));
    int code = new ProcessBuilder(command).inheritIO().start().waitFor();
    if (code != 0) {
      System.exit(code);
    }
    Files.writeString(done, "");
  }

  private static List<Path> below(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      return files.filter(file -> file.toString().endsWith(".proto")).sorted().toList();
    }
  }

  private static FileTime newest(List<Path> files) {
    return files.stream().map(Protoc::changed).max(FileTime::compareTo).orElseThrow();
  }

  private static FileTime changed(Path file) {
    try {
      return Files.getLastModifiedTime(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
