package dev.runar.internal.node;

import dev.runar.ActionOptions;
import dev.runar.RunarException;
import dev.runar.RunarException.Code;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.semver4j.Semver;

/**
 * Which action answers which HTTP method and path: of two that fit, the one whose first different
 * segment is a literal; and the roles, which come and go with the services. Any thread; a change
 * costs as much as all routes, a look nothing.
 */
final class HttpRoutes {
  private static final Set<String> METHODS = Set.of("GET", "POST", "PUT", "PATCH", "DELETE");

  /** What the port answers itself; never an action's. */
  private static final Set<String> OWN = Set.of("/up", "/live", "/ready", "/metrics", "/topics");

  private final Roles roles;
  private final List<ServiceEntry> services = new ArrayList<>(); // guarded by this
  private volatile Table table = new Table(new Step()); // written under this

  /** What there is at a time; never changed, so that a request takes no lock. */
  private record Table(Step root) {}

  /** Where the paths that begin alike go on; not changed once it is in the table. */
  private static final class Step {
    final Map<String, Step> literals = new HashMap<>();
    final Map<String, Target> targets = new HashMap<>();
    @Nullable Step template;
  }

  HttpRoutes(String networkId) {
    this.roles = new Roles(networkId);
  }

  private record Target(ServiceEntry service, ServiceDefinition.Action action, List<String> names) {
    /** It names the version: the path alone may mean another one, of which this is no route. */
    HttpLookup.Found found(Map<String, String> values) {
      return new HttpLookup.Found(
          service.fullPath() + "@" + exact(service.version) + "/" + action.name(),
          values,
          action.params(),
          action.options());
    }

    /** Without the metadata of a build, in which versions do not differ. */
    private static String exact(Semver version) {
      String text = version.toString();
      int build = text.indexOf('+');
      return build < 0 ? text : text.substring(0, build);
    }
  }

  /**
   * Refuses what cannot be added.
   *
   * @param coming services that are to be added together
   * @param leaving services whose routes go away in the same step
   * @throws RunarException {@code DUPLICATE}, {@code INVALID_PATH}, {@code INVALID_INPUT}
   */
  synchronized void check(Collection<ServiceDefinition> coming, Collection<ServiceEntry> leaving) {
    var seen = new HashMap<String, String>();
    for (ServiceDefinition service : coming) {
      for (ServiceDefinition.Action action : service.actions()) {
        ActionOptions.Http http = action.options().http();
        if (http != null) {
          HttpTemplate template = checked(service, action, http);
          String shape = http.method() + " " + template.shape();
          String owner = service.scope().servicePath() + "/" + action.name();
          String other = seen.putIfAbsent(shape, owner);
          refuseTaken(owner, http, other == null ? taken(http, template, leaving) : other);
        }
      }
    }
  }

  private static HttpTemplate checked(
      ServiceDefinition service, ServiceDefinition.Action action, ActionOptions.Http http) {
    String where = "action " + service.scope().servicePath() + "/" + action.name() + ": http ";
    if (!METHODS.contains(http.method())) {
      throw wrong(
          Code.INVALID_INPUT,
          where + "method \"" + http.method() + "\" must be one of " + new TreeSet<>(METHODS));
    }
    int status = http.status();
    if (status != 0 && (status < 200 || status > 399)) {
      throw wrong(Code.INVALID_INPUT, where + "status must be 200 to 399, it is " + status);
    }
    if (action.options().visibility() != ActionOptions.Visibility.PUBLIC) {
      throw wrong(Code.INVALID_INPUT, where + "is for clients, but its visibility is not public");
    }
    if (action.name().contains("{") || action.name().contains("*") || action.name().contains(">")) {
      throw wrong(
          Code.INVALID_INPUT,
          where + "needs an action with a plain name; templates belong into the http path");
    }
    if (OWN.contains(http.path())) {
      throw wrong(Code.DUPLICATE, where + "path " + http.path() + " is the node's own");
    }
    return HttpTemplate.parse(http.path());
  }

