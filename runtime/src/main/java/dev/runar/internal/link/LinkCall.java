package dev.runar.internal.link;

import dev.runar.HttpCall;
import dev.runar.Payload;
import dev.runar.PublishOptions;
import dev.runar.RequestOptions;
import dev.runar.RunarException;
import dev.runar.RunarException.Code;
import dev.runar.internal.link.Exchanges.Exchange;
import dev.runar.internal.node.Invocation;
import dev.runar.internal.node.NotingHttp;
import dev.runar.internal.node.Onward;
import dev.runar.internal.node.Pipe;
import dev.runar.internal.node.ServiceScope;
import dev.runar.internal.sdk.SdkErrors;
import dev.runar.internal.sdk.SdkHttp;
import dev.runar.spi.TraceContext;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One request that a handler of the JavaScript side answers. Any thread. */
final class LinkCall implements Exchange, LinkTask, Streaming {
  /** The head has so many characters for the failure that a fallback stands in for. */
  private static final int MAX_FAILURE = 256 << 10;

  private final LinkAction action;
  private final Invocation call;
  private long id; // written before it is posted
  private @Nullable ItemReceiver output; // written before it is posted
  private @Nullable ItemSender input; // written before it is posted
  private volatile @Nullable Payload identified;
  private boolean isOver; // by the thread that reads the link

  LinkCall(LinkAction action, Invocation call) {
    this.action = action;
    this.call = call;
  }

  Frame frame(long newId) {
    id = newId;
    Pipe written = call.output();
    if (written != null) {
      output = new ItemReceiver(action.peer(), id, 0, written);
    }
    Pipe read = call.input();
    if (read != null) {
      input = new ItemSender(action.peer(), id, Frame.INPUT, read, () -> null);
    }
    int flags = (output == null ? 0 : Frame.STREAMS) | (input == null ? 0 : Frame.INPUT);
    return new Frame(
        FrameKind.INVOKE, flags, action.handler(), remainingMs(), id, head(), call.payload());
  }

  /** It is on its way; it may even be answered. */
  void posted() {
    call.onCancel(this::cancelled);
    if (output != null) {
      output.begin();
    }
  }

  /** The clock of the other side is another one, so it is told why. */
  private void cancelled() {
    long left = call.deadlineNanos() - action.peer().core().get().clock().nanos();
    action.peer().cancel(id, left <= 0 ? Frame.LATE : 0);
    if (input != null) {
      input.stop();
    }
  }

  private int remainingMs() {
    long left = call.deadlineNanos() - action.peer().core().get().clock().nanos();
    if (left > Invocation.NO_DEADLINE.toNanos()) {
      return 0;
    }
    return Math.clamp((left + 999_999) / 1_000_000, 1, Integer.MAX_VALUE);
  }

  /** What is not the default, and the trace. */
  private Payload head() {
    RequestOptions options = call.options();
    var head = new HeadWriter();
    if (!call.path().equals(action.path())) {
      head.text("path", call.path());
    }
    head.texts("params", call.pathParams())
        .texts("meta", options.meta())
        .texts("headers", options.headers());
    TraceContext trace = call.trace();
    head.plain("traceparent", trace.traceparent());
    if (!trace.tracestate().isEmpty()) {
      head.text("tracestate", trace.tracestate());
    }
    if (!call.caller().isEmpty()) {
      head.text("caller", call.caller());
    }
    if (call.attempt() != 1) {
      head.number("attempt", call.attempt());
    }
    Payload identity = options.identity();
    if (identity != null) {
      head.value("identity", Payload.of(identity(identity)));
    }
    RunarException failure = call.failure();
    if (failure != null) {
      head.value("failure", Payload.json(described(failure)));
    }
    call.http().ifPresent(http -> head.value("http", described(http)));
    return head.done();
  }

  private static Payload described(HttpCall http) {
    HttpCall seen = http instanceof NotingHttp noting ? noting.unnoted() : http;
    return Payload.object(
        "request", SdkHttp.request(seen).asMap(), "client", SdkHttp.client(seen).asMap());
  }

