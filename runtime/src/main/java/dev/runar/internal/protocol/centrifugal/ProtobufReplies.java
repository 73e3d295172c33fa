package dev.runar.internal.protocol.centrifugal;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.UnsafeByteOperations;
import dev.runar.Payload;
import dev.runar.internal.protocol.Client;
import dev.runar.internal.protocol.centrifugal.wire.ClientInfo;
import dev.runar.internal.protocol.centrifugal.wire.ConnectResult;
import dev.runar.internal.protocol.centrifugal.wire.Disconnect;
import dev.runar.internal.protocol.centrifugal.wire.Error;
import dev.runar.internal.protocol.centrifugal.wire.HistoryResult;
import dev.runar.internal.protocol.centrifugal.wire.Join;
import dev.runar.internal.protocol.centrifugal.wire.Leave;
import dev.runar.internal.protocol.centrifugal.wire.Message;
import dev.runar.internal.protocol.centrifugal.wire.PresenceResult;
import dev.runar.internal.protocol.centrifugal.wire.PresenceStatsResult;
import dev.runar.internal.protocol.centrifugal.wire.Publication;
import dev.runar.internal.protocol.centrifugal.wire.PublishResult;
import dev.runar.internal.protocol.centrifugal.wire.Push;
import dev.runar.internal.protocol.centrifugal.wire.RefreshResult;
import dev.runar.internal.protocol.centrifugal.wire.Reply;
import dev.runar.internal.protocol.centrifugal.wire.RpcResult;
import dev.runar.internal.protocol.centrifugal.wire.SubRefreshResult;
import dev.runar.internal.protocol.centrifugal.wire.SubscribeResult;
import dev.runar.internal.protocol.centrifugal.wire.Unsubscribe;
import dev.runar.internal.protocol.centrifugal.wire.UnsubscribeResult;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Writes what the node says in the binary form, each reply behind its length as a varint.
 * Stateless; any thread.
 */
public final class ProtobufReplies {
  private ProtobufReplies() {}

  /** What every publication on a channel names; made once per channel. */
  public static byte[] head(String channel) {
    return channel.getBytes(StandardCharsets.UTF_8);
  }

  /** One publication. */
  public static byte[] publication(byte[] head, long offset, Payload payload) {
    Push.Builder push = Push.newBuilder().setChannelBytes(UnsafeByteOperations.unsafeWrap(head));
    return delimited(push.setPub(publication(offset, payload)));
  }

  /** A message to one session that is of no channel. */
  public static byte[] message(Payload payload) {
    Message.Builder message = Message.newBuilder().setData(ProtobufData.bytes(payload));
    return delimited(Push.newBuilder().setMessage(message));
  }

  /** Any other reply. */
  static byte[] write(CentrifugalReply reply) {
    return switch (reply) {
      case CentrifugalReply.Answer answer ->
          delimited(answer(answer).setId((int) answer.id()).build());
      case CentrifugalReply.Push push -> delimited(push(push).setChannel(push.channel()));
      case CentrifugalReply.Disconnected(var code, var reason) ->
          delimited(
              Push.newBuilder()
                  .setDisconnect(Disconnect.newBuilder().setCode(code).setReason(reason)));
    };
  }

  private static Reply.Builder answer(CentrifugalReply.Answer answer) {
    Reply.Builder reply = Reply.newBuilder();
    return switch (answer) {
      case CentrifugalReply.Failed(var id, var code, var message, var isTemporary) ->
          reply.setError(
              Error.newBuilder().setCode(code).setMessage(message).setTemporary(isTemporary));
      case CentrifugalReply.Connected connected -> reply.setConnect(connected(connected));
      case CentrifugalReply.Subscribed(var id, var granted) -> reply.setSubscribe(granted(granted));
      case CentrifugalReply.Unsubscribed(var id) ->
          reply.setUnsubscribe(UnsubscribeResult.getDefaultInstance());
      case CentrifugalReply.Published(var id) ->
          reply.setPublish(PublishResult.getDefaultInstance());
      case CentrifugalReply.Presence presence -> reply.setPresence(presence(presence));
      case CentrifugalReply.PresenceStats(var id, var clients, var users) ->
          reply.setPresenceStats(
              PresenceStatsResult.newBuilder().setNumClients(clients).setNumUsers(users));
      case CentrifugalReply.History history -> reply.setHistory(history(history));
      case CentrifugalReply.Result(var id, var data) ->
          reply.setRpc(RpcResult.newBuilder().setData(ProtobufData.bytes(data)));
      case CentrifugalReply.Refreshed(var id, var client, var ttl) ->
          reply.setRefresh(
              RefreshResult.newBuilder().setClient(client).setExpires(ttl != 0).setTtl((int) ttl));
      case CentrifugalReply.SubRefreshed(var id, var ttl) ->
          reply.setSubRefresh(SubRefreshResult.newBuilder().setExpires(ttl != 0).setTtl((int) ttl));
    };
  }

