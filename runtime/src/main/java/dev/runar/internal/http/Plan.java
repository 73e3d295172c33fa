package dev.runar.internal.http;

import dev.runar.internal.node.HttpLookup;

/** How a request is going to be answered, known from its head. Immutable. */
public sealed interface Plan {
  /** With this. */
  record Now(HttpResponse response) implements Plan {}

  /**
   * With a static file.
   *
   * @param otherwise when there is none
   */
  record File(HttpResponse otherwise) implements Plan {}

  /** By an action, which wants the body too. */
  record Action(HttpLookup.Found found) implements Plan {}

  /** By an API of the port's own, which wants the body too. */
  record Own(OwnApi api) implements Plan {}

  /** Whether a body is read for it. */
  default boolean wantsBody() {
    return this instanceof Action || this instanceof Own;
  }
}
