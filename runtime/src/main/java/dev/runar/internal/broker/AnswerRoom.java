package dev.runar.internal.broker;

import dev.runar.Payload;
import dev.runar.RunarException;
import dev.runar.RunarException.Code;
import java.util.List;

/**
 * What may still wait for one client, beside what waits for it already: so much of what is
 * remembered goes into its answers, as more would disconnect it. Lane's thread only.
 */
public final class AnswerRoom {
  /** What a subscription takes of an answer beside its topic and what it has missed. */
  private static final int SUBSCRIPTION_BYTES = 128;

  private final boolean isAll;
  private long left;

  /**
   * That of a client.
   *
   * @param unwritten bytes of other answers that will be written first
   */
  public AnswerRoom(ClientSession session, long unwritten) {
    this.left = session.output().room() - unwritten;
    this.isAll = left == session.broker().options().sessionBytes();
  }

  /** The bytes that are left. */
  long left() {
    return left;
  }

  /** Whether an answer fits that cannot be shortened; where nothing else waits it always does. */
  public boolean fits(int bytes) {
    return isAll || bytes <= left;
  }

  /**
   * Writes an answer that cannot be shortened.
   *
   * @throws RunarException {@code OVERLOADED}, as with what waits it would disconnect the client
   */
  static void reply(ClientSession session, byte[] answer) {
    if (!new AnswerRoom(session, 0).fits(answer.length)) {
      throw new RunarException(
          Code.OVERLOADED,
          "an answer of " + answer.length + " bytes has no room beside what waits");
    }
    session.reply(answer);
  }

  /** The first of them that fit; one of them at least, so that whoever pages gets on. */
  public List<Remembered> page(List<Remembered> publications, String topic) {
    int count = 0;
    for (Remembered each : publications) {
      left -= wireBytes(each.payload(), topic);
      if (left < 0 && count > 0) {
        break;
      }
      count++;
    }
    return publications.subList(0, count);
  }

  /** A subscription is answered with all that it has missed. */
  void take(List<Remembered> missed, String topic) {
    left -= SUBSCRIPTION_BYTES + topic.length();
    for (Remembered each : missed) {
      left -= wireBytes(each.payload(), topic);
    }
  }

  private static long wireBytes(Payload payload, String topic) {
    return ChannelHistory.wireBytes(payload, topic.length());
  }
}
