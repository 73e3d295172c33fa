package dev.runar.internal.protocol.centrifugal;

import dev.runar.internal.json.JsonBytes;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** How the protocol is spelled on a connection. Stateless; any thread. */
public enum Spelling {
  /** JSON objects in text messages, one a line. */
  JSON {
    @Override
    public List<CentrifugalCommand> read(byte[] message, int from, int length) {
      return JsonCommands.read(message, from, length);
    }

    @Override
    public byte[] write(CentrifugalReply reply) {
      return JsonReplies.write(reply);
    }

    @Override
    public byte[] join(List<byte[]> replies) {
      var joined = new JsonBytes(replies.stream().mapToInt(reply -> reply.length + 1).sum());
      String separator = "";
      for (byte[] reply : replies) {
        joined.ascii(separator).raw(reply);
        separator = "\n";
      }
      return joined.done();
    }

    @Override
    public byte[] ping() {
      return JsonReplies.PING.getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public boolean isBinary() {
      return false;
    }
  },

  /** Protocol Buffers in binary messages, each behind its length. */
  PROTOBUF {
    @Override
    public List<CentrifugalCommand> read(byte[] message, int from, int length) {
      return ProtobufCommands.read(message, from, length);
    }

    @Override
    public byte[] write(CentrifugalReply reply) {
      return ProtobufReplies.write(reply);
    }

    @Override
    public byte[] join(List<byte[]> replies) {
      var joined = new JsonBytes(replies.stream().mapToInt(reply -> reply.length).sum());
      replies.forEach(joined::raw);
      return joined.done();
    }

    @Override
    public byte[] ping() {
      return new byte[] {0}; // a reply without anything
    }

    @Override
    public boolean isBinary() {
      return true;
    }
  };

  /**
   * Reads the commands of one message; if one is malformed, it is the last.
   *
   * @param message text is known to be UTF-8
   */
  public abstract List<CentrifugalCommand> read(byte[] message, int from, int length);

  /** Writes a reply, ready to be joined. */
  public abstract byte[] write(CentrifugalReply reply);

  /** One message with several replies. */
  public abstract byte[] join(List<byte[]> replies);

  /** A message that asks a client whether it is there. */
  public abstract byte[] ping();

  /** Its messages are binary. */
  public abstract boolean isBinary();
}
