package dev.runar.internal.contract;

import dev.runar.ActionOptions;
import dev.runar.Payload;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The actions that HTTP clients reach, as OpenAPI 3.1. Stateless. */
public final class OpenApi {
  private static final String VERSION = "3.1.0";
  private static final Pattern TEMPLATE = Pattern.compile("\\{([^}]+)}");

  /** Methods whose input is in the query, since they have no body. */
  private static final Set<String> WITHOUT_BODY = Set.of("GET", "HEAD", "DELETE");

  private OpenApi() {}

  /**
   * Public actions with {@code http}.
   *
   * @param title of the document
   * @param version of the document
   */
  public static Payload of(List<ServiceContract> services, String title, String version) {
    var paths = new LinkedHashMap<String, Map<String, @Nullable Object>>();
    var spellings = new HashMap<String, String>(); // of paths that differ in names only: the first
    var tags = new ArrayList<Map<String, ?>>();
    for (ServiceContract service : services) {
      int before = paths.values().stream().mapToInt(Map::size).sum();
      for (ServiceContract.Action action : service.actions()) {
        ActionOptions.Http http = action.options().http();
        if (http != null && action.isPublic()) {
          String shape = TEMPLATE.matcher(http.path()).replaceAll("{}");
          String path = spellings.computeIfAbsent(shape, unknown -> http.path());
          paths
              .computeIfAbsent(path, unknown -> new LinkedHashMap<>())
              .putIfAbsent(
                  http.method().toLowerCase(Locale.ROOT), operation(service, action, http, path));
        }
      }
      boolean isNew = tags.stream().noneMatch(tag -> service.path().equals(tag.get("name")));
      if (isNew && paths.values().stream().mapToInt(Map::size).sum() > before) {
        tags.add(Map.of("name", service.path(), "description", service.description()));
      }
    }
    var document = new LinkedHashMap<String, @Nullable Object>();
    document.put("openapi", VERSION);
    document.put("info", Map.of("title", title, "version", version));
    document.put("tags", tags);
    document.put("paths", paths);
    document.put("components", Map.of("schemas", Map.of("Problem", problem())));
    return Payload.of(document);
  }

  private static Map<String, @Nullable Object> operation(
      ServiceContract service,
      ServiceContract.Action action,
      ActionOptions.Http http,
      String path) {
    ActionOptions options = action.options();
    String place = service.path() + "@" + service.version() + "/" + action.name();
    var operation = new LinkedHashMap<String, @Nullable Object>();
    operation.put("operationId", place);
    operation.put("tags", List.of(service.path()));
    if (!options.description().isEmpty()) {
      operation.put("summary", options.description());
    }
    Map<String, @Nullable Object> input = Schemas.input(action);
    List<String> inPath = templates(http.path());
    boolean hasBody = !WITHOUT_BODY.contains(http.method());
    var parameters = new ArrayList<>(inPath(input, inPath, templates(path), place));
    if (!hasBody) {
      parameters.addAll(inQuery(input, inPath, place));
    }
    if (!parameters.isEmpty()) {
      operation.put("parameters", parameters);
    }
    Map<String, @Nullable Object> rest = Schemas.without(input, inPath);
    if (hasBody && takesMore(input, rest)) {
      operation.put("requestBody", body(rest, place + "/input"));
    }
    operation.put("responses", responses(options, http, place));
    return operation;
  }

  private static boolean takesMore(Map<String, ?> input, Map<String, @Nullable Object> rest) {
    return !input.containsKey("properties") || !Schemas.properties(rest).isEmpty();
  }

  private static Map<String, ?> body(Map<String, @Nullable Object> schema, String place) {
    return Map.of("required", !Schemas.required(schema).isEmpty(), "content", json(schema, place));
  }

  private static List<String> templates(String path) {
    return TEMPLATE.matcher(path).results().map(found -> found.group(1)).toList();
  }

