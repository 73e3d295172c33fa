package dev.runar.internal.broker.centrifugal;

import dev.runar.Payload;
import dev.runar.RunarException;
import dev.runar.RunarException.Code;
import dev.runar.internal.broker.ClientSession;
import dev.runar.internal.broker.Inbox;
import dev.runar.internal.broker.InboxFrames;
import dev.runar.internal.broker.WireMessage;
import dev.runar.internal.broker.offline.OfflineQueues;
import dev.runar.internal.node.Failures;
import dev.runar.internal.protocol.Client;
import dev.runar.internal.protocol.OfflineMessage;
import dev.runar.internal.protocol.centrifugal.CentrifugalCommand;
import dev.runar.internal.protocol.centrifugal.CentrifugalReply;
import dev.runar.internal.protocol.topic.TopicFrame;
import dev.runar.internal.protocol.topic.TopicReader;
import dev.runar.internal.protocol.topic.TopicWriter;
import org.jspecify.annotations.Nullable;

/**
 * The offline messages of one client, which asks for them by calls that need nothing of its
 * library: what {@code /topics} has as frames is the data of a call, its answer the result, and the
 * messages come as those of the protocol that are of no channel. Lane's thread only.
 */
final class OfflineCalls implements Inbox.Tongue {
  private static final String PREFIX = "$offline/";

  private final ClientSession session;
  private final Replies replies;
  private final Client who;

  /** What the device is called: another one in each session, unless it says so. */
  private String client;

  /** From the first frame on, be it the one that names the device. */
  private @Nullable InboxFrames frames;

  OfflineCalls(ClientSession session, Replies replies, Client who) {
    this.session = session;
    this.replies = replies;
    this.who = who;
    this.client = who.client();
  }

  static boolean isFor(String method) {
    return method.startsWith(PREFIX);
  }

  @Nullable Inbox inbox() {
    return frames == null ? null : frames.inbox();
  }

  /**
   * Answers one call.
   *
   * @throws RunarException when it cannot be done
   */
  void take(CentrifugalCommand.Rpc wanted) {
    byte[] data = wanted.data().encoded();
    String verb = wanted.method().substring(PREFIX.length());
    switch (TopicReader.read(data, 0, data.length)) {
      case TopicFrame.Invalid(var problem, var id) -> throw wrong(problem);
      case TopicFrame.Connect connect when verb.equals("connect") -> name(connect, wanted.id());
      case TopicFrame.OfInbox frame when verb.equals(verb(frame)) ->
          frames().take(frame, new Answers(wanted));
      default -> throw wrong("the data of " + wanted.method() + " is {\"" + verb + "\":…}");
    }
  }

  private static RunarException wrong(String problem) {
    return new RunarException(Code.INVALID_INPUT, problem);
  }

  private static String verb(TopicFrame.OfInbox frame) {
    return switch (frame) {
      case TopicFrame.ReadUnacked unacked -> "unacked";
      case TopicFrame.Ack ack -> "ack";
      case TopicFrame.Nack nack -> "nack";
    };
  }

  private void name(TopicFrame.Connect connect, long id) {
    String name = connect.client();
    if (name == null || !connect.token().isEmpty()) {
      throw wrong("the data of $offline/connect is {\"connect\":{\"client\":\"…\"}}");
    }
    if (frames != null && !name.equals(client)) {
      throw new RunarException(
          Code.PROTOCOL, "the session is of the client \"" + client + "\" already");
    }
    client = name;
    begin(); // a channel that spills asks who it is, not what it has read
    tell(id, new TopicFrame.Connected(session.id(), who.user(), name, 0, null));
  }

  private InboxFrames frames() {
    InboxFrames known = begin();
    if (known == null) {
      throw new RunarException(
          Code.PERMISSION_DENIED, "offline messages are of a user: connect with a token first");
    }
    return known;
  }

  /** Null: the client is nobody's, or there are no queues. */
  private @Nullable InboxFrames begin() {
    OfflineQueues queues = session.broker().clients().offline();
    if (frames == null && !who.user().isEmpty() && queues != null) {
      frames = new InboxFrames(session, new Inbox(session, queues, who.user(), client, this));
    }
    return frames;
  }

  /** Who is told of one call. */
  private final class Answers implements InboxFrames.Answers {
    private final CentrifugalCommand.Rpc wanted;

    Answers(CentrifugalCommand.Rpc wanted) {
      this.wanted = wanted;
    }

    @Override
    public void answer(TopicFrame.Outbound frame) {
      tell(wanted.id(), frame);
    }

    @Override
    public void fail(Throwable error, @Nullable String id) {
      replies.fail(wanted.id(), wanted.method(), Failures.of(error));
      replies.flush();
    }
  }

  private void tell(long id, TopicFrame.Outbound frame) {
    replies.now(new CentrifugalReply.Result(id, json(TopicWriter.write(frame))));
  }

  private static Payload json(byte[] text) {
    return Payload.encoded(Payload.Kind.JSON, text);
  }

  @Override
  public WireMessage message(OfflineMessage message) {
    return session.direct(json(message.json("offline")));
  }

  @Override
  public WireMessage news(TopicFrame.Outbound frame) {
    return session.direct(json(TopicWriter.write(frame)));
  }

  /** The session has ended. */
  void close() {
    if (frames != null) {
      frames.inbox().close();
    }
  }
}
