package dev.runar.internal.link;

import dev.runar.Delivery;
import dev.runar.NodeConfig;
import dev.runar.NodeProvider;
import dev.runar.Payload;
import dev.runar.RunarException;
import dev.runar.Tools;
import dev.runar.internal.boot.LinkHost;
import dev.runar.spi.Authorizer;
import dev.runar.spi.Metrics;
import dev.runar.spi.ScriptConsole;
import dev.runar.spi.Telemetry;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * The JavaScript side of a link, in Java: it speaks frames, has one thread that works on them, and
 * another that carries what it says to the node.
 */
final class TestPeer implements LinkTransport, AutoCloseable {
  /** Answers a frame, or leaves it for later. */
  interface Handler {
    void handle(Frame frame);
  }

  final Map<Integer, Handler> handlers = new ConcurrentHashMap<>();

  /** What no handler is for, in order. */
  final BlockingQueue<Frame> others = new LinkedBlockingQueue<>();

  private final ExecutorService loop = thread("test-peer-loop");
  private final ExecutorService carrier = thread("test-peer-carrier");
  private final Map<Long, CompletableFuture<Frame>> asked = new ConcurrentHashMap<>();
  private final AtomicLong ids = new AtomicLong(-1);
  private final FrameReader reader = new FrameReader(this::onFrame);
  private volatile boolean refuses;
  private volatile boolean keepsCount = true;
  private volatile boolean isClosed;
  private int begun;
  private long begunBytes;
  @Nullable Receiver receiver;

  private static ExecutorService thread(String name) {
    return Executors.newSingleThreadExecutor(Thread.ofPlatform().daemon().name(name).factory());
  }

  /** A node, and a peer that has greeted it and is configured. */
  static LinkHost host(TestPeer peer, NodeConfig config) {
    LinkHost host = host((LinkTransport) peer, config);
    peer.send(hello());
    return host;
  }

  static Frame hello() {
    return Frame.headed(
        FrameKind.HELLO,
        0,
        Payload.object("protocol", 1, "version", "0.1.0", "runtime", "test", "pid", 1));
  }

  /** A node that nobody has greeted. */
  static LinkHost host(LinkTransport transport, NodeConfig config) {
    return host(transport, config, Metrics.NONE);
  }

  static LinkHost host(LinkTransport transport, NodeConfig config, Metrics metrics) {
    var parts =
        new NodeProvider.Parts(
            Authorizer.openToAll(),
            Tools.NONE,
            Optional.empty(),
            List.of(),
            Telemetry.NONE,
            metrics,
            ScriptConsole.standard(),
            Optional.empty(),
            Optional.empty());
    return LinkHost.open(transport, program -> config, parts);
  }

  @Override
  public void start(Receiver newReceiver) {
    receiver = newReceiver;
    handlers.put(0, selfTest -> result(selfTest, null));
  }

  @Override
  public Delivery post(byte[] batch, int offset, int length) {
    if (isClosed) {
      return Delivery.CLOSED;
    }
    if (refuses) {
      return Delivery.FULL;
    }
    byte[] copy = java.util.Arrays.copyOfRange(batch, offset, offset + length);
    loop.execute(
        () -> {
          reader.read(copy, 0, copy.length);
          tellRan();
        });
    return Delivery.QUEUED;
  }

  private void tellRan() {
    if (begun > 0 && keepsCount) {
      send(new Frame(FrameKind.RAN, 0, begun, 0, begunBytes, null, null));
      begun = 0;
      begunBytes = 0;
    }
  }

  /** The transport takes nothing, or does again and says so. */
  void refuses(boolean now) {
    refuses = now;
    if (!now) {
      send(Frame.of(FrameKind.DRAINED, 0, null));
    }
  }

  /** Waits until what has come was worked on, and what that says has reached the node. */
  void settle() {
    CompletableFuture.runAsync(() -> {}, loop).join();
    CompletableFuture.runAsync(() -> {}, carrier).join();
  }

