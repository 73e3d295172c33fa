package dev.runar.internal.script;

import dev.runar.internal.script.module.Excerpts;
import dev.runar.internal.script.permission.PermissionCheck;
import org.graalvm.polyglot.Context;
import org.graalvm.polyglot.Value;

/** Makes the context and its globals; owner thread. */
interface ContextFactory {
  /** A context with nothing in it. */
  Context create(ScriptContext owner);

  /** What its script may reach. Any thread. */
  PermissionCheck permissions();

  /** Where its script is that a thread runs, as its author reads it; may be empty. Any thread. */
  String stack(Thread thread);

  /** Shows the source of its modules. Any thread. */
  Excerpts excerpts();

  /** The host's side of the bindings. */
  HostBindings bindings(ScriptContext owner);

  /** Puts the globals in and returns what the bootstrap made. */
  Value bootstrap(ScriptContext owner, Context context, HostBindings bindings);
}
