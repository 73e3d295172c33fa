package dev.runar.internal.script.module;

import dev.runar.Payload;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;

/** A source map with its source at the end of the compiled file, where debuggers find it. Pure. */
final class EmbeddedSource {
  private EmbeddedSource() {}

  /** The comment line of the source map format (ECMA-426), with the map as a {@code data:} URL. */
  static String comment(String file, String source, String mappings) {
    String map =
        Payload.object(
                "version", 3,
                "sources", List.of(Path.of(file).toUri().toString()),
                "sourcesContent", List.of(source),
                "names", List.of(),
                "mappings", mappings)
            .text();
    return "\n//# sourceMappingURL=data:application/json;base64,"
        + Base64.getEncoder().encodeToString(map.getBytes(StandardCharsets.UTF_8));
  }
}
