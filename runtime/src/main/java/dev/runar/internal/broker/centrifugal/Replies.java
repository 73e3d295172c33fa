package dev.runar.internal.broker.centrifugal;

import dev.runar.RunarException;
import dev.runar.internal.broker.AnswerRoom;
import dev.runar.internal.broker.ClientSession;
import dev.runar.internal.broker.Pace;
import dev.runar.internal.broker.WireMessage;
import dev.runar.internal.protocol.PublicError;
import dev.runar.internal.protocol.centrifugal.CentrifugalError;
import dev.runar.internal.protocol.centrifugal.CentrifugalReply;
import dev.runar.internal.protocol.centrifugal.Disconnect;
import dev.runar.internal.protocol.centrifugal.Spelling;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * What one client is told. Lane's thread only. Replies to the commands of one message are put
 * together and go as one message.
 */
final class Replies {
  private static final Logger LOG = System.getLogger(Replies.class.getName());
  private static final int LEAST_DISCONNECT = 3_000;

  /** So many bytes wait for others at most. */
  private static final int MOST_WAITING = 64 << 10;

  /** What a client may have refused at once, and how fast it comes again. */
  private static final int ERRORS_AT_ONCE = 500;

  private static final long REFILL_NANOS = TimeUnit.SECONDS.toNanos(5);

  private final ClientSession session;
  private final Spelling spelling;
  private final CentrifugalStats stats;
  private final Pace errors;
  private final List<byte[]> waiting = new ArrayList<>(2);
  private int bytes;

  Replies(ClientSession session, Spelling spelling, Setting setting) {
    this.session = session;
    this.spelling = spelling;
    this.stats = setting.stats();
    this.errors = new Pace(setting.clients().clock());
  }

  Spelling spelling() {
    return spelling;
  }

  /** Goes with the next {@link #flush}. */
  void add(CentrifugalReply reply) {
    add(spelling.write(reply));
  }

  /** As {@link #add}; for one that may be large and is refused where it would be too much. */
  void addIfRoom(CentrifugalReply.Answer reply) {
    byte[] written = spelling.write(reply);
    if (room().fits(written.length)) {
      add(written);
    } else {
      String problem = "an answer of " + written.length + " bytes has no room beside what waits";
      refuse(reply.id(), CentrifugalError.TOO_MANY_REQUESTS, problem);
    }
  }

  /** What the next answer may take. */
  AnswerRoom room() {
    return new AnswerRoom(session, bytes);
  }

  private void add(byte[] written) {
    waiting.add(written);
    bytes += written.length;
    if (bytes >= MOST_WAITING) {
      flush();
    }
  }

  /** Goes at once, behind what has waited. */
  void now(CentrifugalReply reply) {
    add(reply);
    flush();
  }

  /** Sends what has waited. */
  void flush() {
    if (waiting.isEmpty()) {
      return;
    }
    byte[] message = waiting.size() == 1 ? waiting.get(0) : spelling.join(waiting);
    waiting.clear();
    bytes = 0;
    session.reply(new WireMessage(message, spelling.isBinary()));
  }

  /** Refuses a command. */
  void refuse(long id, CentrifugalError error, String detail) {
    refuse(
        new CentrifugalReply.Failed(
            id, error.code(), error.text() + ": " + detail, error.isTemporary()));
  }

  /** Refuses a command. */
  void refuse(CentrifugalReply.Failed failed) {
    stats.error(failed.code());
    add(failed);
    if (session.isOpen() && !errors.allows(ERRORS_AT_ONCE, REFILL_NANOS)) {
      disconnect(Disconnect.TOO_MANY_ERRORS, "");
    }
  }

  /**
   * Refuses a command as a token says.
   *
   * @param code below 3000 an error of the protocol, else what the session is closed with
   */
  void refuse(long id, int code, String reason) {
    if (code >= LEAST_DISCONNECT) {
      disconnect(code, reason);
    } else {
      boolean isTemporary =
          code == CentrifugalError.INTERNAL.code()
              || code == CentrifugalError.TOO_MANY_REQUESTS.code();
      refuse(new CentrifugalReply.Failed(id, code, reason, isTemporary));
    }
  }

  /** A token could not be checked, which is nobody's fault but ours. */
  void uncheckedToken(long id, RunarException failure) {
    LOG.log(Level.WARNING, "a token could not be checked session=" + session.id(), failure);
    refuse(id, CentrifugalError.INTERNAL, "the token could not be checked");
  }

  /**
   * Tells what a failure of the node's own or of a service lets be seen.
   *
   * @param path what was asked
   */
  void fail(long id, String path, RunarException failure) {
    PublicError shown = session.lane().failures().shown(path, "session " + session.id(), failure);
    refuse(CallFailure.of(id, shown));
  }

  /** Says why, and no more. */
  void disconnect(Disconnect why, String detail) {
    disconnect(why.code(), detail.isEmpty() ? why.reason() : why.reason() + ": " + detail);
  }

  /** Says why, and no more. */
  void disconnect(int code, String reason) {
    if (session.isOpen()) {
      flush();
      session.close(code, reason);
    }
  }
}
