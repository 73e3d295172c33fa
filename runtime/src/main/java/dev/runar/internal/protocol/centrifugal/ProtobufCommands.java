package dev.runar.internal.protocol.centrifugal;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedInputStream;
import dev.runar.internal.protocol.centrifugal.CommandDraft.Verb;
import dev.runar.internal.protocol.centrifugal.wire.Command;
import dev.runar.internal.protocol.centrifugal.wire.ConnectRequest;
import dev.runar.internal.protocol.centrifugal.wire.HistoryRequest;
import dev.runar.internal.protocol.centrifugal.wire.PublishRequest;
import dev.runar.internal.protocol.centrifugal.wire.SubRefreshRequest;
import dev.runar.internal.protocol.centrifugal.wire.SubscribeRequest;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * Reads the commands of one binary message, each behind its length as a varint. Stateless; any
 * thread. Whatever is wrong becomes an {@link CentrifugalCommand.Invalid}, with which the list
 * ends.
 */
final class ProtobufCommands {
  private ProtobufCommands() {}

  static List<CentrifugalCommand> read(byte[] message, int from, int length) {
    return Commands.read(
        new Binary(message, from, length), "Protobuf, each command behind its length");
  }

  /** The message. */
  private static final class Binary implements Commands.Source {
    private final byte[] message;
    private final int from;
    private final CodedInputStream input;

    Binary(byte[] message, int from, int length) {
      this.message = message;
      this.from = from;
      this.input = CodedInputStream.newInstance(message, from, length);
    }

    @Override
    public boolean hasNext() throws IOException {
      return !input.isAtEnd();
    }

    @Override
    public CentrifugalCommand next() throws IOException {
      int size = input.readRawVarint32();
      int at = from + input.getTotalBytesRead();
      input.skipRawBytes(size);
      return command(Command.parseFrom(ByteBuffer.wrap(message, at, size)));
    }
  }

  private static CentrifugalCommand command(Command wire) {
    var draft = new CommandDraft();
    draft.id = Integer.toUnsignedLong(wire.getId());
    if (wire.hasConnect()) {
      connect(draft, wire.getConnect());
    }
    if (wire.hasSubscribe()) {
      subscribe(draft, wire.getSubscribe());
    }
    if (wire.hasUnsubscribe()) {
      draft.verbs.add(Verb.UNSUBSCRIBE);
      draft.channel = wire.getUnsubscribe().getChannel();
    }
    if (wire.hasPublish()) {
      publish(draft, wire.getPublish());
    }
    questions(draft, wire);
    if (wire.hasRefresh()) {
      draft.verbs.add(Verb.REFRESH);
      draft.token = wire.getRefresh().getToken();
    }
    if (wire.hasSubRefresh()) {
      subRefresh(draft, wire.getSubRefresh());
    }
    return draft.command();
  }

  private static void questions(CommandDraft draft, Command wire) {
    if (wire.hasPresence()) {
      draft.verbs.add(Verb.PRESENCE);
      draft.channel = wire.getPresence().getChannel();
    }
    if (wire.hasPresenceStats()) {
      draft.verbs.add(Verb.PRESENCE_STATS);
      draft.channel = wire.getPresenceStats().getChannel();
    }
    if (wire.hasHistory()) {
      history(draft, wire.getHistory());
    }
    if (wire.hasPing()) {
      draft.verbs.add(Verb.PING);
    }
    if (wire.hasSend()) {
      draft.verbs.add(Verb.SEND);
      setData(draft, wire.getSend().getData());
    }
    if (wire.hasRpc()) {
      draft.verbs.add(Verb.RPC);
      draft.method = wire.getRpc().getMethod();
      setData(draft, wire.getRpc().getData());
    }
  }

  private static void connect(CommandDraft draft, ConnectRequest wire) {
    draft.verbs.add(Verb.CONNECT);
    draft.token = wire.getToken();
    draft.name = wire.getName();
    draft.version = wire.getVersion();
    setData(draft, wire.getData());
    if (wire.getSubsCount() > JsonCommands.MOST_SUBS) {
      draft.refuse("\"subs\" holds at most " + JsonCommands.MOST_SUBS + " channels");
      return;
    }
    wire.getSubsMap()
        .forEach(
            (channel, sub) ->
                draft.subs.put(channel, new StreamPosition(sub.getOffset(), sub.getEpoch())));
  }

  private static void subscribe(CommandDraft draft, SubscribeRequest wire) {
    draft.verbs.add(Verb.SUBSCRIBE);
    draft.channel = wire.getChannel();
    draft.token = wire.getToken();
    draft.recover = wire.getRecover();
    draft.offset = wire.getOffset();
    draft.epoch = wire.getEpoch();
    draft.type = wire.getType();
    draft.isFiltered = !wire.getFilter().isEmpty();
    checkOffset(draft, wire.getOffset());
  }

  private static void publish(CommandDraft draft, PublishRequest wire) {
    draft.verbs.add(Verb.PUBLISH);
    draft.channel = wire.getChannel();
    draft.type = wire.getType();
    draft.data = ProtobufData.payload(wire.getData());
  }

  private static void history(CommandDraft draft, HistoryRequest wire) {
    draft.verbs.add(Verb.HISTORY);
    draft.channel = wire.getChannel();
    draft.limit = wire.getLimit();
    draft.reverse = wire.getReverse();
    if (wire.hasSince()) {
      draft.since = new StreamPosition(wire.getSince().getOffset(), wire.getSince().getEpoch());
      checkOffset(draft, wire.getSince().getOffset());
    }
  }

  private static void subRefresh(CommandDraft draft, SubRefreshRequest wire) {
    draft.verbs.add(Verb.SUB_REFRESH);
    draft.channel = wire.getChannel();
    draft.token = wire.getToken();
    draft.type = wire.getType();
  }

  /** The protocol has 64 bits without a sign; so far no channel comes. */
  private static void checkOffset(CommandDraft draft, long offset) {
    if (offset < 0) {
      draft.refuse("offset must be a whole number from 0 to " + Long.MAX_VALUE);
    }
  }

  /** No bytes are no data. */
  private static void setData(CommandDraft draft, ByteString data) {
    if (!data.isEmpty()) {
      draft.data = ProtobufData.payload(data);
    }
  }
}
