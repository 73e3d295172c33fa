package dev.runar.internal.script.console;

import org.graalvm.polyglot.Context;
import org.graalvm.polyglot.HostAccess;

/** Contexts as the script host makes them. */
final class ScriptContexts {
  private ScriptContexts() {}

  static Context open() {
    return Context.newBuilder("js")
        .allowExperimentalOptions(true)
        .allowHostAccess(HostAccess.EXPLICIT)
        .option("engine.WarnInterpreterOnly", "false")
        .build();
  }
}
