package dev.runar.internal.script.packages;

import java.util.Set;

/** Who asks for a package: what decides between the forms that it offers. */
public enum Conditions {
  /** An {@code import}. */
  IMPORT("import"),

  /** A {@code require}. */
  REQUIRE("require");

  private static final Set<String> ALWAYS = Set.of("runar", "worker", "module-sync", "default");

  private final String own;

  Conditions(String own) {
    this.own = own;
  }

  boolean has(String name) {
    return name.equals(own) || ALWAYS.contains(name);
  }
}
