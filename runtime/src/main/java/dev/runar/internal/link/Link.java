package dev.runar.internal.link;

import dev.runar.Delivery;
import dev.runar.Node;
import dev.runar.NodeProvider.Program;
import dev.runar.Payload;
import dev.runar.RunarException;
import dev.runar.RunarException.Code;
import dev.runar.internal.node.NodeCore;
import dev.runar.internal.sdk.NodeControl;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.URI;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Joins one node with one JavaScript context: what that registers becomes services and handlers of
 * the node, and what it asks is asked of the node. Frames are worked on by the thread of the
 * transport that reads; everything else is for any thread. Nothing here blocks.
 */
public final class Link implements LinkTransport.Receiver {
  /** Both sides have to speak the same. */
  static final int PROTOCOL = 1;

  /** So long the last frames may take to the transport. */
  private static final long END_MS = 2_000;

  private static final Logger LOG = System.getLogger("dev.runar.link");

  private final LinkTransport transport;
  private final NodeControl control;
  private final Consumer<Program> greeted;
  private final FrameReader reader = new FrameReader(this::onFrame);
  private final LinkCounters counters = new LinkCounters();
  private final Outbox outbox;
  private final Peer peer;
  private final LinkSessions sessions;
  private final LinkServices services;
  private final LinkSubscriptions subscriptions;
  private final LinkRequests requests;
  private final LinkTopics topics;
  private final AtomicReference<@Nullable RunarException> over = new AtomicReference<>();
  private final CompletableFuture<String> ended = new CompletableFuture<>();
  private final AtomicBoolean isClosing = new AtomicBoolean();
  private final AtomicLong lostLines = new AtomicLong();
  private boolean isGreeted; // by the thread that reads

  /**
   * Joins the two: nothing is read or said before {@link #begin}.
   *
   * @param control what the other side may do to the node
   * @param core made at the first use
   * @param greeted is told what the other side says of itself, before anything is asked of the node
   */
  public Link(
      LinkTransport transport,
      NodeControl control,
      Supplier<NodeCore> core,
      Consumer<Program> greeted) {
    this.transport = transport;
    this.control = control;
    this.greeted = greeted;
    this.outbox = new Outbox(transport, this::broken);
    this.peer = new Peer(core, outbox, new Exchanges(), new LinkQueue(), counters);
    this.sessions = new LinkSessions(peer, control.sessions());
    this.services = new LinkServices(peer, sessions);
    this.subscriptions = new LinkSubscriptions(peer, services);
    this.requests = new LinkRequests(peer, services);
    this.topics = new LinkTopics(peer);
  }

  /**
   * Greets the other side, and hears it from now on; once, when whoever has made it has kept it.
   */
  public void begin() {
    outbox.hold(); // the other side is not answered before it is greeted
    outbox.postReserved(
        Frame.headed(
            FrameKind.HELLO,
            0,
            Payload.object(
                "protocol",
                PROTOCOL,
                "version",
                Node.version(),
                "runtime",
                "java",
                "pid",
                ProcessHandle.current().pid())));
    transport.start(this);
    outbox.release();
  }

  /** Completes when it is over, with the reason; never fails. */
  public CompletableFuture<String> ended() {
    return ended.copy();
  }

  /** What it carries. */
  public LinkStatus status() {
    RunarException reason = over.get();
    return counters.status(
        peer, requests, reason == null ? "" : String.valueOf(reason.getMessage()));
  }

  /**
   * Sends one event through the whole callback path of the other side.
   *
   * @throws RunarException in the future: {@code INTERNAL} if it does not arrive as promised
   */
  public CompletableFuture<Void> selfTest() {
    return LinkSelfTest.of(peer, requests.caller());
  }

  /**
   * A line for the log or the output of the other side.
   *
   * @return {@code FULL}: it is counted, and told with the next; {@code CLOSED}: nobody gets it
   */
  public Delivery log(String level, String logger, String message) {
    long lost = lostLines.getAndSet(0); // whoever tells has them, and no other thread
    if (lost > 0
        && post("warn", "System.err", lost + " lines of output were lost here")
            != Delivery.QUEUED) {
      lostLines.addAndGet(lost);
    }
    Delivery posted = post(level, logger, message);
    if (posted == Delivery.FULL) {
      lostLines.incrementAndGet();
      counters.lostLine();
    }
    return posted;
  }

