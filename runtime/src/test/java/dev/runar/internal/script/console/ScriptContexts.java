package dev.runar.internal.script.console;

import org.graalvm.polyglot.Context;
import org.graalvm.polyglot.HostAccess;

/** Contexts as the script host makes them. */
final class ScriptContexts {
  private ScriptContexts() {}

  /** A context with these experimental options switched on. */
  static Context open(String... options) {
    Context.Builder builder =
        Context.newBuilder("js")
            .allowExperimentalOptions(true)
            .allowHostAccess(HostAccess.EXPLICIT)
            .option("engine.WarnInterpreterOnly", "false");
    for (String option : options) {
      builder.option(option, "true");
    }
    return builder.build();
  }
}
