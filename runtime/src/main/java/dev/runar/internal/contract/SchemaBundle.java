package dev.runar.internal.contract;

import dev.runar.ActionOptions;
import dev.runar.Payload;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** All schemas of all public actions as one JSON Schema document. Stateless. */
public final class SchemaBundle {
  private SchemaBundle() {}

  /**
   * Its {@code $defs} are named {@code math@1.0.0/add/input}, {@code …/output}, {@code …/errors/E}.
   */
  public static Payload of(List<ServiceContract> services) {
    var definitions = new LinkedHashMap<String, @Nullable Object>();
    for (ServiceContract service : services) {
      for (ServiceContract.Action action : service.actions()) {
        if (action.isPublic()) {
          String place = service.path() + "@" + service.version() + "/" + action.name();
          put(definitions, place + "/input", Schemas.input(action));
          put(definitions, place + "/output", Schemas.of(action.options().output()));
          for (ActionOptions.DeclaredError error : action.options().errors()) {
            put(definitions, place + "/errors/" + error.name(), Schemas.of(error.data()));
          }
        }
      }
    }
    var bundle = new LinkedHashMap<String, @Nullable Object>();
    bundle.put("$schema", "https://json-schema.org/draft/2020-12/schema");
    bundle.put("$id", Schemas.id("services"));
    bundle.put("$defs", definitions);
    return Payload.of(bundle);
  }

  private static void put(
      Map<String, @Nullable Object> definitions, String place, Map<String, ?> schema) {
    var placed = new LinkedHashMap<String, @Nullable Object>();
    placed.put("$id", Schemas.id(place));
    placed.putAll(schema); // an id of its own goes before ours
    definitions.put(place, placed);
  }
}