  private static Push.Builder push(CentrifugalReply.Push push) {
    return switch (push) {
      case CentrifugalReply.Joined(var channel, var who) ->
          Push.newBuilder().setJoin(Join.newBuilder().setInfo(client(who)));
      case CentrifugalReply.Left(var channel, var who) ->
          Push.newBuilder().setLeave(Leave.newBuilder().setInfo(client(who)));
      case CentrifugalReply.Ended(var channel, var code, var reason) ->
          Push.newBuilder()
              .setUnsubscribe(Unsubscribe.newBuilder().setCode(code).setReason(reason));
    };
  }

  private static ConnectResult.Builder connected(CentrifugalReply.Connected connected) {
    ConnectResult.Builder result =
        ConnectResult.newBuilder()
            .setClient(connected.client())
            .setExpires(connected.ttl() != 0)
            .setTtl((int) connected.ttl())
            .setPing(connected.pingSeconds())
            .setPong(true)
            .setSession(connected.session())
            .setData(info(connected.data()));
    connected.subs().forEach((channel, sub) -> result.putSubs(channel, granted(sub).build()));
    return result;
  }

  private static SubscribeResult.Builder granted(CentrifugalReply.Granted granted) {
    SubscribeResult.Builder result =
        SubscribeResult.newBuilder()
            .setExpires(granted.ttl() != 0)
            .setTtl((int) granted.ttl())
            .setWasRecovering(granted.wasRecovering())
            .setRecovered(granted.isRecovered());
    StreamPosition position = granted.position();
    if (position != null) {
      result.setRecoverable(true).setPositioned(true);
      result.setEpoch(position.epoch()).setOffset(position.offset());
    }
    granted.missed().forEach(past -> result.addPublications(past(past)));
    return result;
  }

  private static HistoryResult.Builder history(CentrifugalReply.History history) {
    HistoryResult.Builder result =
        HistoryResult.newBuilder()
            .setEpoch(history.position().epoch())
            .setOffset(history.position().offset());
    history.publications().forEach(past -> result.addPublications(past(past)));
    return result;
  }

  private static PresenceResult.Builder presence(CentrifugalReply.Presence presence) {
    PresenceResult.Builder result = PresenceResult.newBuilder();
    presence.clients().forEach((session, who) -> result.putPresence(session, client(who)));
    return result;
  }

  private static ClientInfo client(Client who) {
    return ClientInfo.newBuilder()
        .setUser(who.user())
        .setClient(who.client())
        .setConnInfo(info(who.info()))
        .setChanInfo(info(who.channelInfo()))
        .build();
  }

  private static ByteString info(@Nullable Payload info) {
    return info == null ? ByteString.EMPTY : ProtobufData.bytes(info);
  }

  private static Publication.Builder past(CentrifugalReply.Past past) {
    return publication(past.offset(), past.data());
  }

  private static Publication.Builder publication(long offset, Payload payload) {
    return Publication.newBuilder().setData(ProtobufData.bytes(payload)).setOffset(offset);
  }

  private static byte[] delimited(Push.Builder push) {
    return delimited(Reply.newBuilder().setPush(push).build());
  }

  private static byte[] delimited(Reply reply) {
    int size = reply.getSerializedSize();
    byte[] bytes = new byte[CodedOutputStream.computeUInt32SizeNoTag(size) + size];
    try {
      CodedOutputStream output = CodedOutputStream.newInstance(bytes);
      output.writeUInt32NoTag(size);
      reply.writeTo(output);
      output.checkNoSpaceLeft();
    } catch (IOException e) {
      throw new UncheckedIOException("an array has room for what was measured", e);
    }
    return bytes;
  }
}