  private @Nullable String taken(
      ActionOptions.Http http, HttpTemplate template, Collection<ServiceEntry> leaving) {
    Step step = table.root();
    for (String segment : template.segments()) {
      step = HttpTemplate.isTemplate(segment) ? step.template : step.literals.get(segment);
      if (step == null) {
        return null;
      }
    }
    Target target = step.targets.get(http.method());
    return target == null || leaving.contains(target.service())
        ? null
        : target.service().path() + "/" + target.action().name();
  }

  private static void refuseTaken(String owner, ActionOptions.Http http, @Nullable String other) {
    if (other != null) {
      throw wrong(
          Code.DUPLICATE,
          "action %s: %s %s is taken by action %s"
              .formatted(owner, http.method(), http.path(), other));
    }
  }

  /** Adds what {@link #check} has let pass. */
  synchronized void add(ServiceEntry entry) {
    roles.add(entry);
    if (counts(entry)) {
      services.add(entry);
      rebuild();
    }
  }

  synchronized void remove(ServiceEntry entry) {
    roles.remove(entry);
    if (services.remove(entry)) {
      rebuild();
    }
  }

  private boolean counts(ServiceEntry entry) {
    return entry.definition.actions().stream().anyMatch(action -> action.options().http() != null);
  }

  private void rebuild() {
    var root = new Step();
    services.forEach(entry -> addTo(root, entry));
    table = new Table(root);
  }

  private static void addTo(Step root, ServiceEntry entry) {
    for (ServiceDefinition.Action action : entry.definition.actions()) {
      ActionOptions.Http http = action.options().http();
      if (http != null) {
        HttpTemplate template = HttpTemplate.parse(http.path());
        Step step = root;
        for (String segment : template.segments()) {
          step = next(step, segment);
        }
        step.targets.put(http.method(), new Target(entry, action, template.names()));
      }
    }
  }

  private static Step next(Step step, String segment) {
    if (!HttpTemplate.isTemplate(segment)) {
      return step.literals.computeIfAbsent(segment, name -> new Step());
    }
    Step template = step.template;
    if (template == null) {
      template = new Step();
      step.template = template;
    }
    return template;
  }

  /** What services from outside do of the node's own work. */
  Roles roles() {
    return roles;
  }

  /**
   * The action of a request.
   *
   * @param segments of the path, decoded
   */
  HttpLookup find(String method, List<String> segments) {
    if (segments.size() > HttpTemplate.MAX_SEGMENTS) {
      return HttpLookup.NONE;
    }
    var search = new Search(method, segments);
    Target target = search.walk(table.root(), 0);
    if (target != null) {
      return target.found(search.values(target));
    }
    return search.others.isEmpty() ? HttpLookup.NONE : new HttpLookup.OtherMethods(search.others);
  }

  /** One walk through the tree; it sees no step twice. */
  private static final class Search {
    private final String method;
    private final List<String> segments;
    private final String[] templated;
    private int depth;
    private final SortedSet<String> others = new TreeSet<>();

    Search(String method, List<String> segments) {
      this.method = method;
      this.segments = segments;
      this.templated = new String[segments.size()];
    }

    @Nullable Target walk(Step step, int at) {
      if (at == segments.size()) {
        others.addAll(step.targets.keySet());
        return step.targets.get(method);
      }
      Step literal = step.literals.get(segments.get(at));
      Target found = literal == null ? null : walk(literal, at + 1);
      Step template = step.template;
      if (found != null || template == null) {
        return found;
      }
      templated[depth++] = segments.get(at);
      found = walk(template, at + 1);
      if (found == null) {
        depth--;
      }
      return found;
    }

    Map<String, String> values(Target target) {
      var values = new LinkedHashMap<String, String>();
      for (int i = 0; i < depth; i++) {
        values.put(target.names().get(i), templated[i]);
      }
      return values;
    }
  }

  private static RunarException wrong(Code code, String message) {
    return new RunarException(code, message);
  }
}
