package dev.runar.internal.script.packages;

import dev.runar.Payload;
import dev.runar.RunarException;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a {@code package.json} says about modules. Immutable; any thread.
 *
 * @param folder the folder of the package
 * @param name empty if it has none
 * @param type {@code module}, {@code commonjs}, or empty if it does not say
 * @param main the entry file, empty if it does not say
 * @param exports strings, lists and maps; null if there is none
 * @param imports specifiers that begin with {@code #}, to what {@code exports} may hold
 */
public record PackageJson(
    Path folder,
    String name,
    String type,
    String main,
    @Nullable Object exports,
    Map<?, ?> imports) {

  /** Reads the text of a package.json. */
  static PackageJson parse(Path folder, String text) throws PackageException {
    try {
      if (Payload.json(text).value() instanceof Map<?, ?> map) {
        return new PackageJson(
            folder,
            text(map, "name"),
            text(map, "type"),
            text(map, "main"),
            map.get("exports"),
            map.get("imports") instanceof Map<?, ?> imports ? imports : Map.of());
      }
    } catch (RunarException malformed) {
      throw new PackageException(
          folder.resolve("package.json") + " is not JSON", String.valueOf(malformed.getMessage()));
    }
    throw new PackageException(
        folder.resolve("package.json") + " is not a JSON object", "npm writes one.");
  }

  private static String text(Map<?, ?> map, String key) {
    return map.get(key) instanceof String text ? text : "";
  }
}
