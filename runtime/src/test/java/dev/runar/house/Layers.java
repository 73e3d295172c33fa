package dev.runar.house;

import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import com.tngtech.archunit.lang.syntax.ArchRuleDefinition;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The house of docs/architecture.md as rules over the packages below one root. Stateless.
 *
 * @param root the package of the API
 */
record Layers(String root) {
  private static final String API = "";

  /** Part of the house to the parts it may import; a part is a package and those below it. */
  private static final Map<String, Set<String>> MAY_IMPORT =
      Map.ofEntries(
          Map.entry("spi", Set.of()),
          Map.entry(
              API,
              Set.of("spi", "apps", "channels")), // what an embedder may replace is set through it
          Map.entry("apps", Set.of()),
          Map.entry("channels", Set.of("apps")), // for the type of a secret
          Map.entry("internal.token", Set.of("spi", "apps", "channels", API)),
          Map.entry("internal.apps", Set.of(API, "apps", "internal.codec", "internal.node")),
          Map.entry("bean", Set.of(API)),
          Map.entry("metrics", Set.of("spi")),
          Map.entry("internal.metrics", Set.of("spi", "metrics")),
          Map.entry("test", Set.of(API, "spi", "bean")),
          Map.entry("internal.host", Set.of()), // native's tests compile it by itself
          Map.entry("internal.topic", Set.of(API)),
          Map.entry("internal.contract", Set.of(API)),
          Map.entry("internal.json", Set.of()),
          Map.entry("internal.store", Set.of("spi")),
          Map.entry("internal.codec", Set.of(API, "apps", "channels")),
          Map.entry("internal.schema", Set.of(API, "internal.codec")),
          Map.entry("internal.loop", Set.of(API, "spi")),
          // A Java handler has a callback queue too, so the node may use the loop.
          Map.entry(
              "internal.node",
              Set.of(
                  API,
                  "spi",
                  "channels",
                  "internal.topic",
                  "internal.schema",
                  "internal.contract",
                  "internal.loop")),
          Map.entry(
              "internal.protocol",
              Set.of(API, "internal.topic", "internal.codec", "internal.json")),
          Map.entry(
              "internal.broker",
              Set.of(
                  API,
                  "spi",
                  "apps",
                  "channels",
                  "internal.topic",
                  "internal.loop",
                  "internal.node",
                  "internal.json",
                  "internal.protocol")),
          Map.entry(
              "internal.webhook",
              Set.of(API, "spi", "apps", "internal.node", "internal.broker", "internal.protocol")),
          Map.entry(
              "internal.http",
              Set.of(
                  API,
                  "spi",
                  "apps",
                  "internal.node",
                  "internal.broker",
                  "internal.json",
                  "internal.protocol")),
          Map.entry(
              "internal.script",
              Set.of(
                  API,
                  "spi",
                  "channels",
                  "internal.topic",
                  "internal.loop",
                  "internal.node",
                  "internal.sdk")),
          Map.entry(
              "internal.link",
              Set.of(
                  API,
                  "spi",
                  "channels",
                  "internal.host",
                  "internal.json",
                  "internal.loop",
                  "internal.node",
                  "internal.sdk")),
          Map.entry("internal.sdk", Set.of(API, "internal.node")),
          Map.entry(
              "internal.server",
              Set.of(
                  API,
                  "spi",
                  "channels", // whether anybody wants to see headers
                  "internal.loop",
                  "internal.http",
                  "internal.broker",
                  "internal.protocol")),
          Map.entry(
              "internal.boot",
              Set.of(
                  API,
                  "spi",
                  "apps",
                  "channels",
                  "internal.apps",
                  "bean",
                  "internal.topic",
                  "internal.codec",
                  "internal.schema",
                  "internal.token",
                  "internal.loop",
                  "internal.node",
                  "internal.protocol",
                  "internal.broker",
                  "internal.host",
                  "internal.http",
                  "internal.link",
                  "internal.metrics",
                  "internal.script",
                  "internal.sdk",
                  "internal.server",
                  "internal.store",
                  "internal.webhook")),
          Map.entry("cli", Set.of(API, "apps", "channels")));

