package dev.runar.internal.broker;

import dev.runar.internal.loop.Wakes;
import dev.runar.internal.node.SocketEndpoint;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jctools.queues.MpscUnboundedArrayQueue;

/**
 * One event loop and the sessions that live on it. Methods say which threads may call them.
 *
 * <p>Everything that comes from other threads passes through one inbox in the order in which it was
 * put there, publications and replies alike: so a reply that was sent after a publish reaches the
 * client after it. What a burst of input brings about is collected per channel and written once, at
 * the end of the burst.
 *
 * <p>The inbox is bounded by bytes for publications. Replies and messages to one session are
 * bounded where they come from: by the requests in flight and by the session's byte budget.
 */
public final class Lane {

  /** Something on its way to a lane. */
  interface Item {
    /** Lane's thread. */
    void arrive(Lane lane);

    /** About how many bytes it holds. */
    int cost();
  }

  private static final Logger LOG = System.getLogger(Lane.class.getName());

  private static final int ITEMS_PER_TURN = 4_096;

  private final int index;
  private final LaneExecutor executor;
  private final Supplier<Burst> bursts;
  private final LongSupplier nanos;
  private final HandlerFailures failures;
  private final BrokerStats stats;
  private final Congestion congestion;
  private final long inboxBound;
  private final Runnable wakeUp;

  // Any thread.
  private final MpscUnboundedArrayQueue<Item> inbox = new MpscUnboundedArrayQueue<>(1_024);
  private final AtomicLong inboxCost = new AtomicLong();
  private final AtomicBoolean awake = new AtomicBoolean();
  private final AtomicBoolean congested = new AtomicBoolean();

  // Lane's thread.
  private final List<ClientSession> sessions = new ArrayList<>();
  private final List<LaneChannel> dirtyChannels = new ArrayList<>();
  private final List<ClientSession> dirtySessions = new ArrayList<>();
  private final List<Runnable> afterBurst = new ArrayList<>();
  private boolean inBurst;
  private boolean flushAtOnce;
  private long stamp;
  private long numberedJoins;
  private long sweepNanos;

  Lane(
      int index,
      LaneExecutor executor,
      Supplier<Burst> bursts,
      LongSupplier nanos,
      BrokerStats stats,
      Congestion congestion,
      long inboxBound) {
    this.index = index;
    this.executor = executor;
    this.bursts = bursts;
    this.nanos = nanos;
    this.failures = new HandlerFailures(nanos);
    this.stats = stats;
    this.congestion = congestion;
    this.inboxBound = inboxBound;
    this.sweepNanos = nanos.getAsLong();
    this.wakeUp = () -> executor.execute(this::turn);
  }

  int index() {
    return index;
  }

  /** The log of what clients' requests ran into. */
  public HandlerFailures failures() {
    return failures;
  }

  boolean isCurrent() {
    return executor.isCurrentThread();
  }

  /**
   * Hands over a publication; in order with everything that the same thread handed over before. Any
   * thread; never blocks. False: the inbox is full and nothing happened.
   */
  boolean offer(Publication publication) {
    if (isCurrent() && inbox.isEmpty()) {
      publication.arrive(this);
      return true;
    }
    if (inboxCost.get() > inboxBound) {
      congestion.refused();
      return false;
    }
    enqueue(publication);
    return true;
  }

  /** Hands over what is bounded elsewhere. Any thread; never blocks. */
  void post(Item item) {
    if (isCurrent() && inbox.isEmpty()) {
      item.arrive(this);
      return;
    }
    enqueue(item);
  }

  private void enqueue(Item item) {
    long cost = inboxCost.addAndGet(item.cost());
    inbox.offer(item);
    if (cost > inboxBound / 2 && congested.compareAndSet(false, true)) {
      congestion.begin();
    }
    wake();
  }

  /** More than half of the inbox was taken, and more than a quarter still is. Any thread. */
  boolean isCongested() {
    return congested.get();
  }

  private void wake() {
    if (!awake.get() && awake.compareAndSet(false, true)) {
      if (isCurrent()) {
        wakeUp.run(); // costs no system call
      } else {
        Wakes.wake(wakeUp);
      }
    }
  }

  private void turn() {
    awake.set(false);
    endBurst();
  }

  /**
   * A burst of input begins: what it brings about is written by {@link #endBurst}. What other
   * threads handed over before comes first. Lane's thread.
   */
  public void beginBurst() {
    inBurst = true;
    if (!inbox.isEmpty()) {
      drain();
    }
  }

  /** Takes what other threads handed over, then writes everything. Lane's thread. */
  public void endBurst() {
    assert isCurrent();
    inBurst = true;
    try {
      drain();
      do {
        writeChannels();
        runAfterBurst();
        flushSessions();
      } while (!dirtyChannels.isEmpty() || !afterBurst.isEmpty());
    } finally {
      inBurst = false;
    }
    endCongestion();
    if (!inbox.isEmpty()) {
      wake();
    }
    Wakes.burstGoesOn(); // with the next connection that has something to read
  }

  private void drain() {
    long cost = 0;
    for (int i = 0; i < ITEMS_PER_TURN; i++) {
      Item item = inbox.poll();
      if (item == null) {
        break;
      }
      cost += item.cost();
      try {
        item.arrive(this);
      } catch (RuntimeException | Error e) {
        failed("what was handed over could not be done", e);
      }
    }
    if (cost > 0) {
      inboxCost.addAndGet(-cost);
    }
  }

