package dev.runar;

import java.util.List;

/**
 * What a publisher is told.
 *
 * @param id the event's id
 * @param matched handlers whose pattern matched; always {@code queued + refused}
 * @param queued handlers that will run
 * @param refused handlers that could not take it; see {@code refusals}
 * @param clients subscribed client sessions the event was handed to
 * @param handled with {@code Ack.HANDLED}: handlers that finished without an error
 * @param failed with {@code Ack.HANDLED}: handlers that threw
 * @param refusals one entry for each refusal, at most 100
 */
public record PublishReceipt(
    long id,
    int matched,
    int queued,
    int refused,
    int clients,
    int handled,
    int failed,
    List<Refusal> refusals) {

  /**
   * A handler that could not take the event.
   *
   * @param pattern its subscription
   * @param reason {@code FULL} or {@code CLOSED}
   */
  public record Refusal(String pattern, Delivery reason) {}
}
