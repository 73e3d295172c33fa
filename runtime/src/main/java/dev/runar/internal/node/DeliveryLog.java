package dev.runar.internal.node;

import dev.runar.PublishReceipt;
import dev.runar.internal.node.DeadLetters.DeadLetter;
import dev.runar.spi.Clock;

/** Where deliveries are counted and traced, and where those go that have failed. Any thread. */
final class DeliveryLog {
  final Ledger ledger;
  final Clock clock;
  final TraceLog traces = new TraceLog();
  final DeadLetters deadLetters;
  private final DeadLetterOffice office;

  /** Publishes a dead letter to the topic that its subscription has named. */
  interface DeadLetterOffice {
    PublishReceipt publish(String topic, DeadLetter letter);
  }

  DeliveryLog(Ledger ledger, Clock clock, DeadLetters deadLetters, DeadLetterOffice office) {
    this.ledger = ledger;
    this.clock = clock;
    this.deadLetters = deadLetters;
    this.office = office;
  }

  /**
   * An event has finally failed.
   *
   * @param topic where its subscription wants it; empty: nowhere
   * @param again whether it tells of a failure itself: then it is kept, since a failing handler of
   *     dead letters would otherwise have no end
   */
  void bury(DeadLetter letter, String topic, boolean again) {
    if (topic.isEmpty() || again || !isTaken(topic, letter)) {
      deadLetters.keep(letter);
    }
  }

  private boolean isTaken(String topic, DeadLetter letter) {
    try {
      PublishReceipt receipt = office.publish(topic, letter);
      return receipt.queued() > 0;
    } catch (RuntimeException | Error notPublished) {
      return false; // it is kept instead
    }
  }
}
