package dev.runar.internal.broker;

import dev.runar.Payload;
import dev.runar.internal.protocol.CloseCode;
import dev.runar.internal.protocol.centrifugal.Disconnect;
import dev.runar.internal.protocol.centrifugal.JsonReplies;
import dev.runar.internal.protocol.pusher.PusherError;
import dev.runar.internal.protocol.pusher.PusherWriter;
import dev.runar.internal.protocol.topic.TopicWriter;

/** The wire protocols that a publication can be written in. Stateless; any thread. */
public enum Dialect {
  /** {@code /topics}: JSON text. */
  TOPICS(0) {
    @Override
    byte[] head(String topic) {
      return TopicWriter.head(topic);
    }

    @Override
    WireMessage publication(byte[] head, long offset, Payload payload) {
      return WireMessage.text(TopicWriter.publication(head, offset, payload));
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

  /** {@code /connection/websocket}: the Centrifugal client protocol as JSON. */
  CENTRIFUGAL_JSON(2) {
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

    @Override
    int slowCode() {
      return Disconnect.SLOW.code();
    }

    @Override
    int closeCode(int code) {
      return code == CloseCode.GOING_AWAY ? Disconnect.SHUTDOWN.code() : code;
    }
  };

  static final int COUNT = values().length;

  private final int index;

  Dialect(int index) {
    this.index = index;
  }

  /** Its place in tables, from 0 and below {@link #COUNT}. */
  int index() {
    return index;
  }

  /** What a client is closed with that reads too slowly. */
  int slowCode() {
    return CloseCode.SLOW;
  }

  /** How it says a close code of WebSocket. */
  int closeCode(int code) {
    return code;
  }

  /** A message to one session that is of no topic. */
  Outgoing direct(Payload message) {
    return Outgoing.of(message);
  }

  /** What {@link Channel#announce} tells; by itself it is written as a publication. */
  WireMessage announcement(byte[] head, long offset, Payload payload) {
    return publication(head, offset, payload);
  }

  /** What every publication on the topic begins with; made once per channel. */
  abstract byte[] head(String topic);

  /** One publication, made once however many clients get it. */
  abstract WireMessage publication(byte[] head, long offset, Payload payload);
}
