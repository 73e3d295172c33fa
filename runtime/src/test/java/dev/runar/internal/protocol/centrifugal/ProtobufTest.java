package dev.runar.internal.protocol.centrifugal;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.runar.Payload;
import dev.runar.internal.protocol.centrifugal.wire.Command;
import dev.runar.internal.protocol.centrifugal.wire.ConnectRequest;
import dev.runar.internal.protocol.centrifugal.wire.HistoryRequest;
import dev.runar.internal.protocol.centrifugal.wire.PublishRequest;
import dev.runar.internal.protocol.centrifugal.wire.Reply;
import dev.runar.internal.protocol.centrifugal.wire.RpcRequest;
import dev.runar.internal.protocol.centrifugal.wire.SubscribeRequest;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ProtobufTest {
  private static byte[] message(Command... commands) throws IOException {
    var out = new ByteArrayOutputStream();
    for (Command command : commands) {
      command.writeDelimitedTo(out);
    }
    return out.toByteArray();
  }

  private static List<CentrifugalCommand> read(byte[] message) {
    byte[] within = new byte[message.length + 4];
    Arrays.fill(within, (byte) '#');
    System.arraycopy(message, 0, within, 2, message.length);
    return ProtobufCommands.read(within, 2, message.length);
  }

  private static PublishRequest publish(byte... data) {
    return PublishRequest.newBuilder().setChannel("a").setData(ByteString.copyFrom(data)).build();
  }

  @Test
  void commandsOfOneMessage() throws IOException {
    var position =
        dev.runar.internal.protocol.centrifugal.wire.StreamPosition.newBuilder()
            .setOffset(3)
            .setEpoch("e");
    assertThat(
            read(
                message(
                    Command.newBuilder()
                        .setId(1)
                        .setConnect(
                            ConnectRequest.newBuilder()
                                .setToken("t")
                                .putSubs("s", SubscribeRequest.newBuilder().setOffset(2).build()))
                        .build(),
                    Command.newBuilder()
                        .setId(2)
                        .setSubscribe(
                            SubscribeRequest.newBuilder()
                                .setChannel("a")
                                .setRecover(true)
                                .setOffset(7)
                                .setEpoch("e"))
                        .build(),
                    Command.newBuilder()
                        .setId(3)
                        .setHistory(
                            HistoryRequest.newBuilder()
                                .setChannel("a")
                                .setLimit(-1)
                                .setSince(position)
                                .setReverse(true))
                        .build(),
                    Command.newBuilder()
                        .setId(4)
                        .setRpc(RpcRequest.newBuilder().setMethod("m"))
                        .build(),
                    Command.getDefaultInstance())))
        .containsExactly(
            new CentrifugalCommand.Connect(
                1, "t", null, "", "", Map.of("s", new StreamPosition(2, ""))),
            new CentrifugalCommand.Subscribe(2, "a", "", new StreamPosition(7, "e")),
            new CentrifugalCommand.History(3, "a", -1, new StreamPosition(3, "e"), true),
            new CentrifugalCommand.Rpc(4, "m", Payload.json("null")),
            new CentrifugalCommand.Pong());
  }

  @Test
  void bytesThatAreJsonAreJson() throws IOException {
    assertThat(published("{\"a\": [1,\"é\"]}".getBytes(UTF_8)))
        .isEqualTo(Payload.json("{\"a\": [1,\"é\"]}"));
    assertThat(published(" \"text\" ".getBytes(UTF_8))).isEqualTo(Payload.json(" \"text\" "));
    assertThat(published("-1".getBytes(UTF_8))).isEqualTo(Payload.json("-1"));
    for (String other : List.of("", "{", "{}{}", "hello", "\"open", "nul", "{a:1}", "01")) {
      assertThat(published(other.getBytes(UTF_8))).isEqualTo(Payload.bytes(other.getBytes(UTF_8)));
    }
    byte[] notUtf8 = {'"', (byte) 0xff, '"'};
    assertThat(published(notUtf8)).isEqualTo(Payload.bytes(notUtf8));
  }

  private static Payload published(byte[] data) throws IOException {
    List<CentrifugalCommand> read =
        read(message(Command.newBuilder().setId(1).setPublish(publish(data)).build()));
    return ((CentrifugalCommand.Publish) read.getFirst()).data();
  }

  @Test
  void whatIsMalformedEndsTheList() throws IOException {
    byte[] good = message(Command.newBuilder().setId(1).setPublish(publish((byte) 1)).build());
    for (int length = 0; length < good.length; length++) {
      assertThat(read(Arrays.copyOf(good, length)))
          .last()
          .isInstanceOf(CentrifugalCommand.Invalid.class);
    }
    assertThat(read(new byte[] {-1, -1, -1, -1, -1}))
        .singleElement()
        .isInstanceOf(CentrifugalCommand.Invalid.class);
    assertThat(read(message(Command.newBuilder().setPublish(publish()).build())))
        .singleElement()
        .isInstanceOf(CentrifugalCommand.Invalid.class);
  }

  @Test
  void whateverComesIsRead() {
    var random = new Random(7);
    for (int i = 0; i < 20_000; i++) {
      byte[] bytes = new byte[random.nextInt(40)];
      random.nextBytes(bytes);
      assertThat(read(bytes)).isNotEmpty();
    }
  }

  @Test
  void aPublicationIsBehindItsLength() throws IOException {
    byte[] written =
        ProtobufReplies.publication(
            ProtobufReplies.head("chat/é"), 7, Payload.bytes(new byte[] {1, 2}));
    Reply reply = Reply.parseFrom(Arrays.copyOfRange(written, 1, written.length));
    assertThat((int) written[0]).isEqualTo(written.length - 1);
    assertThat(reply.getPush().getChannel()).isEqualTo("chat/é");
    assertThat(reply.getPush().getPub().getOffset()).isEqualTo(7);
    assertThat(reply.getPush().getPub().getData().toByteArray()).containsExactly(1, 2);
  }

  @Test
  void aPingIsAnEmptyReply() throws IOException {
    assertThat(Spelling.PROTOBUF.ping()).containsExactly(0);
    assertThat(Reply.parseFrom(new byte[0])).isEqualTo(Reply.getDefaultInstance());
  }
}