  /** An error too: what comes after it is somebody else's, and the lane is for all of them. */
  private void failed(String what, Throwable error) {
    LOG.log(Level.ERROR, what + " lane=" + index, error);
  }

  private void writeChannels() {
    flushAtOnce = dirtyChannels.size() == 1;
    for (int i = 0; i < dirtyChannels.size(); i++) {
      LaneChannel channel = dirtyChannels.get(i);
      if (channel.isDirty()) {
        try {
          channel.writeOut();
        } catch (RuntimeException | Error e) {
          failed("a channel could not be written", e);
        }
      }
    }
    flushAtOnce = false;
    dirtyChannels.clear();
  }

  private void flushSessions() {
    for (int i = 0; i < dirtySessions.size(); i++) {
      try {
        dirtySessions.get(i).flush();
      } catch (RuntimeException | Error e) {
        failed("a session could not be flushed", e);
      }
    }
    dirtySessions.clear();
  }

  private void runAfterBurst() {
    for (int i = 0; i < afterBurst.size(); i++) {
      try {
        afterBurst.get(i).run();
      } catch (RuntimeException | Error e) {
        failed("what follows a burst could not be done", e);
      }
    }
    afterBurst.clear();
  }

  /** Clients that publish are read again when the inbox has emptied well below the mark. */
  private void endCongestion() {
    if (congested.get()
        && inboxCost.get() < inboxBound / 4
        && congested.compareAndSet(true, false)) {
      congestion.end();
    }
  }

  // The rest: lane's thread only.

  Burst newBurst() {
    return bursts.get();
  }

  /** A burst was written to this many sessions. */
  void count(Burst burst, int sessionsWritten) {
    stats.messagesOut.add((long) burst.messages() * sessionsWritten);
    stats.bytesOut.add((long) burst.bytes() * sessionsWritten);
  }

  long nextStamp() {
    return ++stamp;
  }

  /** One more session that knows channels by their numbers has joined a pattern. */
  void joinedNumbered() {
    numberedJoins++;
  }

  long numberedJoins() {
    return numberedJoins;
  }

  /** The channel has something pending: it is written at the end of the burst. */
  void markDirty(LaneChannel channel) {
    dirtyChannels.add(channel);
    ensureBurst();
  }

  /** Writes and flushes a channel in the middle of a burst. */
  void writeOutNow(LaneChannel channel) {
    boolean before = flushAtOnce;
    flushAtOnce = true;
    channel.writeOut();
    flushAtOnce = before;
  }

  /** Something was written to the session: it is flushed now or at the end of the burst. */
  void written(ClientSession session) {
    if (flushAtOnce) {
      session.flush();
    } else if (session.markDirty()) {
      dirtySessions.add(session);
      ensureBurst();
    }
  }

  /** Writes the publications that the session must see before what comes next. */
  void writeOutFor(ClientSession session) {
    for (int i = 0; i < dirtyChannels.size(); i++) {
      LaneChannel channel = dirtyChannels.get(i);
      if (channel.isDirty() && channel.concerns(session)) {
        channel.writeOut();
      }
    }
  }

  /** Runs when no list of subscribers is being walked any more. */
  void afterBurst(Runnable action) {
    afterBurst.add(action);
    ensureBurst();
  }

  private void ensureBurst() {
    if (!inBurst) {
      wake();
    }
  }

  void add(ClientSession session) {
    session.place(sessions.size());
    sessions.add(session);
  }

  void remove(ClientSession session) {
    ClientSession last = sessions.removeLast();
    if (last != session) {
      sessions.set(session.place(), last);
      last.place(session.place());
    }
  }

  /** The time of the last sweep: exact enough for idle clients, and it costs nothing to ask. */
  long sweepNanos() {
    return sweepNanos;
  }

  /** Pings and closes silent clients. To be called a few times per ping interval. */
  public void sweep() {
    assert isCurrent();
    sweepNanos = nanos.getAsLong();
    for (int i = sessions.size() - 1; i >= 0; i--) {
      sessions.get(i).sweep(sweepNanos);
    }
  }

  /** Closes every session that talks to the endpoint. Lane's thread. */
  void endpointGone(SocketEndpoint endpoint) {
    for (ClientSession session : List.copyOf(sessions)) {
      session.endpointGone(endpoint);
    }
  }

  /** Shows every session that talks to the endpoint another one. Lane's thread. */
  void endpointReplaced(SocketEndpoint endpoint, SocketEndpoint successor) {
    for (ClientSession session : sessions) {
      session.endpointReplaced(endpoint, successor);
    }
  }

  /** Closes every session. Lane's thread. */
  void closeAll(int code, String reason) {
    for (ClientSession session : List.copyOf(sessions)) {
      session.close(session.dialect().closeCode(code), reason);
    }
  }

  /** Closes every session, past what waits in the inbox. Any thread. */
  void closeAllAtOnce(int code, String reason) {
    executor.execute(() -> closeAll(code, reason));
  }

  /** Runs on the lane's thread, in order with everything else. Any thread. */
  void run(Runnable action) {
    post(
        new Item() {
          @Override
          public void arrive(Lane lane) {
            action.run();
          }

          @Override
          public int cost() {
            return 64;
          }
        });
  }
}
