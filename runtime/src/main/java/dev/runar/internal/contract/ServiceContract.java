package dev.runar.internal.contract;

import dev.runar.ActionOptions;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What one service offers, without what answers it. Immutable.
 *
 * @param version such as {@code 1.0.0}
 * @param events the full patterns that it listens to
 */
public record ServiceContract(
    String path,
    String name,
    String version,
    String description,
    List<Action> actions,
    List<String> events) {

  /**
   * One action.
   *
   * @param params the names of its positional parameters; null: it takes the whole input
   */
  public record Action(String name, @Nullable List<String> params, ActionOptions options) {
    /** Whether clients may call it. */
    boolean isPublic() {
      return options.visibility() == ActionOptions.Visibility.PUBLIC;
    }
  }
}
