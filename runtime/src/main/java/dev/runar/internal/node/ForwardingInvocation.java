package dev.runar.internal.node;

import dev.runar.HttpCall;
import dev.runar.Payload;
import dev.runar.RequestOptions;
import dev.runar.RunarException;
import dev.runar.spi.TraceContext;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A call as a stage offers it to the next one: the same call, but for what the stage overrides. Any
 * thread.
 */
public class ForwardingInvocation implements Invocation {
  private final Invocation call;

  public ForwardingInvocation(Invocation call) {
    this.call = call;
  }

  /** As the stage before has it. */
  public final Invocation call() {
    return call;
  }

  @Override
  public final Invocation origin() {
    return call.origin();
  }

  @Override
  public long requestId() {
    return call.requestId();
  }

  @Override
  public String path() {
    return call.path();
  }

  @Override
  public Payload payload() {
    return call.payload();
  }

  @Override
  public Map<String, String> pathParams() {
    return call.pathParams();
  }

  @Override
  public RequestOptions options() {
    return call.options();
  }

  @Override
  public void dropOnCancel(Runnable callback) {
    call.dropOnCancel(callback);
  }

  @Override
  public Optional<HttpCall> http() {
    return call.http();
  }

  @Override
  public @Nullable Pipe output() {
    return call.output();
  }

  @Override
  public @Nullable Pipe input() {
    return call.input();
  }

  @Override
  public long overNanos() {
    return call.overNanos();
  }

  @Override
  public TraceContext trace() {
    return call.trace();
  }

  @Override
  public void replyMeta(String name, String value) {
    call.replyMeta(name, value);
  }

  @Override
  public Map<String, String> meta() {
    return call.meta();
  }

  @Override
  public String caller() {
    return call.caller();
  }

  @Override
  public int attempt() {
    return call.attempt();
  }

  @Override
  public @Nullable RunarException failure() {
    return call.failure();
  }

  @Override
  public long deadlineNanos() {
    return call.deadlineNanos();
  }

  @Override
  public boolean isSettled() {
    return call.isSettled();
  }

  @Override
  public void begin() {
    call.begin();
  }

  @Override
  public boolean hasBegun() {
    return call.hasBegun();
  }

  @Override
  public void succeed(Payload result) {
    call.succeed(result);
  }

  @Override
  public void fail(RunarException error) {
    call.fail(error);
  }

  @Override
  public void abandon(RunarException error) {
    call.abandon(error);
  }

  @Override
  public void onCancel(Runnable callback) {
    call.onCancel(callback);
  }
}
