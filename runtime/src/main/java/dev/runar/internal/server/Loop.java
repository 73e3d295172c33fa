package dev.runar.internal.server;

import dev.runar.internal.broker.Lane;
import dev.runar.internal.protocol.MessageInflater;
import io.netty.channel.Channel;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** What the connections of one event loop share. Event loop only. */
final class Loop {
  /** How long a connection that is being closed may take to read what was sent to it. */
  static final long LINGER_NANOS = TimeUnit.SECONDS.toNanos(5);

  private static final int SCRATCH = 64 << 10;

  /** Handshakes that may wait for services; with more they are refused. */
  private static final int MOST_HEARINGS = 1_000;

  private final Lane lane;
  private final byte[] scratch = new byte[SCRATCH];
  private final HttpDate date = new HttpDate();
  private final long requestNanos;
  private final Deadlines requests;
  private final Deadlines farewells = new Deadlines(LINGER_NANOS);
  private final SlowReaders slowReaders;
  private @Nullable MessageInflater inflater;
  private @Nullable MessageDeflater deflater;
  private int hearings;
  private final Set<HttpHandler> http = new LinkedHashSet<>();

  Loop(Lane lane, long requestNanos, long writeNanos) {
    this.lane = lane;
    this.requestNanos = requestNanos;
    this.requests = new Deadlines(requestNanos);
    this.slowReaders = new SlowReaders(writeNanos);
  }

  Lane lane() {
    return lane;
  }

  /** A buffer for the message that is being read. */
  byte[] scratch() {
    return scratch;
  }

  /** For the messages of all clients that may compress. */
  MessageInflater inflater() {
    if (inflater == null) {
      inflater = new MessageInflater();
    }
    return inflater;
  }

  /** For the messages to all of them. */
  MessageDeflater deflater() {
    if (deflater == null) {
      deflater = new MessageDeflater();
    }
    return deflater;
  }

  /** Of an answer that is given now. */
  String date() {
    return date.now();
  }

  void add(HttpHandler handler) {
    http.add(handler);
  }

  void remove(HttpHandler handler) {
    http.remove(handler);
  }

  /** The connection has to send a whole request in time. */
  Deadlines.Deadline expectRequest(Channel channel) {
    return requests.start(channel, System.nanoTime());
  }

  /** How long a handshake may take, from its end to its answer. */
  long handshakeNanos() {
    return requestNanos;
  }

  /** A handshake is going to wait for a service; false: too many do. */
  boolean beginHearing() {
    if (hearings >= MOST_HEARINGS) {
      return false;
    }
    hearings++;
    return true;
  }

  /** It does not wait any more. */
  void endHearing() {
    hearings--;
  }

  /** The connection is being closed: it ends in time, whatever its client does. */
  void expectEnd(Channel channel) {
    farewells.start(channel, System.nanoTime());
  }

  /** The connection has to take what is written to it, step by step. */
  SlowReaders.Watch expectReader(Channel channel, Runnable givenUp) {
    return slowReaders.watch(channel, givenUp);
  }

  /** Looks at what is overdue. */
  void sweep() {
    long now = System.nanoTime();
    requests.sweep(now);
    farewells.sweep(now);
    slowReaders.sweep(now);
    lane.sweep();
  }

  /** What was handed to the lane before, such as the farewell of its sessions, is done first. */
  void stop() {
    lane.endBurst();
    for (HttpHandler handler : List.copyOf(http)) {
      handler.stop();
    }
  }

  /** The loop has ended: what lives outside of the heap is given back. */
  void close() {
    if (inflater != null) {
      inflater.close();
      inflater = null;
    }
    if (deflater != null) {
      deflater.close();
      deflater = null;
    }
  }
}
