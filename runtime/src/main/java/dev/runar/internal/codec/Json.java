package dev.runar.internal.codec;

import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamWriteConstraints;
import tools.jackson.core.json.JsonFactory;

/** The one JSON factory, with a bound on everything that a sender could make large. */
public final class Json {
  /** The deepest nesting that is read, written or copied. */
  public static final int MAX_DEPTH = 1_000;

  /** Thread-safe and immutable. */
  public static final JsonFactory FACTORY =
      JsonFactory.builder()
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxNestingDepth(MAX_DEPTH)
                  .maxNumberLength(1_000)
                  .maxNameLength(50_000)
                  .maxStringLength(64 << 20)
                  .maxDocumentLength(128L << 20)
                  .build())
          .streamWriteConstraints(
              StreamWriteConstraints.builder().maxNestingDepth(MAX_DEPTH).build())
          .build();

  private Json() {}
}
