package dev.runar.internal.link;

import dev.runar.PublishOptions;
import dev.runar.RequestOptions;
import dev.runar.internal.node.Invocation;
import dev.runar.internal.node.Requester;
import dev.runar.internal.node.ServiceScope;
import org.jspecify.annotations.Nullable;

/**
 * What a handler of the JavaScript side works on, which says what the requests and events that it
 * makes take over. Any thread.
 */
interface LinkTask {
  /** Whose handler it is. */
  ServiceScope scope();

  default Requester requester() {
    return Requester.service(scope());
  }

  RequestOptions onward(RequestOptions own);

  PublishOptions onward(PublishOptions own);

  /** With which requests end that its handler has made; null: with nothing. */
  default @Nullable Invocation invocation() {
    return null;
  }

  /** A service as such, as in a step of its life. */
  record OfService(ServiceScope scope) implements LinkTask {
    @Override
    public RequestOptions onward(RequestOptions own) {
      return own.withCaller(scope.owner());
    }

    @Override
    public PublishOptions onward(PublishOptions own) {
      return own;
    }
  }
}
