package dev.runar.internal.script;

import dev.runar.internal.node.EventDelivery;
import dev.runar.internal.node.Invocation;
import dev.runar.internal.node.ServiceScope;

/** What becomes of what a script context leaves behind when it ends. Any thread; never blocks. */
interface Estate {
  /** A callback that waited and has not begun. */
  sealed interface Waiting {
    ServiceScope scope();
  }

  /** A request of an action. */
  record Call(ServiceScope scope, String action, Invocation call) implements Waiting {}

  /** An event of a handler. */
  record Occurrence(ServiceScope scope, String pattern, EventDelivery delivery)
      implements Waiting {}

  /** Whether another context takes over from one that ends now. */
  boolean returns();

  /** What callers are told while there is none. */
  String whyAway();

  /** Takes a callback over, for the next context; false: it is to fail. */
  boolean keeps(Waiting waiting);

  /** The context is being ended in the middle of a turn. */
  void killed(ScriptContext context);
}
