package dev.runar.internal.boot;

import static org.assertj.core.api.Assertions.assertThat;

import dev.runar.NodeConfig;
import dev.runar.Payload;
import dev.runar.channels.ChannelRule;
import dev.runar.internal.broker.Broker;
import dev.runar.internal.broker.BrokerMemory;
import dev.runar.internal.broker.BrokerOptions;
import dev.runar.internal.broker.DialectPaths;
import dev.runar.internal.broker.HistoryRange;
import dev.runar.internal.broker.InMemoryGate;
import dev.runar.internal.broker.NobodyKnown;
import dev.runar.spi.Authorizer;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What programs read of what channels remember. */
@Timeout(20)
class ChannelPagesTest {
  private final InMemoryGate gate = new InMemoryGate();

  @Test
  void whatAProgramReadsIsNotKeptWithWhatIsRemembered() {
    var rules = List.of(ChannelRule.of("chat/*").withHistory(10, Duration.ofMinutes(1)));
    try (var broker =
        new Broker(
            gate,
            Authorizer.openToAll(),
            NobodyKnown.clients(),
            BrokerOptions.of(NodeConfig.DEFAULT.withChannels(rules)),
            DialectPaths.NONE,
            BrokerMemory.only(System::nanoTime))) {
      gate.publish("chat/1", Payload.json("{\"text\":\"hello\"}"));
      Payload read = ChannelPages.read(broker, Payload.of(Map.of("topic", "chat/1")));
      var page = (List<?>) ((Map<?, ?>) read.value()).get("publications");
      Object shown = ((Map<?, ?>) page.getFirst()).get("data");
      var range = new HistoryRange(null, 1, false);
      Payload remembered = broker.history("chat/1", range).publications().getFirst().payload();
      assertThat(shown).isEqualTo(Map.of("text", "hello"));
      assertThat(remembered.value()).isEqualTo(shown).isNotSameAs(shown);
    }
  }
}