  private Delivery post(String level, String logger, String message) {
    Payload head = Payload.object("level", level, "logger", logger, "message", message);
    Delivery posted = outbox.post(Frame.headed(FrameKind.LOG, 0, head));
    return outbox.isClosed() ? Delivery.CLOSED : posted;
  }

  /** This side ends: the other one is told why. Repeatable; waits a little for what carries it. */
  public void close(String why) {
    if (!ended.isDone() && !isClosing.getAndSet(true)) {
      outbox.postReserved(fatal(why));
      bye(why);
    }
  }

  private void bye(String why) {
    outbox.postReserved(Frame.of(FrameKind.BYE, 0, null));
    outbox.flush().completeOnTimeout(null, END_MS, TimeUnit.MILLISECONDS).join();
    end(why);
  }

  private static Frame fatal(String why) {
    return Frame.headed(FrameKind.FATAL, 0, Payload.object("message", why));
  }

  /** Frames are lost. Whoever carried them is in the middle of something else. */
  private void broken(Throwable failure) {
    String why = "the link has failed: " + failure;
    LOG.log(Level.ERROR, why, failure);
    try {
      byte[] last = FrameCodec.encode(fatal(why));
      transport.post(last, 0, last.length);
    } catch (RuntimeException | Error e) {
      LOG.log(Level.ERROR, "the other side cannot be told", e);
    }
    try {
      Thread.ofVirtual().name("runar-link-end").start(() -> end(why));
    } catch (OutOfMemoryError e) {
      end(why);
    }
  }

  @Override
  public void onBytes(byte[] bytes, int offset, int length) {
    counters.received(length);
    outbox.hold();
    try {
      reader.read(bytes, offset, length);
      topics.tellDropped();
    } catch (RunarException broken) {
      close("the link has brought what is no frame: " + broken.getMessage());
    } finally {
      outbox.release();
    }
  }

  @Override
  public void onRoom() {
    outbox.room();
  }

  @Override
  public void onClosed(String why) {
    end(why);
  }

  private void onFrame(Frame frame) {
    if (over.get() != null) {
      return;
    }
    if (!isGreeted && frame.kind() != FrameKind.HELLO) {
      close("the first frame of a link is HELLO, and it was " + frame.kind());
      return;
    }
    try {
      dispatch(frame);
    } catch (RuntimeException | Error e) { // one frame, and not those behind it
      failed(frame, e);
    }
  }

  private void failed(Frame frame, Throwable failure) {
    if (frame.id() != 0 && isQuestion(frame.id())) {
      peer.fail(frame.id(), failure, null);
    } else {
      LOG.log(Level.ERROR, () -> "frame " + frame.kind() + " failed: " + failure);
    }
  }

  /** Whether the other side has begun the exchange. */
  private static boolean isQuestion(long id) {
    return (id & 1) == 1;
  }

