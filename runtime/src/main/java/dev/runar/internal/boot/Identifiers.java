package dev.runar.internal.boot;

import dev.runar.HttpCall;
import dev.runar.HttpCall.Identifier;
import dev.runar.Payload;
import dev.runar.RequestOptions;
import dev.runar.internal.node.NodeCore;
import dev.runar.internal.node.Requester;
import dev.runar.internal.node.Roles;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Who says who an HTTP client is: the host program, else a script by {@code node.identify}, which
 * is an action of the service {@code $http}. Any thread.
 */
record Identifiers(NodeCore core, Optional<Identifier> ofHost)
    implements Supplier<Optional<Identifier>> {
  private static final RequestOptions OPTIONS =
      RequestOptions.DEFAULT.withTimeout(Duration.ofSeconds(5)).withCaller("http");

  @Override
  public Optional<Identifier> get() {
    if (ofHost.isPresent()) {
      return ofHost;
    }
    return core.services().roles().has(Roles.HTTP, "identify")
        ? Optional.of(this::ask)
        : Optional.empty();
  }

  private @Nullable Payload ask(HttpCall request) throws Exception {
    var described =
        Payload.object(
            "method", request.method(),
            "path", request.path(),
            "query", request.query(),
            "headers", request.headers(),
            "cookies", request.cookies(),
            "bearer", request.bearer().orElse(null),
            "remoteAddress", request.remoteAddress());
    var answer =
        core.request(Requester.forIdentity(request), Roles.HTTP + "/identify", described, OPTIONS);
    try {
      Payload identity = answer.get();
      return identity.value() == null ? null : identity;
    } catch (ExecutionException e) {
      throw e.getCause() instanceof Exception cause ? cause : e;
    } catch (InterruptedException e) {
      answer.cancel(true);
      throw e;
    }
  }
}
