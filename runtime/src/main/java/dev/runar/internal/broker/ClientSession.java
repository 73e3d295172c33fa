package dev.runar.internal.broker;

import dev.runar.Delivery;
import dev.runar.Payload;
import dev.runar.Session;
import dev.runar.internal.loop.Pressure;
import dev.runar.internal.node.SocketEndpoint;
import dev.runar.internal.protocol.CloseCode;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One connected client, for life on one lane. The methods of {@link Session} and {@link #post} may
 * be called by any thread; everything else by the lane's thread only.
 *
 * <p>What waits for the client, in the lane's inbox and in the connection, is bounded by its byte
 * budget; a client that exceeds it is disconnected with {@link Dialect#slowCode}.
 */
public final class ClientSession implements Session {
  private static final Logger LOG = System.getLogger(ClientSession.class.getName());

  private static final VarHandle CLOSING =
      FieldHandles.find(MethodHandles.lookup(), "closing", boolean.class);
  private static final VarHandle POSTED =
      FieldHandles.find(MethodHandles.lookup(), "posted", long.class);

  private final String id;
  private final Dialect dialect;
  private final Caller caller;
  private final Connection connection;
  private final Lane lane;
  private final Broker broker;

  // Any thread.
  /** Somebody has closed: nothing more is taken. */
  private volatile boolean closing;

  /** Bytes on their way through the lane's inbox. */
  @SuppressWarnings("unused") // by its VarHandle
  private volatile long posted;

  // Lane's thread.
  private @Nullable Conversation conversation;
  private final Memberships memberships = new Memberships();
  private final Heartbeat heartbeat;
  private final Pauses pauses;
  private int place;
  private boolean finished;
  private final Output output;
  private boolean dirty;
  private long stamp;

  ClientSession(
      String id,
      Dialect dialect,
      Arrival arrival,
      Connection connection,
      Lane lane,
      Broker broker) {
    this.id = id;
    this.dialect = dialect;
    this.caller = Caller.of(arrival);
    this.connection = connection;
    this.lane = lane;
    this.broker = broker;
    this.heartbeat = new Heartbeat(lane.sweepNanos(), broker.patience());
    this.pauses = new Pauses(connection);
    this.output = new Output(this, connection, broker.options().sessionBytes(), broker.stats());
  }

  @Override
  public String id() {
    return id;
  }

  @Override
  public String path() {
    return caller.path();
  }

  @Override
  public Map<String, String> query() {
    return caller.query();
  }

  @Override
  public String remoteAddress() {
    return connection.remoteAddress();
  }

  @Override
  public Optional<Payload> identity() {
    return caller.identity();
  }

  @Override
  public Delivery send(Payload message) {
    return send(dialect.direct(message));
  }

  /**
   * Sends what was encoded already. One message larger than the whole budget still passes when
   * nothing else waits.
   */
  Delivery send(Outgoing message) {
    if (!isOpen()) {
      return Delivery.CLOSED;
    }
    int size = message.size();
    long waiting = (long) POSTED.getAndAdd(this, (long) size) + connection.pendingBytes();
    if (waiting > 0 && waiting + size > broker.options().sessionBytes()) {
      POSTED.getAndAdd(this, (long) -size);
      disconnectSlow();
      return Delivery.FULL;
    }
    lane.post(new Posted(this, message));
    return Delivery.QUEUED;
  }

  @Override
  public void close(int code, String reason) {
    if (CLOSING.compareAndSet(this, false, true)) {
      lane.run(() -> finish(code, reason));
    }
  }

  /** Runs on the lane's thread, in order with what was published and sent before. Any thread. */
  public void post(Runnable action) {
    lane.run(
        () -> {
          try {
            action.run();
            pauses.heed(this);
          } catch (RuntimeException e) {
            failed(e);
          }
        });
  }

  // The rest: lane's thread only.

  public Dialect dialect() {
    return dialect;
  }

  public Lane lane() {
    return lane;
  }

  public boolean isOpen() {
    return !closing;
  }

  /** What it is a session of. Any thread. */
  public Broker broker() {
    return broker;
  }

  /** From now on this is what becomes of its silence. */
  public void patience(Patience newPatience) {
    heartbeat.patience(newPatience);
  }

  /** From now on this is what becomes of its messages. */
  public void begin(Conversation newConversation) {
    conversation = newConversation;
  }

  /** The client sent a text message, checked to be UTF-8. */
  public void receiveText(byte[] utf8, int from, int length) {
    receive(length, current -> current.text(utf8, from, length));
  }

  /** The client sent a binary message. */
  public void receiveBinary(byte[] bytes, int from, int length) {
    receive(length, current -> current.binary(bytes, from, length));
  }

  private void receive(int length, Consumer<Conversation> message) {
    if (!isOpen()) {
      return;
    }
    broker.stats().messagesIn.increment();
    broker.stats().bytesIn.add(length);
    Conversation current = conversation;
    if (current == null) {
      return;
    }
    Pressure.forget();
    try {
      message.accept(current);
      pauses.heed(this);
    } catch (RuntimeException e) {
      failed(e);
    }
  }

  void endpointGone(SocketEndpoint endpoint) {
    if (isOpen() && conversation != null) {
      conversation.endpointGone(endpoint);
    }
  }

  void endpointReplaced(SocketEndpoint endpoint, SocketEndpoint successor) {
    if (conversation != null) {
      conversation.endpointReplaced(endpoint, successor);
    }
  }

  /** The lane refused what was published meanwhile. */
  void gap(String topic, long from, long to) {
    if (!closing && conversation != null && !output.isTold(topic, from, to)) {
      broker.stats().gaps.increment();
      conversation.gap(topic, from, to);
    }
  }

  /** The border where a fault of ours in handling a frame ends: this session only. */
  private void failed(RuntimeException e) {
    LOG.log(Level.ERROR, "a client frame could not be handled session=" + id, e);
    close(CloseCode.INTERNAL, "internal error");
  }

  /** Something was heard from the client, be it a pong. */
  public void heard() {
    heartbeat.heard(lane.sweepNanos());
  }

  /** The client has closed, or the connection was lost. Repeatable. */
  public void closedByPeer(int code, String reason) {
    closing = true;
    finish(code, reason);
  }

  private void finish(int code, String reason) {
    if (finished) {
      return;
    }
    lane.writeOutFor(this);
    finished = true;
    output.close();
    connection.close(code, reason);
    lane.afterBurst(() -> leaveEverything(code, reason));
  }

  /** Comes when nobody walks a list of subscribers, as a slow one is found out in the middle. */
  private void leaveEverything(int code, String reason) {
    memberships.all().forEach(broker::leave);
    memberships.clear();
    lane.remove(this);
    broker.ended(this);
    if (conversation != null) {
      conversation.closed(code, reason);
    }
  }

  /** The offline messages of its client; null: nobody knows who it is. */
  @Nullable Inbox inbox() {
    return conversation == null ? null : conversation.inbox();
  }

  /** What is written to its client. */
  Output output() {
    return output;
  }

  /** A message of no topic, as it is to be written. */
  public WireMessage direct(Payload message) {
    return dialect.direct(message).wire();
  }

  /** Writes one text message, behind the publications that came before it. */
  public void reply(byte[] text) {
    reply(WireMessage.text(text));
  }

  /** Writes one message, behind the publications that came before it. */
  public void reply(WireMessage message) {
    output.reply(message);
  }

  /** Answers a ping of the client, unless it does not read its answers. */
  public void answerPing(Runnable pong, int length) {
    output.answerPing(pong, length);
  }

  void deliver(Outgoing message) {
    POSTED.getAndAdd(this, (long) -message.size());
    output.deliver(message);
  }

  void disconnectSlow() {
    if (isOpen()) {
      broker.stats().slowDisconnects.increment();
      LOG.log(Level.INFO, "disconnected a slow client session=" + id + " path=" + path());
      int budget = broker.options().sessionBytes();
      close(dialect.slowCode(), "too slow: more than " + budget + " bytes were waiting");
    }
  }

  void flush() {
    dirty = false;
    connection.flush();
  }

  /** False when it is marked already. */
  boolean markDirty() {
    boolean first = !dirty;
    dirty = true;
    return first;
  }

  /** False when it bears this stamp already. */
  boolean stamp(long newStamp) {
    boolean first = stamp != newStamp;
    stamp = newStamp;
    return first;
  }

  int place() {
    return place;
  }

  void place(int newPlace) {
    place = newPlace;
  }

  public Pauses pauses() {
    return pauses;
  }

  void sweep(long now) {
    if (isOpen() && !heartbeat.isBorne(now, pauses.isAny(), connection)) {
      broker.stats().idleDisconnects.increment();
      close(heartbeat.patience().code(), heartbeat.patience().reason());
    }
  }

  Memberships memberships() {
    return memberships;
  }
}
