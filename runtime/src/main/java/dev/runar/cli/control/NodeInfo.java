package dev.runar.cli.control;

import dev.runar.Payload;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a running node says about its process.
 *
 * @param name what {@code --node} selects it by
 * @param pid its process id
 * @param script the script it was started with
 * @param version of Runar
 */
public record NodeInfo(String name, long pid, String script, String version) {

  /** The record as JSON keys and values. */
  public Map<String, @Nullable Object> asMap() {
    return Payload.object("name", name, "pid", pid, "script", script, "version", version).asMap();
  }

  static NodeInfo of(Map<String, @Nullable Object> map) {
    return new NodeInfo(
        Wire.text(map, "name"),
        Wire.number(map, "pid"),
        Wire.text(map, "script"),
        Wire.text(map, "version"));
  }
}
