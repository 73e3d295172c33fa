package dev.runar.cli;

import dev.runar.Node;
import dev.runar.Payload;
import dev.runar.RunarException;
import dev.runar.RunarException.Code;
import dev.runar.cli.contract.JsonObject;
import dev.runar.cli.control.ControlClient;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code runar describe}: what services offer, with their schemas. */
@Command(
    name = "describe",
    header = "Describes services and actions, for people or as a document.",
    footer = {
      "",
      "Examples:",
      "  runar describe math/add",
      "  runar describe --json > before.json",
      "  runar describe --openapi > openapi.json"
    })
@SuppressWarnings("UnusedVariable") // picocli reads the options
final class DescribeCommand implements Callable<Integer> {
  private final Output output;

  @Mixin private final RunningNode target;

  @Parameters(
      arity = "0..1",
      paramLabel = "PATH",
      description = "A service or an action: math, math@1, math/add. Default: all services.")
  private @Nullable String path;

  @ArgGroup private @Nullable Document document;

  /** At most one of them. */
  static final class Document {
    @Option(names = "--openapi", description = "Actions with http as OpenAPI 3.1.")
    boolean openapi;

    @Option(names = "--asyncapi", description = "Events as AsyncAPI 3.0.")
    boolean asyncapi;

    @Option(names = "--json-schema", description = "All schemas as one JSON Schema.")
    boolean jsonSchema;

    String form() {
      return openapi ? "openapi" : asyncapi ? "asyncapi" : "jsonschema";
    }
  }

  DescribeCommand(Surroundings surroundings, Output output) {
    this.target = new RunningNode(surroundings, output);
    this.output = output;
  }

  @Override
  public Integer call() {
    try (ControlClient node = target.connect()) {
      if (document != null) {
        String address = "$registry/export/" + document.form();
        output.line(node.request(address, Payload.of(null), ControlClient.PATIENCE).text());
      } else {
        tell(path == null ? Describing.services(node) : chosen(node, path));
      }
      return ExitCode.OK.number();
    }
  }

  private void tell(List<JsonObject> services) {
    if (output.isJson()) {
      output.json(
          Payload.object(
                  "runar",
                  Node.version(),
                  "services",
                  services.stream().map(JsonObject::fields).toList())
              .asMap());
      return;
    }
    for (int i = 0; i < services.size(); i++) {
      if (i > 0) {
        output.line("");
      }
      DescriptionPage.lines(services.get(i)).forEach(output::line);
    }
  }

  private static List<JsonObject> chosen(ControlClient node, String path) {
    int slash = path.indexOf('/');
    String service = slash < 0 ? path : path.substring(0, slash);
    JsonObject found = service(node, service);
    if (slash < 0) {
      return List.of(found);
    }
    String name = path.substring(slash + 1);
    List<JsonObject> actions =
        found.objects("actions").stream().filter(each -> each.text("name").equals(name)).toList();
    if (actions.isEmpty()) {
      List<String> names =
          found.objects("actions").stream().map(each -> service + "/" + each.text("name")).toList();
      throw new RunarException(
          Code.NOT_FOUND,
          "service \"" + service + "\" has no action " + name + Suggestions.ask(path, names));
    }
    var only = new java.util.LinkedHashMap<Object, @Nullable Object>(found.fields());
    only.put("actions", actions.stream().map(JsonObject::fields).toList());
    return List.of(new JsonObject(only));
  }

  private static JsonObject service(ControlClient node, String service) {
    try {
      return JsonObject.of(
          node.request("$registry/services/" + service, Payload.of(null), ControlClient.PATIENCE)
              .value());
    } catch (RunarException e) {
      if (e.code() != Code.NOT_FOUND) {
        throw e;
      }
      List<String> paths =
          ServiceList.of(node).stream().map(ServiceList.Row::path).distinct().toList();
      throw new RunarException(Code.NOT_FOUND, e.getMessage() + Suggestions.ask(service, paths));
    }
  }
}
