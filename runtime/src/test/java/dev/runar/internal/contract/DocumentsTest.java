package dev.runar.internal.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.runar.ActionOptions;
import dev.runar.ActionOptions.DeclaredError;
import dev.runar.ActionOptions.Http;
import dev.runar.Payload;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/**
 * The documents of services that use everything, as the files of {@code golden/documents}. The
 * SDK's tests check these files against the official schemas of OpenAPI, AsyncAPI and JSON Schema.
 * To renew them:
 *
 * <pre>mvn -pl runtime test -Dtest=DocumentsTest -Dgolden.write=true</pre>
 */
@Timeout(30)
class DocumentsTest {
  private static final Path GOLDEN = Path.of("src/test/resources/golden/documents");

  private static final String TREE =
      """
      {"$ref":"#/$defs/node","$defs":{"node":{"type":"object","required":["name"],"properties":{
        "name":{"type":"string"},
        "children":{"type":"array","items":{"$ref":"#/$defs/node"}}}}}}\
      """;

  private static ActionOptions.Builder http(String method, String path, int status) {
    return ActionOptions.builder().http(new Http(method, path, status));
  }

  private static ServiceContract.Action action(String name, ActionOptions.Builder options) {
    return new ServiceContract.Action(name, null, options.build());
  }

  private static ServiceContract users() {
    return new ServiceContract(
        "users",
        "user-service",
        "1.2.0",
        "Who there is",
        List.of(
            action(
                "get",
                http("GET", "/users/{id}", 0)
                    .description("One user")
                    .input(
                        Payload.json(
                            """
                            {"type":"object","required":["id"],"properties":{
                              "id":{"type":"integer","minimum":1},
                              "role":{"$ref":"#/$defs/role"}},
                              "$defs":{"role":{"enum":["admin","guest"]}}}\
                            """))
                    .output(Payload.json("{\"type\":[\"object\",\"null\"]}"))
                    .errors(
                        List.of(
                            new DeclaredError("NoSuchUser", "there is none", null),
                            new DeclaredError(
                                "Locked",
                                "",
                                Payload.json(
                                    "{\"type\":\"object\",\"properties\":{\"until\":{\"type\":\"integer\"}}}"))))),
            action("remove", http("DELETE", "/users/{user}", 204)),
            action("save", http("PUT", "/users/{id}", 201).input(Payload.json(TREE))),
            new ServiceContract.Action(
                "add", List.of("name", "age"), http("POST", "/users", 0).build()),
            action("all", http("GET", "/users", 0).stream(true).output(Payload.json(TREE))),
            action("head", http("HEAD", "/users", 0)),
            action("change", http("PATCH", "/users/{id}", 0).input(Payload.json("true"))),
            action("hidden", ActionOptions.builder())),
        List.of("users/left", "users/*", "users/any", "orders/{order}/>", "other:users/left"),
        List.of(
            new ServiceContract.Topic("users/faces", "as PNG", "image/png", 2.5),
            new ServiceContract.Topic("users/left", "", "application/json", 0)));
  }

  private static ServiceContract newUsers() {
    return new ServiceContract(
        "users", "user-service", "2.0.0-rc.1", "", List.of(), List.of("users/left"), List.of());
  }

  private static final List<ServiceContract> SERVICES = List.of(users(), newUsers());

  @Test
  void actionsWithHttpAreAnOpenApiDocument() throws IOException {
    compare("openapi", OpenApi.of(SERVICES, "shop", "1.0.0"));
  }

  @Test
  void eventsAreAnAsyncApiDocument() throws IOException {
    compare("asyncapi", AsyncApi.of(SERVICES, "shop", "1.0.0"));
  }

  @Test
  void schemasAreAJsonSchemaDocument() throws IOException {
    compare("schemas", SchemaBundle.of(SERVICES));
  }

  /** A key of the document is made of letters that a key may have, so two patterns may meet. */
  @Test
  void patternsThatReadAlikeKeepChannelsOfTheirOwn() {
    Map<?, ?> document = (Map<?, ?>) AsyncApi.of(SERVICES, "shop", "1.0.0").value();

    assertThat(((Map<?, ?>) document.get("channels")).values())
        .extracting(channel -> (Object) ((Map<?, ?>) channel).get("title"))
        .containsExactly(
            "users/left",
            "users/*",
            "users/any",
            "orders/{order}/>",
            "other:users/left",
            "users/faces");
    assertThat((Map<?, ?>) document.get("operations")).hasSize(8);
  }

  /** In OpenAPI two paths that differ in the names of their parameters only are the same path. */
  @Test
  void pathsThatDifferInNamesOnlyAreOne() {
    Map<?, ?> document = (Map<?, ?>) OpenApi.of(SERVICES, "shop", "1.0.0").value();

    Map<?, ?> paths = (Map<?, ?>) document.get("paths");
    assertThat(paths.keySet().stream().map(String::valueOf))
        .containsExactly("/users/{id}", "/users");
    assertThat(paths.get("/users/{id}").toString())
        .contains("delete", "put", "patch")
        .doesNotContain("name=user,");
  }

  private static void compare(String name, Payload document) throws IOException {
    ObjectMapper mapper =
        JsonMapper.builder()
            .enable(SerializationFeature.INDENT_OUTPUT)
            .enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS)
            .build();
    String actual = mapper.writeValueAsString(document.value()) + "\n";
    Path file = GOLDEN.resolve(name + ".json");
    if (Boolean.getBoolean("golden.write")) {
      Files.createDirectories(GOLDEN);
      Files.writeString(file, actual);
    }
    assertThat(actual).as(name).isEqualTo(Files.readString(file));
  }
}
