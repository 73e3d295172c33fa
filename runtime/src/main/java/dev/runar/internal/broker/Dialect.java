package dev.runar.internal.broker;

import dev.runar.Payload;
import dev.runar.Payload.Kind;
import dev.runar.internal.protocol.CloseCode;
import dev.runar.internal.protocol.centrifugal.CentrifugalReply;
import dev.runar.internal.protocol.centrifugal.Disconnect;
import dev.runar.internal.protocol.centrifugal.JsonReplies;
import dev.runar.internal.protocol.centrifugal.ProtobufReplies;
import dev.runar.internal.protocol.centrifugal.Spelling;
import dev.runar.internal.protocol.pusher.PusherError;
import dev.runar.internal.protocol.pusher.PusherWriter;
import dev.runar.internal.protocol.topic.BytesFrame;
import dev.runar.internal.protocol.topic.TopicWriter;
import org.jspecify.annotations.Nullable;

/**
 * The wire protocols that a publication can be written in, and the forms of each: a session speaks
 * one of them from its beginning to its end. Stateless; any thread.
 */
public enum Dialect {
  /** {@code /topics}: JSON text; bytes as base64. */
  TOPICS(0) {
    @Override
    byte[] head(String topic) {
      return TopicWriter.head(topic);
    }

    @Override
    WireMessage publication(byte[] head, long offset, Payload payload) {
      return WireMessage.text(TopicWriter.publication(head, offset, payload));
    }

    @Override
    WireMessage announcement(byte[] head, long offset, Payload payload) {
      return WireMessage.text(payload.encoded());
    }
  },

  /** {@code /app/{key}}: the Pusher Channels protocol. */
  PUSHER(1) {
    @Override
    byte[] head(String topic) {
      return PusherWriter.head(topic);
    }

    @Override
    WireMessage publication(byte[] head, long offset, Payload payload) {
      return WireMessage.text(PusherWriter.publication(head, payload));
    }

    // 4008 would keep it away for good.
    @Override
    int slowCode() {
      return PusherError.OVER_CAPACITY.code();
    }
  },

  /** {@code /topics}: JSON text; bytes as one binary message, and nothing else in it. */
  TOPICS_RAW(2) {
    @Override
    Dialect formOf(Kind kind) {
      return kind == Kind.BYTES ? this : TOPICS;
    }

    @Override
    byte[] head(String topic) {
      return TopicWriter.head(topic);
    }

    @Override
    WireMessage publication(byte[] head, long offset, Payload payload) {
      return payload.kind() == Kind.BYTES
          ? new WireMessage(payload.encoded(), true)
          : TOPICS.publication(head, offset, payload);
    }
  },

  /** {@code /topics}: JSON text; bytes as one binary message, behind a {@link BytesFrame} head. */
  TOPICS_FRAMED(3) {
    @Override
    Dialect formOf(Kind kind) {
      return kind == Kind.BYTES ? this : TOPICS;
    }

    @Override
    byte[] head(String topic) {
      return TopicWriter.head(topic);
    }

    @Override
    byte[] head(String topic, long number) {
      return BytesFrame.head(number);
    }

    @Override
    WireMessage publication(byte[] head, long offset, Payload payload) {
      return payload.kind() == Kind.BYTES
          ? new WireMessage(BytesFrame.event(head, offset, payload.encoded()), true)
          : TOPICS.publication(head, offset, payload);
    }

    @Override
    WireMessage name(String topic, long number) {
      return WireMessage.text(TopicWriter.name(topic, number));
    }
  },

  /** {@code /connection/websocket}: the Centrifugal client protocol as JSON. */
  CENTRIFUGAL_JSON(4, Spelling.JSON) {
    @Override
    byte[] head(String topic) {
      return JsonReplies.head(topic);
    }

    @Override
    WireMessage publication(byte[] head, long offset, Payload payload) {
      return WireMessage.text(JsonReplies.publication(head, offset, payload));
    }

    @Override
    WireMessage announcement(byte[] head, long offset, Payload payload) {
      return WireMessage.text(payload.encoded());
    }

    @Override
    Outgoing direct(Payload message) {
      return Outgoing.text(JsonReplies.message(message));
    }
  },

  /** {@code /connection/websocket}: the Centrifugal client protocol as Protobuf. */
  CENTRIFUGAL_PROTOBUF(5, Spelling.PROTOBUF) {
    @Override
    byte[] head(String topic) {
      return ProtobufReplies.head(topic);
    }

    @Override
    WireMessage publication(byte[] head, long offset, Payload payload) {
      return WireMessage.binary(ProtobufReplies.publication(head, offset, payload));
    }

    @Override
    WireMessage announcement(byte[] head, long offset, Payload payload) {
      return WireMessage.binary(payload.encoded());
    }

    @Override
    Outgoing direct(Payload message) {
      byte[] bytes = ProtobufReplies.message(message);
      return new Outgoing(Payload.encoded(Kind.BYTES, bytes), true);
    }
  };

  static final int COUNT = values().length;

  private static final int LEAST_DISCONNECT = 3_000;

  private final int index;

  /** Null: it is not the Centrifugal client protocol. */
  private final @Nullable Spelling spelling;

  Dialect(int index) {
    this(index, null);
  }

  Dialect(int index, @Nullable Spelling spelling) {
    this.index = index;
    this.spelling = spelling;
  }

  /** Its place in tables, from 0 and below {@link #COUNT}. */
  int index() {
    return index;
  }

  /** What a client is closed with that reads too slowly. */
  int slowCode() {
    return spelling == null ? CloseCode.SLOW : Disconnect.SLOW.code();
  }

  /** How it says a close code of WebSocket. */
  int closeCode(int code) {
    return spelling != null && code == CloseCode.GOING_AWAY ? Disconnect.SHUTDOWN.code() : code;
  }

  /**
   * Says why a session ends, where its connection has no close codes; null: it says nothing. That
   * is only of the protocol's own codes: after any other end its clients come again by themselves.
   */
  public @Nullable WireMessage farewell(int code, String reason) {
    return spelling == null || code < LEAST_DISCONNECT
        ? null
        : new WireMessage(
            spelling.write(new CentrifugalReply.Disconnected(code, reason)), spelling.isBinary());
  }

  /** A message to one session that is of no topic. */
  Outgoing direct(Payload message) {
    return Outgoing.of(message);
  }

  /** What {@link Channel#announce} tells; by itself it is written as a publication. */
  WireMessage announcement(byte[] head, long offset, Payload payload) {
    return publication(head, offset, payload);
  }

  /** The form in which a payload of this kind is the same bytes: it is made once for both. */
  Dialect formOf(Kind kind) {
    return this;
  }

  /** What every publication on the topic begins with; made once per channel. */
  abstract byte[] head(String topic);

  /** As {@link #head(String)}, of the channel with this number. */
  byte[] head(String topic, long number) {
    return head(topic);
  }

  /**
   * Tells who sees the channel by a pattern what its number stands for; null where publications
   * name their topic themselves.
   */
  @Nullable WireMessage name(String topic, long number) {
    return null;
  }

  /** Publications of bytes name their channel by its number. */
  boolean isNumbered() {
    return this == TOPICS_FRAMED;
  }

  /** One publication, made once however many clients get it. */
  abstract WireMessage publication(byte[] head, long offset, Payload payload);
}
