package dev.runar.path;

import dev.runar.Node;
import dev.runar.NodeConfig;
import dev.runar.Payload;
import dev.runar.channels.ChannelRule;
import dev.runar.channels.OfflineOptions;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;

/**
 * A node in a process of its own, with durable channels in the folder that its argument names. It
 * prints its port; for a line {@code n} it publishes n numbers, from 1 on, and prints the last one;
 * its end is that of its input.
 */
final class DurableNodeProcess {
  private DurableNodeProcess() {}

  /** The folder, and the first number. */
  public static void main(String... args) throws IOException {
    NodeConfig config =
        NodeConfig.DEFAULT
            .withServer(NodeConfig.Server.DEFAULT.withPort(0))
            .withOffline(OfflineOptions.DEFAULT.at(args[0], OfflineOptions.Level.SYNCED))
            .withChannels(
                List.of(
                    ChannelRule.of("chat/*")
                        .withHistory(1_000, Duration.ofMinutes(5))
                        .withDurable(true)));
    try (Node node = Node.builder().config(config).start();
        var in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.US_ASCII))) {
      System.out.println(node.urls().getFirst().getPort());
      long next = Long.parseLong(args[1]);
      for (String line = in.readLine(); line != null; line = in.readLine()) {
        for (int i = 0; i < Integer.parseInt(line); i++) {
          node.publish("chat/1", Payload.json(Long.toString(next++)));
        }
        System.out.println(next - 1);
      }
    }
  }
}
