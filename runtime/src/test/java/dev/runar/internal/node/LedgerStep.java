package dev.runar.internal.node;

import dev.runar.SubscribeOptions;

/** What can happen to a node and its subscriptions. A number beyond what there is counts on. */
sealed interface LedgerStep {
  record Publish(int topic, boolean retained) implements LedgerStep {}

  record Subscribe(String pattern, int script, SubscribeOptions options) implements LedgerStep {}

  record Unsubscribe(int which) implements LedgerStep {}

  /** Its script is loaded anew: another subscription takes over. */
  record Reload(int which, SubscribeOptions options) implements LedgerStep {}

  record Kill(int which) implements LedgerStep {}

  /** Each context begins with its next event. */
  record Turn() implements LedgerStep {}

  /** Each context ends one of those that it has begun with. */
  record Finish(int which, boolean fails) implements LedgerStep {}

  record Pass(int ms) implements LedgerStep {}

  /** The oldest dead letter is published again. */
  record Replay() implements LedgerStep {}
}