  /** As an event loop that is blocked: nothing counts as begun until it goes on. */
  void keepsCount(boolean now) {
    keepsCount = now;
    loop.execute(this::tellRan);
  }

  private void onFrame(Frame frame) {
    switch (frame.kind()) {
      case RESULT, ERROR -> {
        CompletableFuture<Frame> answer = asked.remove(frame.id());
        if (answer != null) {
          answer.complete(frame);
        } else {
          others.add(frame);
        }
      }
      case INVOKE, EVENT, STEP, ACCEPT, OPEN, MESSAGE, CLOSED -> {
        begun++;
        begunBytes += frame.size();
        Handler handler = frame.kind() == FrameKind.MESSAGE ? null : handlers.get(frame.target());
        if (handler == null) {
          others.add(frame);
        } else {
          handler.handle(frame);
        }
      }
      default -> others.add(frame);
    }
  }

  void send(Frame... frames) {
    var all = new java.io.ByteArrayOutputStream();
    for (Frame frame : frames) {
      all.writeBytes(FrameCodec.encode(frame));
    }
    sendBytes(all.toByteArray());
  }

  void sendBytes(byte[] bytes) {
    if (!carrier.isShutdown()) {
      carrier.execute(
          () -> java.util.Objects.requireNonNull(receiver).onBytes(bytes, 0, bytes.length));
    }
  }

  /** Returns when the node has read all that was sent. */
  void carried() {
    CompletableFuture.runAsync(() -> {}, carrier).join();
  }

  long nextId() {
    return ids.addAndGet(2);
  }

  CompletableFuture<Frame> ask(
      FrameKind kind, int target, Payload head, @Nullable Payload payload) {
    var answer = new CompletableFuture<Frame>();
    long id = nextId();
    asked.put(id, answer);
    send(new Frame(kind, 0, target, 0, id, head, payload));
    return answer;
  }

  /** Asks and waits; fails as the answer says. */
  Frame get(FrameKind kind, int target, Payload head, @Nullable Payload payload) {
    Frame answer;
    try {
      answer = ask(kind, target, head, payload).get(10, TimeUnit.SECONDS);
    } catch (Exception e) {
      throw new AssertionError(kind + " was not answered", e);
    }
    if (answer.kind() == FrameKind.ERROR) {
      throw Peer.failureOf(answer);
    }
    return answer;
  }

  void result(Frame of, @Nullable Payload payload) {
    send(Frame.of(FrameKind.RESULT, of.id(), payload));
  }

  void error(Frame of, RunarException failure) {
    send(Frame.of(FrameKind.ERROR, of.id(), Peer.described(failure)));
  }

  /** Of a kind, waiting for it; others before it are left out. */
  Frame next(FrameKind kind) {
    try {
      for (Frame frame = others.poll(10, TimeUnit.SECONDS);
          frame != null;
          frame = others.poll(10, TimeUnit.SECONDS)) {
        if (frame.kind() == kind) {
          return frame;
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    throw new AssertionError("no " + kind + " has come");
  }

  /** Adds a service whose definition and numbers are JSON text with ' for ". */
  void addService(String head) {
    get(FrameKind.ADD_SERVICE, 0, Payload.json(head.replace('\'', '"')), null);
  }

  /** A service with actions 1, 2 … of these names. */
  void addActions(String path, String... names) {
    var numbers = new LinkedHashMap<String, Object>();
    var actions = new ArrayList<Map<String, Object>>();
    for (String name : names) {
      numbers.put(name, numbers.size() + 1);
      actions.add(Map.of("name", name));
    }
    var definition = Map.of("path", path, "actions", actions);
    get(
        FrameKind.ADD_SERVICE,
        0,
        Payload.of(Map.of("definition", definition, "actions", numbers)),
        null);
  }

  /** The process of the other side has ended. */
  void die(String why) {
    isClosed = true;
    carrier.execute(() -> java.util.Objects.requireNonNull(receiver).onClosed(why));
  }

  @Override
  public void close() {
    isClosed = true;
    carrier.shutdown();
    loop.shutdown();
  }
}
