package dev.runar.spi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DiskTest {
  private final Disk disk = Disk.system();
  @TempDir Path folder;

  @Test
  void read_whenAtAndOverTheBound() throws IOException {
    Path file = Files.writeString(folder.resolve("five"), "12345");
    assertThat(disk.read(file, 5)).asString().isEqualTo("12345");
    assertThatThrownBy(() -> disk.read(file, 4))
        .isInstanceOfSatisfying(
            FileTooLargeException.class, e -> assertThat(e.maxBytes()).isEqualTo(4));
  }

  @Test
  void everythingElse_whenMissingAndWhenThere() throws IOException {
    Path missing = folder.resolve("missing");
    assertThatThrownBy(() -> disk.read(missing, 5)).isInstanceOf(NoSuchFileException.class);
    assertThatThrownBy(() -> disk.realPath(missing)).isInstanceOf(NoSuchFileException.class);
    assertThat(disk.exists(missing)).isFalse();
    assertThat(disk.isDirectory(missing)).isFalse();
    assertThat(disk.names(missing, 9)).isEmpty();

    Path file = Files.writeString(folder.resolve("file"), "");
    Path link = Files.createSymbolicLink(folder.resolve("link"), file);
    assertThat(disk.realPath(link)).isEqualTo(file.toRealPath());
    assertThat(disk.isDirectory(folder)).isTrue();
    assertThat(disk.names(folder, 9)).containsExactlyInAnyOrder("file", "link");
    assertThat(disk.names(folder, 1)).hasSize(1);
  }
}
