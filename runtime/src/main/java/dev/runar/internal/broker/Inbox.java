package dev.runar.internal.broker;

import dev.runar.RunarException;
import dev.runar.RunarException.Code;
import dev.runar.internal.broker.offline.Acknowledged;
import dev.runar.internal.broker.offline.OfflineQueues;
import dev.runar.internal.broker.offline.OfflineReader;
import dev.runar.internal.broker.offline.OfflineReader.Ending;
import dev.runar.internal.broker.offline.QueueKey;
import dev.runar.internal.broker.offline.WaitingMessage;
import dev.runar.internal.protocol.OfflineMessage;
import dev.runar.internal.protocol.topic.TopicFrame;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * The messages of offline queues that one client is given, and what it says of them. Lane's thread
 * only.
 *
 * <p>They come as fast as the client reads: the next ones are read from the store when what was
 * written before has been taken, group after group, so that they neither use up its byte budget nor
 * hold up what else it gets.
 */
public final class Inbox {
  /** So many bytes are read for it at once, or one message. */
  private static final int CHUNK = 64 << 10;

  /** How a dialect says it. */
  public interface Tongue {
    WireMessage message(OfflineMessage message);

    /** What else there is to say of queues and topics. */
    WireMessage news(TopicFrame.Outbound frame);
  }

  private final ClientSession session;
  private final OfflineQueues queues;
  private final String user;
  private final String client;
  private final Tongue tongue;

  private final Map<String, Line> lines = new HashMap<>();

  /** They have something, and it is not their turn yet. */
  private final ArrayDeque<Line> ready = new ArrayDeque<>();

  /** What was read and waits for the client to read. */
  private final ArrayDeque<Unwritten> unwritten = new ArrayDeque<>();

  /** Messages are on their way from the store. */
  private boolean isReading;

  private boolean isWaiting;
  private boolean isClosed;

  /** Something to write. */
  private record Unwritten(Line line, WireMessage wire) {
    String group() {
      return line.group;
    }
  }

  /**
   * Of a client.
   *
   * @param user whom it belongs to; not empty
   * @param client the name of the device
   */
  public Inbox(
      ClientSession session, OfflineQueues queues, String user, String client, Tongue tongue) {
    this.session = session;
    this.queues = queues;
    this.user = user;
    this.client = client;
    this.tongue = tongue;
  }

  /** One group, whose messages the client wants. */
  public final class Line implements OfflineReader.Listener {
    private final String group;
    private final OfflineReader reader;
    private @Nullable Spill spill;
    private Runnable given = () -> {};

    private Line(String group) {
      this.group = group;
      this.reader = queues.attach(key(group), this);
    }

    /** How many messages wait. */
    public int waiting() {
      return reader.waiting();
    }

    /** Gives what waits, and what is offered from now on. */
    public void begin() {
      reader.begin();
    }

    /** Gives what waits now and no more. */
    public void beginUntilNow() {
      reader.beginUntilNow();
    }

    /**
     * Publications come this way.
     *
     * @param newGiven called after each message
     */
    void spill(@Nullable Spill newSpill, Runnable newGiven) {
      spill = newSpill;
      given = newGiven;
    }

    void endSpill() {
      spill(null, () -> {});
    }

    /** For the reader of the queue: any thread. */
    @Override
    public void ready() {
      session.post(
          () -> {
            if (lines.get(group) == this) {
              ready.add(this);
              goOn();
            }
          });
    }

    /** For the reader of the queue: any thread. */
    @Override
    public void ended(Ending why) {
      session.post(() -> end(this, why));
    }
  }

  /** Whether the client has said what it is called, so that it can come back. */
  boolean isNamed() {
    return !client.equals(session.id());
  }

  OfflineQueues queues() {
    return queues;
  }

  QueueKey key(String group) {
    return new QueueKey(group, user, client);
  }

  /**
   * Prepares to give the messages of a group; one of its methods {@code begin} is to follow. What
   * was given of the same group before and is not acknowledged will be given again.
   *
   * @throws RunarException {@code NOT_FOUND} when the client has not joined the group, {@code
   *     INVALID_INPUT} for a name that is none, {@code OVERLOADED} for too many groups
   */
  public Line open(String group) {
    int bound = session.broker().options().subscriptionsPerSession();
    Line before = lines.get(group);
    if (before == null && lines.size() >= bound) {
      throw new RunarException(Code.OVERLOADED, "the session reads " + bound + " groups already");
    }
    if (before != null) {
      before.reader.detach();
      ready.remove(before);
    }
    var line = new Line(group);
    lines.put(group, line);
    if (before != null) {
      line.spill(before.spill, before.given);
    }
    return line;
  }

