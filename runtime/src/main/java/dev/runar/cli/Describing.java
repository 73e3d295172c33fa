package dev.runar.cli;

import dev.runar.Payload;
import dev.runar.RunarException;
import dev.runar.RunarException.Code;
import dev.runar.cli.contract.JsonObject;
import dev.runar.cli.control.ControlClient;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The services of a node as {@code runar describe --json} writes them. Stateless. */
final class Describing {
  private static final long MAX_FILE_BYTES = 64 << 20;

  private Describing() {}

  /** Every service of the user's. */
  static List<JsonObject> services(ControlClient node) {
    return ofUser(node.request(ServiceList.PATH, Payload.of(null), ControlClient.PATIENCE));
  }

  private static List<JsonObject> ofUser(Payload list) {
    return list.asList().stream()
        .map(JsonObject::of)
        .filter(service -> !service.text("path").startsWith("$"))
        .toList();
  }

  /**
   * Reads a file.
   *
   * @throws RunarException {@code NOT_FOUND}, {@code INVALID_INPUT}
   */
  static List<JsonObject> services(Path file) throws IOException {
    if (!Files.isRegularFile(file)) {
      throw new RunarException(Code.NOT_FOUND, "there is no file " + file);
    }
    if (Files.size(file) > MAX_FILE_BYTES) {
      throw new RunarException(Code.INVALID_INPUT, file + " is larger than 64 MiB");
    }
    JsonObject description = read(file);
    if (!description.has("services")) {
      throw unreadable(file);
    }
    return description.objects("services");
  }

  private static JsonObject read(Path file) throws IOException {
    try {
      return JsonObject.of(Payload.json(Files.readString(file)).value());
    } catch (RunarException e) {
      throw unreadable(file);
    }
  }

  private static RunarException unreadable(Path file) {
    return new RunarException(
        Code.INVALID_INPUT,
        file + " is no description of services; write one by: runar describe --json > " + file);
  }
}
