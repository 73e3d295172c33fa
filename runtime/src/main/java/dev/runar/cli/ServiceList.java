package dev.runar.cli;

import dev.runar.Payload;
import dev.runar.cli.control.ControlClient;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Reads what {@code $registry/services/list} answers. Stateless; any thread. */
final class ServiceList {
  static final String PATH = "$registry/services/list";

  private ServiceList() {}

  /** One service as far as commands show it. */
  record Row(String path, String name, String version, String state, List<Action> actions) {}

  /**
   * One action.
   *
   * @param params its positional parameters; empty also when it takes the whole payload
   */
  record Action(String name, List<String> params) {
    String signature() {
      return params.isEmpty() ? name : name + "(" + String.join(", ", params) + ")";
    }
  }

  static List<Row> of(ControlClient node) {
    return of(node.request(PATH, Payload.of(null), ControlClient.PATIENCE));
  }

  static List<Row> of(Payload list) {
    return list.asList().stream()
        .flatMap(entry -> entry instanceof Map<?, ?> map ? Stream.of(row(map)) : Stream.empty())
        .toList();
  }

  /** Without those of the node itself, whose paths begin with a dollar sign. */
  static List<Row> ofUser(Payload list) {
    return of(list).stream().filter(service -> !service.path().startsWith("$")).toList();
  }

  private static Row row(Map<?, ?> entry) {
    return new Row(
        text(entry.get("path")),
        text(entry.get("name")),
        text(entry.get("version")),
        text(entry.get("state")),
        list(entry.get("actions")).stream()
            .flatMap(
                action -> action instanceof Map<?, ?> map ? Stream.of(action(map)) : Stream.empty())
            .toList());
  }

  private static Action action(Map<?, ?> entry) {
    return new Action(
        text(entry.get("name")), list(entry.get("params")).stream().map(String::valueOf).toList());
  }

  private static List<?> list(@Nullable Object value) {
    return value instanceof List<?> list ? list : List.of();
  }

  private static String text(@Nullable Object value) {
    return value == null ? "" : value.toString();
  }
}
