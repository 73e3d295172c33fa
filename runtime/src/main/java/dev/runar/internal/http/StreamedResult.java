package dev.runar.internal.http;

import dev.runar.ActionOptions;
import dev.runar.Payload;
import dev.runar.RunarException;
import dev.runar.RunarException.Code;
import dev.runar.internal.node.Failures;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The items of a stream on their way into a response: lines of JSON, or server-sent events when the
 * client accepts those. Any thread.
 *
 * <p>The response begins with the first item, so that a failure before it has a status of its own.
 * One after it ends the response with a last line that says why; the response of lines is then cut
 * off, so that nobody takes it for complete.
 */
final class StreamedResult implements Flow.Subscriber<Payload>, Flow.Publisher<byte[]> {
  private static final byte[] EVENTS_END = utf8("event: end\ndata: null\n\n");

  private final ActionOptions options;
  private final GatewayCall call;
  private final Function<RunarException, HttpResponse> failed;
  private final boolean events;
  private final CompletableFuture<HttpResponse> begun = new CompletableFuture<>();
  private Flow.@Nullable Subscription source; // guarded by this
  private Flow.@Nullable Subscriber<? super byte[]> client; // guarded by this
  private byte @Nullable [] first; // guarded by this
  private @Nullable Ending ending; // guarded by this
  private boolean cancelled; // guarded by this
  private boolean ended; // guarded by this

  /** How the items ended: with an error or without. */
  private record Ending(@Nullable RunarException error) {}

  /**
   * Of one call.
   *
   * @param failed makes the problem of an error behind items
   */
  StreamedResult(
      ActionOptions options, GatewayCall call, Function<RunarException, HttpResponse> failed) {
    this.options = options;
    this.call = call;
    this.failed = failed;
    this.events =
        call.request()
            .header("accept")
            .filter(accept -> accept.toLowerCase(Locale.ROOT).contains("text/event-stream"))
            .isPresent();
  }

  /** Completes when the first item is there, or the stream is over without one. */
  CompletableFuture<HttpResponse> begun() {
    return begun;
  }

  /** What comes before the items. */
  HttpResponse head() {
    String type = events ? "text/event-stream" : "application/x-ndjson";
    HttpResponse response =
        HttpResponse.of(Results.status(options, call, 200), type, new HttpResponse.HeadersOnly(-1));
    return call.reply().onto(response);
  }

  @Override
  public void onSubscribe(Flow.Subscription subscription) {
    boolean late;
    synchronized (this) {
      source = subscription;
      late = cancelled;
    }
    if (late) {
      subscription.cancel();
    } else {
      subscription.request(1);
    }
  }

  @Override
  public void onNext(Payload item) {
    byte[] part;
    try {
      part = part(item);
    } catch (RuntimeException e) {
      cancel();
      end(new Ending(new RunarException(Code.INTERNAL, "an item could not be written", e)));
      return;
    }
    Flow.Subscriber<? super byte[]> to;
    synchronized (this) {
      if (ended) {
        return;
      }
      to = client;
      if (to == null) {
        first = part;
      }
    }
    if (to == null) {
      begin();
    } else {
      to.onNext(part);
    }
  }

  private void begin() {
    HttpResponse head = head();
    begun.complete(
        new HttpResponse(
            head.status(), head.headers(), head.cookies(), new HttpResponse.Stream(this)));
  }

  @Override
  public void onComplete() {
    end(new Ending(null));
  }

  @Override
  public void onError(Throwable error) {
    end(new Ending(Failures.of(error)));
  }

  private void end(Ending how) {
    Flow.Subscriber<? super byte[]> to;
    synchronized (this) {
      if (ended || ending != null) {
        return;
      }
      ending = how;
      to = client;
      if (to == null && (first != null || begun.isDone())) {
        return; // told when the client subscribes
      }
      ended = to != null;
    }
    if (to != null) {
      tell(to, how);
    } else if (how.error() != null) {
      begun.completeExceptionally(how.error());
    } else {
      begin();
    }
  }

  private void tell(Flow.Subscriber<? super byte[]> to, Ending how) {
    RunarException error = how.error();
    if (error == null) {
      if (events) {
        to.onNext(EVENTS_END);
      }
      to.onComplete();
      return;
    }
    String problem = Problems.text(failed.apply(error));
    if (events) {
      to.onNext(utf8("event: error\ndata: " + problem + "\n\n"));
      to.onComplete();
    } else {
      to.onNext(utf8("{\"error\":" + problem + "}\n"));
      to.onError(error);
    }
  }

  /** By the server, once; the first item is there or the stream is over. */
  @Override
  public void subscribe(Flow.Subscriber<? super byte[]> subscriber) {
    subscriber.onSubscribe(new Demand(subscriber));
  }

  /** What the client can take. */
  private final class Demand implements Flow.Subscription {
    private final Flow.Subscriber<? super byte[]> subscriber;

    Demand(Flow.Subscriber<? super byte[]> subscriber) {
      this.subscriber = subscriber;
    }

    @Override
    public void request(long count) {
      byte[] part;
      Ending how;
      Flow.Subscription from;
      synchronized (StreamedResult.this) {
        part = first;
        first = null;
        client = subscriber;
        how = ended ? null : ending;
        ended |= how != null;
        from = source;
      }
      if (part != null) {
        subscriber.onNext(part);
      }
      long more = part == null ? count : count - 1;
      if (how != null) {
        tell(subscriber, how);
      } else if (more > 0 && from != null) {
        from.request(more);
      }
    }

    @Override
    public void cancel() {
      StreamedResult.this.cancel();
    }
  }

  /** Nobody reads it any more. Repeatable. */
  void cancel() {
    Flow.Subscription from;
    synchronized (this) {
      cancelled = true;
      from = source;
    }
    if (from != null) {
      from.cancel();
    }
  }

  private byte[] part(Payload item) {
    byte[] line = Results.line(item);
    byte[] before = events ? utf8("data: ") : new byte[0];
    byte[] after = utf8(events ? "\n\n" : "\n");
    var part = new byte[before.length + line.length + after.length];
    System.arraycopy(before, 0, part, 0, before.length);
    System.arraycopy(line, 0, part, before.length, line.length);
    System.arraycopy(after, 0, part, before.length + line.length, after.length);
    return part;
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