  private static String described(RunarException failure) {
    String text = SdkErrors.toJson(failure);
    return text.length() <= MAX_FAILURE ? text : SdkErrors.toJson(Peer.brief(failure));
  }

  /** Who it is for, as kind and text. */
  static Map<String, Object> identity(Payload identity) {
    String kind = identity.kind() == Payload.Kind.JSON ? "json" : "rich";
    return Map.of("kind", kind, "text", identity.text());
  }

  /** From now on what the handler asks is for somebody. */
  void identify(Payload identity) {
    identified = RequestOptions.DEFAULT.withIdentity(identity).identity();
  }

  @Override
  public void begun() {
    if (!isOver) {
      call.begin();
    }
  }

  @Override
  public void succeeded(Frame answer) {
    if ((answer.flags() & Frame.NOT_BEGUN) != 0) {
      notBegun();
      return;
    }
    answered();
    try {
      say(answer);
    } catch (RunarException e) {
      call.fail(e);
      return;
    }
    call.succeed(answer.payloadOrNull());
  }

  @Override
  public void failed(Frame answer) {
    answered();
    RunarException failure = Peer.failureOf(answer);
    try {
      say(answer);
    } catch (RunarException e) {
      failure.addSuppressed(e);
    }
    call.fail(failure);
  }

  /** Before the other side came to it, it was told that nobody waits any more. */
  private void notBegun() {
    over();
    if (!call.isSettled()) {
      call.fail(new RunarException(Code.CANCELLED, "the script has not begun it"));
    }
  }

  /** The news that it has begun may be behind its answer. */
  private void answered() {
    over();
    call.begin();
  }

  /** Nobody knows any more whether it has begun, so that it must not be tried again as if not. */
  @Override
  public void gone(RunarException reason) {
    answered();
    call.abandon(reason);
  }

  private void over() {
    isOver = true;
    if (output != null) {
      output.over();
    }
    if (input != null) {
      input.stop();
    }
  }

  /** What the handler has said beside its result. */
  private void say(Frame answer) {
    if (answer.head() == null) {
      return;
    }
    Head head = answer.heads();
    head.texts("meta").forEach(call::replyMeta);
    HttpCall http = call.http().orElse(null);
    if (http == null || head.values().get("http") == null) {
      return;
    }
    Head said = head.part("http");
    if (said.isTrue("client")) {
      var _ = http.headers(); // so that it is known that the answer is for this client alone
    }
    if (said.number("status") != 0) {
      http.status((int) said.number("status"));
    }
    for (Object pair : said.list("headers")) {
      if (pair instanceof List<?> header && header.size() == 2) {
        http.header(String.valueOf(header.get(0)), String.valueOf(header.get(1)));
      }
    }
    for (Object cookie : said.list("cookies")) {
      http.cookie(SdkHttp.cookie(cookie instanceof String text ? text : Payload.of(cookie).text()));
    }
  }

  /** With the first items: the status and the headers go before them. */
  @Override
  public void said(Frame items) {
    try {
      say(items);
    } catch (RunarException e) {
      call.fail(e);
    }
  }

  @Override
  public @Nullable ItemReceiver receiver(boolean isInput) {
    return isInput ? null : output;
  }

  @Override
  public @Nullable ItemSender sender(boolean isInput) {
    return isInput ? input : null;
  }

  @Override
  public ServiceScope scope() {
    return action.scope();
  }

  @Override
  public Invocation invocation() {
    return call;
  }

  @Override
  public RequestOptions onward(RequestOptions own) {
    RequestOptions options = Onward.request(call, own, action.peer().core().get().clock());
    Payload identity = identified;
    return identity == null ? options : options.withIdentity(identity);
  }

  @Override
  public PublishOptions onward(PublishOptions own) {
    return Onward.publish(call, own);
  }
}
