package dev.runar.path;

import static org.awaitility.Awaitility.await;

import dev.runar.PublishOptions;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.io.TempDir;

/** What the tests of events ask of a node. */
abstract class EventFixture {
  static final PublishOptions HANDLED = PublishOptions.DEFAULT.withAck(PublishOptions.Ack.HANDLED);

  @TempDir Path folder;

  static void awaitNothingWaits(ScriptNode app) {
    await().until(() -> app.ledger().get("waiting").equals(0L));
  }

  static Map<String, Object> delivery(ScriptNode app, String pattern) {
    List<?> all = (List<?>) ScriptNode.map(app.call("$runtime/deliveries")).get("subscriptions");
    return all.stream()
        .map(ScriptNode::map)
        .filter(each -> pattern.equals(each.get("pattern")))
        .findFirst()
        .orElseThrow();
  }
}
