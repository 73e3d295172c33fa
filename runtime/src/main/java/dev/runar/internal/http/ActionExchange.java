package dev.runar.internal.http;

import dev.runar.HttpCall.Identifier;
import dev.runar.Payload;
import dev.runar.RequestOptions;
import dev.runar.RunarException;
import dev.runar.RunarException.Code;
import dev.runar.internal.node.Failures;
import dev.runar.internal.node.HttpLookup;
import dev.runar.internal.node.Requester;
import dev.runar.spi.TraceContext;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * One request to an action: who asks, with what, and what is answered. {@link #run} on a thread
 * that may block, the rest on any.
 */
final class ActionExchange implements HttpExchange, Runnable {
  static final long IDENTIFY_SECONDS = 5;

  private static final Logger LOG = System.getLogger("dev.runar.http");

  private final HttpActions.Setup setup;
  private final HttpLookup.Found found;
  private final GatewayCall call;
  private final byte[] body;
  private final CompletableFuture<HttpResponse> response = new CompletableFuture<>();
  private @Nullable Runnable onCancel; // guarded by this
  private boolean cancelled; // guarded by this

  ActionExchange(HttpActions.Setup setup, HttpLookup.Found found, GatewayCall call, byte[] body) {
    this.setup = setup;
    this.found = found;
    this.call = call;
    this.body = body;
  }

  @Override
  public CompletableFuture<HttpResponse> response() {
    return response;
  }

  @Override
  public void cancel() {
    Runnable callback;
    synchronized (this) {
      cancelled = true;
      callback = onCancel;
    }
    if (callback != null) {
      callback.run();
    }
  }

  /** The border where a fault of ours ends: this request only. */
  @Override
  public void run() {
    try {
      Payload identity = identity();
      Payload input = ActionInput.of(found, call.request(), body);
      ask(input, options().withIdentity(identity));
    } catch (Refusal refusal) {
      response.complete(call.reply().ontoProblem(refusal.response(call.id())));
    } catch (RunarException e) {
      answer(null, e);
    } catch (RuntimeException | Error e) {
      LOG.log(Level.ERROR, "a request could not be answered id=" + call.id(), e);
      answer(null, new RunarException(Code.INTERNAL, "internal error", e));
    }
  }

  /** Nobody's yet; a malformed trace is as none. */
  private RequestOptions options() {
    HttpRequest request = call.request();
    TraceContext trace =
        TraceContext.parse(
                request.header("traceparent").orElse(null), request.header("tracestate").orElse(""))
            .orElse(null);
    return RequestOptions.DEFAULT.withCaller("http " + call.remoteAddress()).withTrace(trace);
  }

  private void ask(Payload input, RequestOptions options) {
    if (found.options().stream()) {
      stream(input, options);
      return;
    }
    CompletableFuture<Payload> result =
        setup.gate().request(Requester.of(call), found.path(), input, options);
    onCancel(() -> result.cancel(true));
    var _ = result.whenCompleteAsync(this::answer, setup.work());
  }

  private void answer(@Nullable Payload result, @Nullable Throwable error) {
    try {
      response.complete(
          error == null && result != null
              ? Results.of(result, found.options(), call)
              : failed(Failures.of(error == null ? new IllegalStateException() : error)));
    } catch (RuntimeException e) { // a result that is no JSON after all
      LOG.log(Level.ERROR, "a result could not be written id=" + call.id(), e);
      response.complete(failed(new RunarException(Code.INTERNAL, "internal error", e)));
    }
  }

  /** A client is told little of a handler's fault, so the log has it, by the problem's id. */
  private HttpResponse failed(RunarException error) {
    String client = "http " + call.remoteAddress() + " id=" + call.id();
    if (!setup.failures().write(found.path(), client, error, call.id())) {
      LOG.log(
          Level.DEBUG,
          () ->
              "action failed id="
                  + call.id()
                  + " path="
                  + found.path()
                  + " code="
                  + error.code()
                  + " message="
                  + dev.runar.PlainText.of(String.valueOf(error.getMessage())));
    }
    HttpResponse problem = Problems.of(error, found.options(), call);
    return call.reply().ontoProblem(problem);
  }

  /** HEAD asks what a GET would bring, and that is known before the first item. */
  private void stream(Payload input, RequestOptions options) {
    var result = new StreamedResult(found.options(), call, this::failed);
    if (call.method().equals("HEAD")) {
      response.complete(result.head());
      return;
    }
    onCancel(result::cancel);
    var _ =
        result
            .begun()
            .whenComplete(
                (begun, error) -> {
                  if (error == null) {
                    response.complete(begun);
                  } else {
                    response.complete(failed(Failures.of(error)));
                  }
                });
    setup.streams().items(found.path(), input, options, call).subscribe(result);
  }

  private void onCancel(Runnable callback) {
    boolean late;
    synchronized (this) {
      onCancel = callback;
      late = cancelled;
    }
    if (late) {
      callback.run();
    }
  }

  /**
   * Who asks; null: nobody has said.
   *
   * @throws Refusal when that cannot be said
   */
  private @Nullable Payload identity() throws Refusal {
    Identifier identifier = setup.identifier().get().orElse(null);
    if (identifier == null) {
      return null;
    }
    var task = new FutureTask<@Nullable Payload>(() -> identifier.identify(call));
    onCancel(() -> task.cancel(true));
    setup.work().execute(task);
    Payload identity = identified(task);
    if (identity != null && identity.size() > RequestOptions.MAX_IDENTITY) {
      LOG.log(Level.ERROR, "an identity is too large bytes=" + identity.size());
      throw new RunarException(
          Code.INTERNAL, "the identity is too large"); // no fault of the client's
    }
    return identity;
  }

  private @Nullable Payload identified(Future<@Nullable Payload> task) throws Refusal {
    try {
      return task.get(IDENTIFY_SECONDS, TimeUnit.SECONDS);
    } catch (TimeoutException e) {
      task.cancel(true);
      LOG.log(Level.WARNING, "the identifier took more than " + IDENTIFY_SECONDS + " s");
      throw new RunarException(Code.TIMEOUT, "identification took too long", e);
    } catch (ExecutionException e) {
      throw notIdentified(e.getCause());
    } catch (InterruptedException | java.util.concurrent.CancellationException e) {
      throw new RunarException(Code.CANCELLED, "the client has gone", e);
    }
  }

  /** What is the node's own fault is not told as the client's. */
  private Refusal notIdentified(@Nullable Throwable thrown) {
    LOG.log(
        Level.DEBUG,
        () -> "not identified id=" + call.id() + " why=" + dev.runar.PlainText.of("" + thrown));
    if (thrown instanceof RunarException known) {
      switch (known.code()) {
        case PERMISSION_DENIED -> {
          return new Refusal(403, Code.PERMISSION_DENIED, String.valueOf(known.getMessage()));
        }
        case TIMEOUT, OVERLOADED, CONTEXT_GONE, NOT_RUNNING, SHUTDOWN, MEMORY_LIMIT -> throw known;
        default -> {}
      }
    }
    return new Refusal(401, Code.PERMISSION_DENIED, "the request could not be authenticated");
  }
}
