package dev.runar.internal.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.runar.NodeConfig;
import dev.runar.Payload;
import dev.runar.PublishOptions;
import dev.runar.PublishReceipt;
import dev.runar.SubscribeOptions;
import dev.runar.internal.time.TurnedTime;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The ledger when the node ends; {@link LedgerPropertyTest} has its equation. */
@Timeout(60)
class DeliveryLedgerTest {
  private final TurnedTime time = new TurnedTime();

  @Test
  void whatTheNodeStillHoldsAtItsEndFails() {
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      NodeCore core =
          new NodeCore(NodeConfig.DEFAULT, time, time, threads, ActionStages.NONE, Outskirts.NONE);
      var context = new LedgerContext("script x");
      core.subscribe(
          "t/x", context, SubscribeOptions.DEFAULT.withOrder(SubscribeOptions.Order.SERIAL));
      var receipt =
          core.publish(
              "t/x", Payload.of(1), PublishOptions.DEFAULT.withAck(PublishOptions.Ack.HANDLED));
      PublishReceipt _ = core.publish("t/x", Payload.of(2));
      context.turn();
      core.close();
      context.kill();
      assertThat(receipt.join().failed()).isEqualTo(1);
      assertThat(core.ledger().counts().failed()).isEqualTo(2);
      assertThat(core.ledger().counts().waiting()).isZero();
    }
  }
}