  /**
   * @param fields the names of the templates as the action has them
   * @param names the same as the document has them
   */
  private static List<Map<String, ?>> inPath(
      Map<String, @Nullable Object> input, List<String> fields, List<String> names, String place) {
    var parameters = new ArrayList<Map<String, ?>>();
    for (int i = 0; i < fields.size(); i++) {
      String field = fields.get(i);
      boolean known = Schemas.properties(input).containsKey(field);
      Map<String, ?> schema =
          known ? Schemas.field(input, field, place + "/input") : Map.of("type", "string");
      parameters.add(parameter(names.get(i), "path", true, schema));
    }
    return parameters;
  }

  private static List<Map<String, ?>> inQuery(
      Map<String, @Nullable Object> input, List<String> inPath, String place) {
    var parameters = new ArrayList<Map<String, ?>>();
    for (String name : Schemas.properties(input).keySet()) {
      if (!inPath.contains(name)) {
        boolean required = Schemas.required(input).contains(name);
        parameters.add(
            parameter(name, "query", required, Schemas.field(input, name, place + "/input")));
      }
    }
    return parameters;
  }

  private static Map<String, ?> parameter(
      String name, String in, boolean required, Map<String, ?> schema) {
    var parameter = new LinkedHashMap<String, @Nullable Object>();
    parameter.put("name", name);
    parameter.put("in", in);
    parameter.put("required", required);
    parameter.put("schema", schema);
    return parameter;
  }

  private static Map<String, ?> responses(
      ActionOptions options, ActionOptions.Http http, String place) {
    var responses = new LinkedHashMap<String, @Nullable Object>();
    var good = new LinkedHashMap<String, @Nullable Object>();
    int status = http.status() == 0 ? 200 : http.status();
    good.put("description", options.stream() ? "the items, one after another" : "the result");
    if (status != 204) {
      Map<String, @Nullable Object> output = Schemas.of(options.output());
      good.put(
          "content",
          options.stream()
              ? Map.of(
                  "application/x-ndjson",
                  Map.of("schema", Schemas.placed(output, place + "/output")))
              : json(output, place + "/output"));
    }
    responses.put(Integer.toString(status), good);
    if (http.status() == 0 && options.output() == null) {
      responses.put("204", Map.of("description", "no result"));
    }
    responses.put("default", failure(options.errors(), place));
    return responses;
  }

  private static Map<String, ?> json(Map<String, @Nullable Object> schema, String place) {
    return Map.of("application/json", Map.of("schema", Schemas.placed(schema, place)));
  }

  /** Every failure is a problem of RFC 9457; a declared one also says its name and its data. */
  private static Map<String, ?> failure(List<ActionOptions.DeclaredError> errors, String place) {
    Map<String, ?> problem = Map.of("$ref", "#/components/schemas/Problem");
    var alternatives = new ArrayList<Map<String, ?>>(List.of(problem));
    var names = new ArrayList<String>();
    for (ActionOptions.DeclaredError error : errors) {
      names.add(error.name());
      var properties = new LinkedHashMap<String, @Nullable Object>();
      properties.put("name", Map.of("const", error.name()));
      properties.put(
          "data", Schemas.placed(Schemas.of(error.data()), place + "/errors/" + error.name()));
      var declared = new LinkedHashMap<String, @Nullable Object>();
      declared.put("title", error.name());
      if (!error.description().isEmpty()) {
        declared.put("description", error.description());
      }
      declared.put(
          "allOf", List.of(problem, Map.of("properties", properties, "required", List.of("name"))));
      alternatives.add(declared);
    }
    Map<String, ?> schema = errors.isEmpty() ? problem : Map.of("anyOf", alternatives);
    return Map.of(
        "description",
        errors.isEmpty() ? "a problem" : "a problem; of its own: " + String.join(", ", names),
        "content",
        Map.of("application/problem+json", Map.of("schema", schema)));
  }

  private static Map<String, ?> problem() {
    var properties = new LinkedHashMap<String, @Nullable Object>();
    properties.put("type", Map.of("type", "string", "format", "uri-reference"));
    properties.put("title", Map.of("type", "string"));
    properties.put("status", Map.of("type", "integer"));
    properties.put("detail", Map.of("type", "string"));
    properties.put("code", Map.of("type", "string"));
    return Map.of("type", "object", "properties", properties);
  }
}