  /** Library to the only packages that know it. Other libraries are not used at all. */
  private static final Map<String, List<String>> LIBRARIES =
      Map.ofEntries(
          Map.entry("org.graalvm", List.of("internal.script")),
          Map.entry("com.oracle.truffle.tools", List.of("internal.script")),
          Map.entry("com.oracle.truffle.api", List.of("internal.script")),
          Map.entry("com.caoccao", List.of("internal.script.module")),
          Map.entry("io.netty", List.of("internal.server")),
          Map.entry(
              "tools.jackson",
              List.of("internal.codec", "internal.schema", "internal.json", "internal.protocol")),
          Map.entry("com.google.protobuf", List.of("internal.protocol.centrifugal")),
          Map.entry("com.fasterxml.jackson.annotation", List.of("internal.codec")),
          Map.entry("io.micrometer", List.of("metrics", "internal.metrics")),
          Map.entry("io.opentelemetry", List.of("metrics")),
          Map.entry("org.junit", List.of("test")),
          Map.entry("com.github.victools", List.of("internal.codec")),
          Map.entry("com.fasterxml.classmate", List.of("internal.codec")),
          Map.entry("com.networknt", List.of("internal.schema")),
          Map.entry(
              "com.github.benmanes.caffeine", List.of("internal.node.stage", "internal.apps")),
          Map.entry("com.zaxxer.hikari", List.of("internal.apps")),
          Map.entry("com.nimbusds", List.of("internal.token")),
          Map.entry("io.github.resilience4j", List.of("internal.node.stage")),
          Map.entry("org.jctools", List.of("internal.loop", "internal.broker")),
          Map.entry("picocli", List.of("cli")),
          Map.entry("org.jline", List.of("cli")),
          Map.entry("org.semver4j", List.of("internal.node")),
          Map.entry("io.methvin", List.of("cli")),
          Map.entry("io.smallrye", List.of("internal.codec")));

  /** Known everywhere: the JDK and the annotations about null. */
  private static final List<String> EVERYWHERE =
      List.of("java.", "javax.", "com.sun.management.", "org.jspecify.");

  ArchRule importsGoDown() {
    return ArchRuleDefinition.classes().should(importOnlyWhatTheirPartMay());
  }

  ArchRule librariesStayInTheirPlace() {
    return ArchRuleDefinition.classes().should(useALibraryOnlyWhereItBelongs());
  }

  private ArchCondition<JavaClass> importOnlyWhatTheirPartMay() {
    return new ArchCondition<>("import only what their part of the house may") {
      @Override
      public void check(JavaClass type, ConditionEvents events) {
        String part = partOf(type.getPackageName());
        Set<String> allowed = MAY_IMPORT.get(part);
        if (allowed == null) {
          violation(events, type, type.getName() + " is in no part of the house");
          return;
        }
        for (Dependency dependency : type.getDirectDependenciesFromSelf()) {
          String target = dependency.getTargetClass().getBaseComponentType().getPackageName();
          if (!isOurs(target)) {
            continue;
          }
          String targetPart = partOf(target);
          if (!targetPart.equals(part) && !allowed.contains(targetPart)) {
            violation(events, type, "[" + part + "] " + dependency.getDescription());
          }
        }
      }
    };
  }

  private ArchCondition<JavaClass> useALibraryOnlyWhereItBelongs() {
    return new ArchCondition<>("use a library only where it belongs") {
      @Override
      public void check(JavaClass type, ConditionEvents events) {
        for (Dependency dependency : type.getDirectDependenciesFromSelf()) {
          JavaClass target = dependency.getTargetClass().getBaseComponentType();
          if (!mayUse(type.getPackageName(), target)) {
            violation(events, type, dependency.getDescription());
          }
        }
      }
    };
  }

  private boolean mayUse(String user, JavaClass target) {
    String name = target.getName();
    if (target.isPrimitive() || isOurs(target.getPackageName())) {
      return true;
    }
    if (EVERYWHERE.stream().anyMatch(name::startsWith)) {
      return true;
    }
    return LIBRARIES.entrySet().stream()
        .filter(library -> name.startsWith(library.getKey() + "."))
        .flatMap(library -> library.getValue().stream())
        .anyMatch(place -> isWithin(user, root + "." + place));
  }

  private boolean isOurs(String packageName) {
    return isWithin(packageName, root);
  }

  /** The part a package belongs to: the longest one in the table; else the package itself. */
  private String partOf(String packageName) {
    if (packageName.equals(root)) {
      return API;
    }
    return MAY_IMPORT.keySet().stream()
        .filter(part -> !part.equals(API) && isWithin(packageName, root + "." + part))
        .findFirst()
        .orElse("none: " + packageName);
  }

  private static boolean isWithin(String packageName, String outer) {
    return packageName.equals(outer) || packageName.startsWith(outer + ".");
  }

  private static void violation(ConditionEvents events, JavaClass type, String message) {
    events.add(SimpleConditionEvent.violated(type, message));
  }
}
