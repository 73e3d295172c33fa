package dev.runar.internal.script;

import dev.runar.PublishOptions;
import dev.runar.RequestOptions;
import dev.runar.RunarException;
import dev.runar.internal.node.ServiceScope;
import dev.runar.spi.TraceContext;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The steps of one service's life as a script's SDK sees them: what they ask for is asked by their
 * service. A script gets the one of its own services only, and cannot make one. Owner thread only.
 */
public final class HostLifecycle extends HostTask {
  HostLifecycle(ScriptContext context, ServiceScope scope) {
    super(context, scope);
  }

  @Override
  @Nullable TraceContext trace() {
    return null;
  }

  @Override
  RequestOptions onward(RequestOptions own) {
    return own.withCaller(scope().owner());
  }

  @Override
  PublishOptions onward(PublishOptions own) {
    return own;
  }

  @Override
  Map<String, String> pathParams() {
    return Map.of();
  }

  /** Nobody waits for it: its steps are calls of their own. */
  @Override
  boolean isDone() {
    return true;
  }

  @Override
  public void accept(RunarException reason) {}
}
