package dev.runar.path;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.runar.ActionOptions;
import dev.runar.Payload;
import dev.runar.Service;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What {@code $registry} tells of the services, and its exports. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class IntrospectionTest {
  private static final ActionOptions GET =
      ActionOptions.builder()
          .description("One user")
          .input(
              Payload.json(
                  """
                  {"type":"object","required":["id"],"properties":{
                    "id":{"$ref":"#/$defs/id"},"deep":{"type":"boolean"}},
                   "$defs":{"id":{"type":"integer","minimum":1}}}\
                  """))
          .output(
              Payload.json("{\"type\":\"object\",\"properties\":{\"name\":{\"type\":\"string\"}}}"))
          .errors(
              List.of(
                  new ActionOptions.DeclaredError(
                      "NoSuchUser", "there is none", Payload.json("{\"type\":\"object\"}"))))
          .cache(
              new ActionOptions.Cache(
                  Duration.ofSeconds(2), 10, List.of("id"), List.of(), List.of()))
          .idempotent(true)
          .http(new ActionOptions.Http("GET", "/users/{id}", 0))
          .build();

  @TempDir private Path folder;

  private ScriptNode started() {
    var script =
        ScriptNode.start(
            folder,
            """
            import { Node } from "runar-ts";
            const node = new Node();
            node.addService({
              name: "math", path: "math", version: "1.0.0", description: "Sums",
              actions: { add: (a: number, b: number) => a + b },
              events: { "orders/*": () => {}, done: () => {}, "a/{id}/>": () => {} },
            });
            await node.start();
            """);
    script
        .node
        .addService(
            Service.at("users")
                .version("2.0.0")
                .dependsOn("math@^1")
                .action("get", GET, (payload, context) -> payload)
                .action(
                    "put",
                    GET.toBuilder().http(new ActionOptions.Http("PUT", "/users/{id}", 201)).build(),
                    (payload, context) -> payload)
                .action(
                    "secret",
                    ActionOptions.builder().visibility(ActionOptions.Visibility.INTERNAL).build(),
                    (payload, context) -> payload)
                .build())
        .join();
    return script;
  }

  @Test
  void aServiceIsDescribedInFull() {
    try (var script = started()) {
      var users = ScriptNode.map(script.call("$registry/services/users"));
      assertThat(users)
          .containsEntry("version", "2.0.0")
          .containsEntry("dependsOn", List.of("math@^1"))
          .containsEntry("instances", 1)
          .containsEntry("state", "RUNNING");
      var get = ScriptNode.map(((List<?>) users.get("actions")).getFirst());
      assertThat(get)
          .containsEntry("name", "get")
          .containsEntry("idempotent", true)
          .containsEntry("visibility", "PUBLIC")
          .containsEntry("stream", false)
          .containsEntry("http", Map.of("method", "GET", "path", "/users/{id}", "status", 0))
          .containsEntry(
              "cache",
              Map.of(
                  "ttl",
                  2000L,
                  "maxEntries",
                  10,
                  "keys",
                  List.of("id"),
                  "meta",
                  List.of(),
                  "invalidatedBy",
                  List.of()));
      assertThat(ScriptNode.map(script.call("$registry/services/math")))
          .containsEntry("subscriptions", List.of("orders/*", "math/done", "a/{id}/>"));
    }
  }

  @Test
  void actionsAndEventsAreListed() {
    try (var script = started()) {
      assertThat(paths(script.call("$registry/actions/list")))
          .contains("math/add", "users/get", "users/put", "users/secret", "$registry/actions/list");
      assertThat(paths(script.call("$registry/events/list")))
          .containsExactly("orders/*", "math/done", "a/{id}/>");
    }
  }

  private static List<String> paths(@Nullable Object rows) {
    return ((List<?>) Objects.requireNonNull(rows))
        .stream().map(row -> String.valueOf(((Map<?, ?>) row).get("path"))).toList();
  }

  @Test
  void httpActionsAreExportedAsOpenApi() {
    try (var script = started()) {
      var document = ScriptNode.map(script.call("$registry/export/openapi"));
      assertThat(document).containsEntry("openapi", "3.1.0");
      var users = ScriptNode.map(ScriptNode.map(document.get("paths")).get("/users/{id}"));
      assertThat(users).containsOnlyKeys("get", "put");
      var get = ScriptNode.map(users.get("get"));
      assertThat(get.get("parameters").toString())
          .startsWith(
              "[{name=id, in=path, required=true, schema={$id=urn:runar:users%402.0.0/get/input/id")
          .contains("{name=deep, in=query, required=false, schema={type=boolean}}");
      assertThat(get).doesNotContainKey("requestBody");
      assertThat(get.get("responses").toString())
          .contains("application/problem+json", "NoSuchUser");
      var put = ScriptNode.map(users.get("put"));
      assertThat(put.get("requestBody").toString()).contains("deep").doesNotContain("required=[id");
      assertThat(ScriptNode.map(put.get("responses"))).containsOnlyKeys("201", "default");
    }
  }

  @Test
  void eventsAreExportedAsAsyncApi() {
    try (var script = started()) {
      var document = ScriptNode.map(script.call("$registry/export/asyncapi"));
      assertThat(document).containsEntry("asyncapi", "3.0.0");
      assertThat(ScriptNode.map(document.get("channels")))
          .containsOnlyKeys("orders.any", "math.done", "a.id.rest");
      assertThat(ScriptNode.map(document.get("channels")).get("a.id.rest").toString())
          .contains("address=a/{id}/{rest}");
    }
  }

  @Test
  void schemasAreExportedAsOneBundle() {
    try (var script = started()) {
      var bundle = ScriptNode.map(script.call("$registry/export/jsonschema"));
      assertThat(ScriptNode.map(bundle.get("$defs")))
          .containsOnlyKeys(
              "math@1.0.0/add/input",
              "math@1.0.0/add/output",
              "users@2.0.0/get/input",
              "users@2.0.0/get/output",
              "users@2.0.0/get/errors/NoSuchUser",
              "users@2.0.0/put/input",
              "users@2.0.0/put/output",
              "users@2.0.0/put/errors/NoSuchUser");
      assertThatThrownBy(() -> script.call("$registry/export/wsdl"))
          .hasMessage("there is no export \"wsdl\"; there are openapi, asyncapi and jsonschema");
    }
  }

  @Test
  void theCallbackPathCanBeTestedWhileTheNodeRuns() {
    try (var script = started()) {
      var answer = ScriptNode.map(script.call("$runtime/self-test"));
      assertThat(answer).containsEntry("contexts", List.of("app.ts#1")).containsKey("ms");
    }
  }
}
