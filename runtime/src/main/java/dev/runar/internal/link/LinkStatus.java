package dev.runar.internal.link;

/**
 * What one link carries; all but what waits is counted from its beginning.
 *
 * @param name of the program at the other end, such as {@code node 4711}
 * @param end why it is over; empty: it is not
 * @param callbacks what the program is given to do
 * @param pending calls and events that it has begun, or been given, and not answered
 * @param failed callbacks that threw; each was reported
 * @param asked what it has asked and is not answered
 * @param bytesIn what has come
 * @param bytesOut what the transport has taken
 * @param waitingBytes what waits for the transport
 * @param refused frames that found too much waiting
 * @param refusedThere frames that the program could not send as too much was waiting there
 * @param lostLines lines of the log that found too much waiting
 * @param lateDrains times that the program came to what was sent without having been told of it
 */
public record LinkStatus(
    String name,
    String end,
    Callbacks callbacks,
    int pending,
    long failed,
    int asked,
    long bytesIn,
    long bytesOut,
    long waitingBytes,
    long refused,
    long refusedThere,
    long lostLines,
    long lateDrains) {

  /**
   * The queue of the program's callbacks.
   *
   * @param waiting were posted and have not begun
   * @param waitingBytes their bytes
   * @param queued were posted
   * @param full were refused because too many waited
   * @param closed were refused because the program was gone
   */
  public record Callbacks(int waiting, long waitingBytes, long queued, long full, long closed) {}
}
