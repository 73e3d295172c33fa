package dev.runar.internal.server;

import dev.runar.internal.broker.ClientSession;
import dev.runar.internal.broker.Pauses;
import dev.runar.internal.protocol.CloseCode;
import dev.runar.internal.protocol.WebSocketReader;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.util.ReferenceCountUtil;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Objects;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/** Feeds one session with what its client sends. Event loop only. */
final class WebSocketHandler extends ChannelInboundHandlerAdapter
    implements WebSocketReader.Listener, WebSocketReader.Source {

  /** Makes the session once its connection can be written to. */
  interface Opening {
    ClientSession open(NettyConnection connection);
  }

  /** Messages that may be under way when a client is closed. */
  private static final int MOST_LATE = 1_000;

  private final Loop loop;
  private final WebSocketReader reader;
  private final boolean compresses;

  // From handlerAdded on.
  private @Nullable NettyConnection connection;
  private @Nullable ClientSession session;

  /** Messages, pings and pongs that came after the session was closed. */
  private int late;

  /** What came and is not read yet: at most what the socket gave before it was left alone. */
  private @Nullable Queue<ByteBuf> kept;

  /** Nothing more will come than what is kept. */
  private boolean isOver;

  /** What is being read. */
  private @Nullable ByteBuf input;

  WebSocketHandler(Loop loop, int maxMessage, boolean compresses) {
    this.loop = loop;
    this.compresses = compresses;
    this.reader = new WebSocketReader(maxMessage, this, compresses ? loop.inflater() : null);
  }

  @Override
  public void handlerAdded(ChannelHandlerContext context) {
    connection =
        new NettyConnection(
            new Wire(context, loop),
            loop,
            compresses,
            () -> context.executor().execute(this::resume));
  }

  /** The handshake has been answered: the session begins. */
  void begin(Opening opening) {
    loop.lane().beginBurst();
    session = opening.open(connection());
    loop.lane().endBurst();
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    if (!(message instanceof ByteBuf bytes) || connection().isEnded()) {
      ReferenceCountUtil.release(message);
      return;
    }
    if (kept != null) {
      kept.add(bytes);
      return;
    }
    loop.lane().beginBurst();
    boolean isKept = false;
    try {
      read(bytes);
      isKept = keepRest(bytes);
    } finally {
      if (!isKept) {
        bytes.release();
      }
    }
  }

  private boolean keepRest(ByteBuf bytes) {
    if (!isHeld() || !bytes.isReadable() || connection().isEnded()) {
      return false;
    }
    kept = new ArrayDeque<>(2);
    kept.add(bytes);
    return true;
  }

  /** The client is heard again: what it had sent meanwhile comes first. */
  private void resume() {
    Queue<ByteBuf> waiting = kept;
    if (waiting == null) {
      return;
    }
    loop.lane().beginBurst();
    while (!isHeld() && !waiting.isEmpty()) {
      readKept(waiting);
    }
    if (waiting.isEmpty()) {
      kept = null;
      if (isOver) {
        lost();
      }
    }
    loop.lane().endBurst();
  }

  private void readKept(Queue<ByteBuf> waiting) {
    ByteBuf bytes = waiting.element();
    boolean isDone = true;
    try {
      if (!connection().isEnded()) {
        read(bytes);
        isDone = !isHeld() || !bytes.isReadable();
      }
    } finally {
      if (isDone) {
        waiting.remove().release();
      }
    }
  }

  @Override
  public boolean isHeld() {
    return session().isOpen() && session().pauses().isFor(Pauses.Reason.PRESSURE);
  }

  private void read(ByteBuf bytes) {
    session().heard();
    input = bytes;
    try {
      reader.read(this, loop.scratch());
    } catch (WebSocketReader.Violation violation) {
      connection().refuse(violation.code(), violation.reason());
      session().closedByPeer(violation.code(), violation.reason());
    } finally {
      input = null;
    }
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext context) {
    loop.lane().endBurst();
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) {
    isOver = true;
    if (kept == null) {
      lost();
    } // else it is heard first, when there is room for what it had sent
  }

  private void lost() {
    session().closedByPeer(CloseCode.LOST, "the connection was lost");
  }

  /** A reset, most of the time; a fault of ours in reading ends this connection only. */
  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    if (!(cause instanceof IOException)) {
      System.getLogger(WebSocketHandler.class.getName())
          .log(System.Logger.Level.ERROR, "a connection failed", cause);
    }
    var _ = context.close();
  }

  @Override
  public void text(byte[] utf8, int from, int length) {
    countLate();
    session().receiveText(utf8, from, length);
  }

  @Override
  public void binary(byte[] bytes, int from, int length) {
    countLate();
    session().receiveBinary(bytes, from, length);
  }

  /** Who goes on for ever though it was closed is not even read, until its connection ends. */
  private void countLate() {
    if (connection().isClosing() && ++late >= MOST_LATE) {
      connection().stopReading();
    }
  }

  @Override
  public void ping(byte[] bytes, int from, int length) {
    countLate();
    session().answerPing(() -> connection().writePong(bytes, from, length), length);
  }

  @Override
  public void pong() {
    countLate();
  }

  @Override
  public void close(int code, String reason) {
    connection().closedByClient(code);
    session().closedByPeer(code, reason);
  }

  @Override
  public int available() {
    return input().readableBytes();
  }

  @Override
  public byte next() {
    return input().readByte();
  }

  @Override
  public void take(byte[] into, int at, int length) {
    input().readBytes(into, at, length);
  }

  private ByteBuf input() {
    return Objects.requireNonNull(input);
  }

  private NettyConnection connection() {
    return Objects.requireNonNull(connection);
  }

  private ClientSession session() {
    return Objects.requireNonNull(session);
  }
}
