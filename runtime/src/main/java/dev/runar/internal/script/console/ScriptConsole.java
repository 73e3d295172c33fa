package dev.runar.internal.script.console;

import org.graalvm.polyglot.Context;
import org.graalvm.polyglot.Value;
import org.graalvm.polyglot.proxy.ProxyExecutable;

/** Temporary. */
public final class ScriptConsole {
  private ScriptConsole() {}

  /** Temporary. */
  public static Value install(Context context, ConsoleSink sink) {
    return context
        .eval(
            "js",
            "(w)=>({log:(...a)=>w(a.map(String).join(' ')),error:(...a)=>w(a.map(String).join('"
                + " '))})")
        .execute(
            (ProxyExecutable)
                a -> {
                  sink.write(ConsoleSink.Level.LOG, a[0].asString());
                  return 0;
                });
  }
}
