package dev.runar.cli;

import dev.runar.Payload;
import dev.runar.Permissions;
import dev.runar.Survey;
import dev.runar.Survey.Finding;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A finding of {@code check} against all that is granted. Immutable.
 *
 * @param services what the script itself may not reach, but these may, in contexts of their own
 */
record Checked(Finding finding, List<String> services) {
  Checked {
    services = List.copyOf(services);
  }

  /** Surveys the script; for its services too, if it asks for what it has not been granted. */
  static Result of(Path script, Permissions granted) {
    Survey survey = Survey.of(script, granted);
    List<Checked> all =
        survey.findings().stream().map(finding -> new Checked(finding, List.of())).toList();
    for (String service : granted.services().keySet().stream().sorted().toList()) {
      if (all.stream().noneMatch(each -> each.isPermission() && !each.isGranted())) {
        break;
      }
      all = withService(service, all, Survey.of(script, granted.ofService(service)).findings());
    }
    return new Result(survey.modules(), all);
  }

  /** The findings of a script. */
  record Result(int modules, List<Checked> findings) {}

  private static List<Checked> withService(
      String service, List<Checked> all, List<Finding> ofService) {
    List<Finding> granted =
        ofService.stream().filter(finding -> finding.details().isEmpty()).toList();
    return all.stream()
        .map(each -> each.isAmong(granted) ? each.withService(service) : each)
        .toList();
  }

  /** A finding says what it is about by all but its details. */
  private boolean isAmong(List<Finding> granted) {
    return isPermission()
        && !isGranted()
        && granted.stream()
            .anyMatch(
                other ->
                    other.kind() == finding.kind()
                        && other.subject().equals(finding.subject())
                        && other.place().equals(finding.place()));
  }

  private Checked withService(String service) {
    var more = new ArrayList<>(services);
    more.add(service);
    return new Checked(finding, more);
  }

  private boolean isGranted() {
    return finding.details().isEmpty();
  }

  boolean isPermission() {
    return switch (finding.kind()) {
      case NET, READ, ENV, JAVA -> true;
      case SYNTAX, IMPORT, OPTIONAL_IMPORT, GLOBAL -> false;
    };
  }

  /** Whether the script would not run as it is. */
  boolean isError() {
    return switch (finding.kind()) {
      case SYNTAX, IMPORT, GLOBAL -> true;
      case OPTIONAL_IMPORT -> false;
      case NET, READ, ENV, JAVA -> !isGranted() && services.isEmpty();
    };
  }

  Map<String, @Nullable Object> asMap() {
    return Payload.object(
            "kind", finding.kind().name(),
            "error", isError(),
            "subject", finding.subject(),
            "place", finding.place(),
            "details", isError() ? finding.details() : "",
            "services", services)
        .asMap();
  }
}