  private void dispatch(Frame frame) {
    switch (frame.kind()) {
      case HELLO -> greeted(frame);
      case RESULT -> {
        Exchanges.Exchange exchange = peer.exchanges().remove(frame.id());
        if (exchange != null) {
          exchange.succeeded(frame);
        }
      }
      case ERROR -> {
        Exchanges.Exchange exchange = peer.exchanges().remove(frame.id());
        if (exchange != null) {
          exchange.failed(frame);
        }
      }
      case CANCEL -> requests.cancel(frame);
      case RAN -> {
        if (frame.head() != null) {
          counters.told(frame.heads());
        }
        peer.queue().ran(frame.target(), frame.id());
        outbox.room();
      }
      case DRAINED -> outbox.room();
      case BYE -> {
        if (!isClosing.getAndSet(true)) {
          bye("the script has ended");
        }
      }
      case FATAL -> end("the script cannot go on: " + frame.heads().text("message"));
      case CONFIGURE -> configure(frame);
      case ADD_SERVICE -> requests.answerWhenDone(frame, () -> services.add(frame));
      case REMOVE_SERVICE -> requests.answerWhenDone(frame, () -> services.remove(frame));
      case START -> requests.answerWhenDone(frame, control::start, this::urls);
      case STOP -> requests.answerWhenDone(frame, control::stop);
      case REQUEST -> requests.request(frame);
      case STREAM -> requests.stream(frame);
      case PUBLISH -> requests.publish(frame);
      case SUBSCRIBE -> subscriptions.add(frame);
      case UNSUBSCRIBE -> subscriptions.remove(frame);
      case ON -> requests.on(frame);
      case CLEAR_RETAINED -> subscriptions.clearRetained(frame);
      case LOG -> write(frame.heads());
      case TOPIC -> topics.open(frame);
      case WRITE -> topics.write(frame);
      case SEND -> sessions.send(frame);
      case CLOSE_SESSION -> sessions.close(frame);
      case JOIN -> sessions.join(frame);
      case LEAVE -> sessions.leave(frame);
      case SEND_TO_GROUP -> sessions.sendToGroup(frame);
      case IDENTIFY -> {
        if (peer.exchanges().find(frame.id()) instanceof LinkCall call) {
          call.identify(frame.payloadOrNull());
        }
      }
      case ITEMS, END, ROOM, STOP_ITEMS -> stream(frame);
      case UNKNOWN, INVOKE, EVENT, STEP, ACCEPT, OPEN, MESSAGE, CLOSED, WRITABLE, TOPIC_DROPPED ->
          unknown(frame);
    }
  }

  private void greeted(Frame frame) {
    Head hello = frame.heads();
    if (hello.number("protocol") != PROTOCOL) {
      close(
          "the node "
              + Node.version()
              + " speaks protocol "
              + PROTOCOL
              + ", runar-ts "
              + hello.text("version")
              + " protocol "
              + hello.number("protocol")
              + ": install the same version of runar-ts and of the node");
      return;
    }
    isGreeted = true;
    String script = hello.text("script");
    greeted.accept(
        new Program(
            hello.number("pid"),
            script.isEmpty() ? Optional.empty() : Optional.of(script),
            hello.texts("environment")));
    requests.callers(hello.text("runtime") + " " + hello.number("pid"));
  }

  private void configure(Frame frame) {
    Payload configuration = frame.head();
    String network = control.configure(configuration == null ? "{}" : configuration.text());
    peer.answer(Frame.headed(FrameKind.RESULT, frame.id(), Payload.object("networkId", network)));
  }

  private Payload urls() {
    return Payload.object("urls", control.urls().stream().map(URI::toString).toList());
  }

  /** Of an exchange that is over nothing more is wanted. */
  private void stream(Frame frame) {
    Streaming exchange =
        isQuestion(frame.id())
            ? requests.find(frame.id())
            : peer.exchanges().find(frame.id()) instanceof Streaming own ? own : null;
    if (exchange != null) {
      exchange.take(frame);
    }
  }

  private void unknown(Frame frame) {
    String message = "a frame of kind " + frame.kind() + " is not known here";
    if (frame.id() == 0) {
      close(message);
    } else {
      peer.fail(frame.id(), new RunarException(Code.INVALID_INPUT, message), null);
    }
  }

  private static void write(Head head) {
    Level level =
        switch (head.text("level")) {
          case "error" -> Level.ERROR;
          case "warn" -> Level.WARNING;
          case "debug" -> Level.DEBUG;
          default -> Level.INFO;
        };
    System.getLogger("runar.service." + head.text("logger")).log(level, head.text("message"));
  }

  private void end(String why) {
    try {
      onEnding(why);
    } finally { // without memory, too
      if (!ended.isDone()) {
        Aside.run(transport::close);
        Aside.run(outbox::close);
        ended.complete(why);
      }
    }
  }

  /** Everybody who waits for the other side is told; what was of it goes from the node. */
  @Override
  public void onEnding(String why) {
    var reason = new RunarException(Code.CONTEXT_GONE, "the script is gone: " + why);
    if (!over.compareAndSet(null, reason)) {
      return;
    }
    List<Runnable> steps =
        List.of(
            peer.queue()::close,
            services::end,
            subscriptions::end,
            () -> peer.exchanges().close(reason),
            () -> requests.end(reason),
            sessions::end);
    Aside.each(steps, Runnable::run);
  }
}
