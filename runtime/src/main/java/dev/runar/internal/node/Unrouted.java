package dev.runar.internal.node;

import dev.runar.ActionOptions.Visibility;
import dev.runar.RunarException;
import dev.runar.RunarException.Code;
import dev.runar.internal.topic.TopicPath;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a caller is told whose path leads to no action. Stateless. */
final class Unrouted {
  private Unrouted() {}

  /**
   * The error.
   *
   * @param service the one that was meant, if there is one
   * @param versions all of its path
   * @param asked as the caller wrote it
   */
  static RunarException notFound(
      TopicPath path, @Nullable ServiceEntry service, List<ServiceEntry> versions, String asked) {
    String why;
    if (versions.isEmpty()) {
      why = "there is no service \"" + path.service() + "\"";
    } else if (service == null) {
      why = "service \"" + path.service() + "\" has the versions " + ServiceTable.shown(versions);
    } else if (versions.size() == 1) {
      why = has(service, "");
    } else {
      why =
          has(service, " " + service.version)
              + "; there are the versions "
              + ServiceTable.shown(versions);
    }
    String shown = service == null ? shortOf(asked, path) : path.text();
    return new RunarException(Code.NOT_FOUND, "No handler found for action " + shown + ": " + why);
  }

  /** What anybody may call of a service, as callers are told who have asked for something else. */
  static String has(ServiceEntry service, String version) {
    return "service \""
        + service.path()
        + "\""
        + version
        + " has "
        + service.actions.stream()
            .filter(action -> action.options().visibility() == Visibility.PUBLIC)
            .map(ServiceDefinition.Action::name)
            .toList();
  }

  /** As it was asked for, without the network. */
  private static String shortOf(String asked, TopicPath path) {
    return asked.startsWith(path.network() + ":")
        ? asked.substring(path.network().length() + 1)
        : asked;
  }
}
