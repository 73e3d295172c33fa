package dev.runar.path;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.runar.RunarException;
import dev.runar.Service;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Topics that services declare come and go with them. */
@Timeout(60)
class DeclaredTopicsTest {
  @TempDir Path folder;

  private static final String PIPELINE =
      """
      import { Node } from "runar-ts";
      const node = new Node();
      node.addService({
        name: "pipeline", path: "pipeline",
        topics: { "eeg_voltage": { description: "64 channels", rate: 256 }, "eeg/filtered": {} },
        actions: { one: () => 1 },
      });
      await node.start();
      """;

  private static String topics(ScriptNode app) throws Exception {
    URI uri = URI.create(app.uri("/topics").toString().replace("ws:", "http:"));
    try (HttpClient client = HttpClient.newHttpClient()) {
      return client.send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString()).body();
    }
  }

  private static String frame(Client client, String frame) {
    return client.send(frame).next();
  }

  @Test
  void s4_4_topicsAppearAndDisappearWithTheirServicesByHttpAndByFrame() throws Exception {
    try (ScriptNode app = ScriptNode.start(folder, PIPELINE);
        Client client = app.connect("/topics")) {
      assertThat(topics(app)).isEqualTo("[\"eeg/filtered\",\"eeg_voltage\"]");
      assertThat(frame(client, "{\"list\":\"eeg/*\"}"))
          .isEqualTo("{\"topics\":[\"eeg/filtered\"]}");
      assertThat(frame(client, "{\"watch\":\"topics\",\"id\":1}"))
          .isEqualTo("{\"topics\":[\"eeg/filtered\",\"eeg_voltage\"],\"id\":1}");
      assertThat(frame(client, "{\"watch\":\"weather\"}")).contains("PROTOCOL");
      assertThat(frame(client, "{\"subscribe\":\"power\"}")).contains("subscribed");

      Service bands = Service.at("bands").topic("power", "of each band").build();
      app.node.addService(bands).join();
      assertThat(client.next()).isEqualTo("{\"appeared\":\"power\"}");
      assertThat(topics(app)).isEqualTo("[\"eeg/filtered\",\"eeg_voltage\",\"power\"]");
      app.node.removeService("bands").join();
      assertThat(client.next()).isEqualTo("{\"disappeared\":\"power\"}");
      assertThat(frame(client, "{\"unsubscribe\":\"power\"}")).contains("unsubscribed");
      assertThat(topics(app)).isEqualTo("[\"eeg/filtered\",\"eeg_voltage\"]");
    }
  }

  @Test
  void whatIsNoTopicOfAServiceIsNotDeclared() {
    try (ScriptNode app = ScriptNode.start(folder, PIPELINE)) {
      for (String bad : new String[] {"a//b", "$registry/x", "a/*"}) {
        assertThatThrownBy(
                () -> ScriptNode.value(app.node.addService(Service.at("b").topic(bad, "").build())))
            .isInstanceOf(RunarException.class);
      }
    }
  }
}
