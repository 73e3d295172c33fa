package dev.runar.internal.schema;

import com.networknt.schema.Schema;
import com.networknt.schema.SchemaException;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SchemaRegistryConfig;
import com.networknt.schema.dialect.DialectId;
import com.networknt.schema.dialect.Dialects;
import dev.runar.Payload;
import dev.runar.RunarException;
import dev.runar.RunarException.Code;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * Compiles JSON Schemas: draft 2020-12, or the one that {@code $schema} names. Formats that are
 * known are checked. A {@code $ref} leads within the schema or to a draft's own meta-schema;
 * nothing is ever fetched. Any thread.
 */
public final class JsonSchemas {
  private final SchemaRegistry registry;
  private final BoundedPatterns patterns = new BoundedPatterns();

  public JsonSchemas() {
    var config =
        SchemaRegistryConfig.builder()
            .formatAssertionsEnabled(true)
            .locale(Locale.ENGLISH)
            .preloadSchema(true)
            .regularExpressionFactory(patterns)
            .build();
    this.registry =
        SchemaRegistry.withDialects(
            List.of(
                Dialects.getDraft202012(),
                Dialects.getDraft201909(),
                Dialects.getDraft7(),
                Dialects.getDraft6(),
                Dialects.getDraft4()),
            builder ->
                builder
                    .defaultDialectId(DialectId.DRAFT_2020_12)
                    .schemaCacheEnabled(false) // of services that come and go
                    .schemaRegistryConfig(config)
                    .schemaLoader(loader -> loader.allow(JsonSchemas::isOfADraft)));
  }

  private static boolean isOfADraft(com.networknt.schema.AbsoluteIri iri) {
    return iri.toString().matches("https?://json-schema\\.org/draft.*");
  }

  /**
   * Reads a schema.
   *
   * @param where it stands, for the message, such as {@code service math: action add: input}
   * @throws RunarException {@code INVALID_INPUT} if it is none, saying why
   */
  public JsonSchema compile(Payload schema, String where) {
    try {
      JsonNode tree = ValueTree.of(schema);
      refuseWhatIsNone(tree, where);
      Schema compiled = registry.getSchema(tree);
      compiled.initializeValidators();
      return new JsonSchema(compiled, tree, patterns);
    } catch (SchemaException | IllegalArgumentException e) {
      throw none(where, String.valueOf(e.getMessage()), e);
    }
  }

  private void refuseWhatIsNone(JsonNode tree, String where) {
    if (!tree.isObject() && !tree.isBoolean()) {
      throw none(where, "a schema is an object", null);
    }
    JsonNode named = tree.path("$schema");
    String dialect = named.isString() ? named.stringValue() : DialectId.DRAFT_2020_12;
    Schema metaSchema = registry.getSchema(SchemaLocation.of(dialect));
    List<SchemaIssue> issues = JsonSchema.issues(metaSchema.validate(tree));
    if (!issues.isEmpty()) {
      String why =
          issues.stream().map(SchemaIssue::text).distinct().collect(Collectors.joining("; "));
      throw none(where, why, null);
    }
  }

  private static RunarException none(String where, String why, @Nullable Throwable cause) {
    return new RunarException(Code.INVALID_INPUT, where + " is not a JSON Schema: " + why, cause);
  }
}