  /** The group, whose messages are given from now on if they were not before. */
  Line line(String group) {
    Line known = lines.get(group);
    if (known != null) {
      return known;
    }
    Line line = open(group);
    line.reader.beginForSpill();
    return line;
  }

  /** The client has messages for good; see {@link OfflineQueues#acknowledge}. */
  public CompletableFuture<Acknowledged> acknowledge(String group, List<Long> ids) {
    return queues.acknowledge(key(group), ids);
  }

  /**
   * The client could not handle a message.
   *
   * @return how often it said so; fails with {@code NOT_FOUND} when the message does not wait or
   *     was never given
   */
  public CompletableFuture<Integer> refuse(String group, long id, String cause) {
    return queues
        .refuse(key(group), id, cause)
        .thenApply(
            refusals ->
                refusals.orElseThrow(
                    () ->
                        new RunarException(
                            Code.NOT_FOUND,
                            "message "
                                + id
                                + " of "
                                + group
                                + " was not given, or waits no more")));
  }

  private void end(Line line, Ending why) {
    if (!lines.remove(line.group, line)) {
      return;
    }
    ready.remove(line);
    boolean isAgain = why == Ending.DONE || why == Ending.EMPTY;
    if (line.spill != null && !isAgain) { // what was published cannot come any more
      session.disconnectSlow();
      return;
    }
    if (line.spill != null) {
      line(line.group).spill(line.spill, line.given);
    }
    if (why != Ending.EMPTY) { // which the client has not asked for
      unwritten.add(new Unwritten(line, tongue.news(new TopicFrame.Ended(line.group, text(why)))));
    }
    goOn();
  }

  private static String text(Ending why) {
    return switch (why) {
      case TAKEN_OVER -> "taken over";
      case DONE, EMPTY -> "done";
      case LEFT -> "left";
      case FAILED -> "failed";
    };
  }

  private void goOn() {
    while (!isClosed && !isReading && !isWaiting && !unwritten.isEmpty()) {
      if (session.output().isReadFor(unwritten.element().wire().bytes().length)) {
        write(unwritten.remove());
      } else {
        isWaiting = true;
        session.output().whenRead(this::read);
      }
    }
    if (isClosed || isReading || isWaiting) {
      return;
    }
    Line line = ready.poll();
    if (line != null) {
      isReading = true;
      line.reader.next(CHUNK, messages -> session.post(() -> arrived(line, messages)));
    }
  }

  private void read() {
    isWaiting = false;
    goOn();
  }

  private void write(Unwritten next) {
    session.reply(next.wire());
    lines.getOrDefault(next.group(), next.line()).given.run();
  }

  private void arrived(Line line, List<WaitingMessage> messages) {
    isReading = false;
    Spill spill = lines.getOrDefault(line.group, line).spill;
    for (WaitingMessage message : messages) {
      long offset = spill == null ? 0 : spill.giving(message.id());
      unwritten.add(new Unwritten(line, tongue.message(shown(line.group, message, offset))));
    }
    goOn();
  }

  /** Says something behind the messages that were read, as soon as the client has room for it. */
  void say(String group, TopicFrame.Outbound frame) {
    if (isClosed) { // what was read for it may still arrive, and its queue is for the next session
      return;
    }
    WireMessage wire = tongue.news(frame);
    if (unwritten.isEmpty() && session.output().hasRoom(wire.bytes().length)) {
      session.output().say(wire);
    } else {
      unwritten.add(new Unwritten(line(group), wire));
      goOn();
    }
  }

  /** Whether the client has all that was read for it. */
  boolean isWritten() {
    return unwritten.isEmpty();
  }

  private static OfflineMessage shown(String group, WaitingMessage message, long offset) {
    return new OfflineMessage(
        group,
        message.id(),
        message.payload(),
        message.deliveries(),
        message.isRedelivered(),
        offset);
  }

  /** The session has ended: what it did not acknowledge waits for its next one. */
  public void close() {
    isClosed = true;
    lines.values().forEach(line -> line.reader.detach());
    lines.clear();
    ready.clear();
    unwritten.clear();
  }
}
