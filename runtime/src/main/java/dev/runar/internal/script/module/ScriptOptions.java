package dev.runar.internal.script.module;

import org.graalvm.polyglot.Context;

/**
 * The options of the engine that modules need, in one place. Pure; any thread.
 *
 * <p>Most are experimental in the engine's own terms; each is pinned by a test of this package.
 */
public final class ScriptOptions {
  private ScriptOptions() {}

  /**
   * Sets what the modules need on a context under construction: access to them alone, and the
   * options of the language. What else a script may reach is the caller's to decide.
   */
  public static Context.Builder forModules(Context.Builder builder, ScriptModules modules) {
    return builder
        .allowIO(modules.access())
        .allowExperimentalOptions(true)
        // import x from "./x.json" with { type: "json" }
        .option("js.import-attributes", "true")
        .option("js.json-modules", "true")
        // An import without "./" goes to our resolver together with its importer.
        .option("js.esm-bare-specifier-relative-lookup", "true")
        // Error.prepareStackTrace, captureStackTrace and structured frames.
        .option("js.stack-trace-api", "true")
        // What AsyncLocalStorage of node:async_hooks is made of.
        .option("js.async-context", "true")
        // load() reads files and URLs past the module system.
        .option("js.load", "false");
  }
}
