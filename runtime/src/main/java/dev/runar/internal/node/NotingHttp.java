package dev.runar.internal.node;

import dev.runar.HttpCall;

/**
 * The HTTP request of a call, of whose handler it is noted whether it looks at who the client is.
 * Any thread.
 */
public interface NotingHttp extends HttpCall {
  /** The same, for who only carries it to the handler. */
  HttpCall unnoted();
}
