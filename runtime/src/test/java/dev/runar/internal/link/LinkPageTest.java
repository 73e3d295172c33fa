package dev.runar.internal.link;

import static org.assertj.core.api.Assertions.assertThat;

import dev.runar.Payload;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** docs/link.md says what the code does. */
class LinkPageTest {
  private static final Path ROOT = Path.of(System.getProperty("basedir", "")).resolve("..");

  @Test
  void thePageHasEveryKindWithItsNumber() throws IOException {
    String page = Files.readString(ROOT.resolve("docs/link.md"));

    assertThat(Arrays.stream(FrameKind.values()).filter(kind -> kind != FrameKind.UNKNOWN))
        .allSatisfy(
            kind -> assertThat(page).contains("| " + kind.number() + " | `" + kind + "` |"));
  }

  @Test
  void theVectorsShowManyKinds() throws IOException {
    Payload vectors = Payload.json(Files.readString(ROOT.resolve("native/vectors/frames.json")));

    assertThat((java.util.List<?>) Objects.requireNonNull(vectors.asMap().get("frames")))
        .hasSizeGreaterThan(20);
  }
}
