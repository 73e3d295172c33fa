package dev.runar.internal.contract;

import dev.runar.ActionOptions;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What one service offers, without what answers it. Immutable.
 *
 * @param version such as {@code 1.0.0}
 * @param events the full patterns that it listens to
 * @param topics what it says that it writes on
 */
public record ServiceContract(
    String path,
    String name,
    String version,
    String description,
    List<Action> actions,
    List<String> events,
    List<Topic> topics) {

  /**
   * One topic that it writes on.
   *
   * @param description one sentence, or empty
   * @param rate packets in a second; 0: not said
   */
  public record Topic(String topic, String description, String contentType, double rate) {}

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
