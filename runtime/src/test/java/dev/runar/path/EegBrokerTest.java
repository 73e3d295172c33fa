package dev.runar.path;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import dev.runar.NodeConfig;
import dev.runar.channels.TokenKeys;
import dev.runar.channels.TopicWriter;
import dev.runar.channels.TopicWriter.Outcome;
import dev.runar.internal.server.RawClient;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a broker for many streams on one port promises beyond single packets. */
@Timeout(120)
class EegBrokerTest {
  private static final int VIEWERS = 1_500;
  private static final int TOPICS = 48;

  @TempDir Path folder;

  /** These clients answer no ping, however long it all takes. */
  private static final NodeConfig PATIENT =
      ScriptNode.CONFIG.withServer(
          ScriptNode.CONFIG
              .server()
              .withPingInterval(Duration.ofHours(1))
              .withIdleTimeout(Duration.ofHours(2)));

  private static RawClient viewer(ScriptNode app, String topic) throws Exception {
    RawClient viewer = RawClient.webSocket(app.uri("/").getPort(), "/topics");
    viewer.say("{\"subscribe\":\"" + topic + "\"}");
    assertThat(viewer.next()).startsWith("{\"subscribed\":\"" + topic + "\"");
    return viewer;
  }

  private static HttpResponse<String> get(ScriptNode app, String path) throws Exception {
    URI url = URI.create(app.uri(path).toString().replace("ws:", "http:"));
    try (HttpClient client = HttpClient.newHttpClient()) {
      return client.send(HttpRequest.newBuilder(url).build(), BodyHandlers.ofString());
    }
  }

  @Test
  void s4_8_viewersThatGoInTheMiddleAreNoneOfTheProducersBusinessNorOfTheOthers() throws Exception {
    try (ScriptNode app = ScriptNode.start(folder, PATIENT, "");
        RawClient stays = viewer(app, "eeg")) {
      TopicWriter writer = app.node.writer("eeg");
      byte[] packet = new byte[20_000];
      for (int round = 0; round < 20; round++) {
        try (RawClient goes = viewer(app, "eeg")) {
          for (int i = 0; i < 10; i++) {
            assertThat(writer.offer(packet.clone())).isEqualTo(Outcome.ACCEPTED);
          }
          assertThat(goes.next()).isEqualTo("binary 20000"); // and the rest is never read: a reset
        }
        for (int i = 0; i < 10; i++) {
          assertThat(stays.next()).isEqualTo("binary 20000");
        }
      }
      await().atMost(20, TimeUnit.SECONDS).until(() -> sessions(app) == 1);
      assertThat(app.log()).noneMatch(line -> line.matches("(WARNING|SEVERE) .*"));
    }
  }

  private static long sessions(ScriptNode app) {
    return ScriptNode.number(port(app), "sessions");
  }

  private static Map<String, Object> port(ScriptNode app) {
    return ScriptNode.map(app.status().get("port"));
  }

  @Test
  void s4_8_whatFailsBesideARequestIsLoggedWithItsCauseAndIsNotTheAnswer() throws Exception {
    String script =
        """
        import { action, Node } from "runar-ts";
        const node = new Node();
        async function spawned() {
          try { throw new RangeError("the amplifier is off"); }
          catch (cause) { throw new Error("the stage has ended", { cause }); }
        }
        node.addService({
          name: "pipeline", path: "pipeline",
          actions: {
            start: action({ http: "GET /start", handler: () => { void spawned(); return "started"; } }),
          },
        });
        await node.start();
        """;
    try (ScriptNode app = ScriptNode.start(folder, PATIENT, script)) {
      HttpResponse<String> answer = get(app, "/start");
      assertThat(answer.statusCode()).isEqualTo(200);
      assertThat(answer.body()).isEqualTo("started");
      await()
          .atMost(20, TimeUnit.SECONDS)
          .untilAsserted(
              () ->
                  assertThat(app.logged("the stage has ended"))
                      .anyMatch(line -> line.contains("the amplifier is off")));
    }
  }

  @Test
  void s4_9_clientsConnectBeforeWhileAndAfterAPipelineRuns() throws Exception {
    String script =
        """
        import { Node } from "runar-ts";
        const node = new Node();
        node.addService({
          name: "control", path: "control",
          actions: {
            start: () => node.addService({
              name: "stage", path: "stage", topics: { eeg: {} }, actions: { none: () => 0 },
            }),
            stop: () => node.removeService("stage"),
          },
        });
        await node.start();
        """;
    try (ScriptNode app = ScriptNode.start(folder, PATIENT, script)) {
      TopicWriter writer = app.node.writer("eeg");
      try (RawClient before = viewer(app, "eeg")) {
        app.call("control/start");
        try (RawClient during = viewer(app, "eeg")) {
          var _ = writer.offer(new byte[] {1});
          assertThat(before.next()).isEqualTo("binary 1");
          assertThat(during.next()).isEqualTo("binary 1");
          app.call("control/stop");
          try (RawClient after = viewer(app, "eeg")) {
            var _ = writer.offer(new byte[] {1, 2});
            for (RawClient each : List.of(before, during, after)) {
              assertThat(each.next()).isEqualTo("binary 2");
            }
          }
        }
      }
    }
  }

  @Test
  void s4_11_thousandsOfConnectionsAndDozensOfTopicsEachGetTheirOwn() throws Exception {
    try (ScriptNode app = ScriptNode.start(folder, PATIENT, "")) {
      List<RawClient> viewers = new ArrayList<>();
      try {
        for (int i = 0; i < VIEWERS; i++) {
          viewers.add(viewer(app, "stream/" + i % TOPICS));
        }
        assertThat(sessions(app)).isEqualTo(VIEWERS);
        for (int topic = 0; topic < TOPICS; topic++) {
          var _ = app.node.writer("stream/" + topic).offer(new byte[topic + 1]);
        }
        for (int i = 0; i < VIEWERS; i++) {
          assertThat(viewers.get(i).next()).isEqualTo("binary " + (i % TOPICS + 1));
        }
      } finally {
        for (RawClient viewer : viewers) {
          viewer.close();
        }
      }
      await().atMost(30, TimeUnit.SECONDS).until(() -> sessions(app) == 0);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"eeg_voltage", "lab/3/eeg_filtered"})
  void s4_12_aStageNeedsTheNameOfItsTopicAndNoPortOfItsOwn(String name) throws Exception {
    String stage =
        """
        import { readFile } from "node:fs/promises";
        import { Node } from "runar-ts";
        const node = new Node();
        const { topic } = JSON.parse(await readFile(new URL("stage.json", import.meta.url), "utf8"));
        const writer = node.broker.topic(topic);
        node.addService({
          name: "stage", path: "stage", topics: { [topic]: {} },
          actions: { write: () => writer.write(new Uint8Array(5)) },
        });
        await node.start();
        """;
    try (ScriptNode app = ScriptNode.create(folder, ScriptNode.CONFIG)) {
      app.file("stage.json", "{\"topic\":\"" + name + "\"}").add("stage.ts", stage);
      try (RawClient viewer = viewer(app, name)) {
        assertThat(app.call("stage/write")).isEqualTo("ACCEPTED");
        assertThat(viewer.next()).isEqualTo("binary 5");
      }
      assertThat(app.node.urls()).hasSize(1);
    }
  }

  @Test
  void s4_13_theNodeAsksCountsAndLogsClientsForAllStages() throws Exception {
    String stages =
        """
        import { Node } from "runar-ts";
        const node = new Node();
        for (const stage of ["voltage", "bands"]) {
          const topic = `eeg/${stage}`;
          const writer = node.broker.topic(topic);
          node.addService({
            name: stage, path: stage, topics: { [topic]: {} },
            actions: {
              write: () => {
                void Promise.reject(new Error(`${stage} has lost an electrode`));
                return writer.write(new Uint8Array(5));
              },
            },
          });
        }
        await node.start();
        """;
    String secret = "a secret of at least thirty-two bytes";
    NodeConfig config =
        PATIENT
            .withServer(PATIENT.server().withTokens(TokenKeys.NONE.withSecret(secret)))
            .withLimits(PATIENT.limits().withSessionBytes(100_000).withSocketBytes(16_384));
    try (ScriptNode app = ScriptNode.start(folder, config, stages);
        RawClient nobody = RawClient.webSocket(new RawClient(portOf(app)), "/topics");
        RawClient ann = knownViewer(app, secret, "ann");
        RawClient slow = knownViewer(app, secret, "bob")) {
      nobody.say("{\"connect\":{\"token\":\"of.no.key\"}}");
      assertThat(nobody.next()).contains("PERMISSION_DENIED");
      for (String topic : List.of("eeg/voltage", "eeg/bands")) {
        nobody.say("{\"subscribe\":\"" + topic + "\"}");
        assertThat(nobody.next()).contains("PERMISSION_DENIED", "connect with a token first");
      }
      assertThat(app.call("voltage/write")).isEqualTo("ACCEPTED");
      assertThat(app.call("bands/write")).isEqualTo("ACCEPTED");
      assertThat(ann.next()).isEqualTo("binary 5");
      assertThat(ann.next()).isEqualTo("binary 5");
      nobody.say("{\"ping\":1}");
      assertThat(nobody.next()).as("no packet came").isEqualTo("{\"pong\":1}");

      TopicWriter writer = app.node.writer("eeg/voltage");
      for (int i = 0; ScriptNode.number(port(app), "slowDisconnects") == 0; i++) {
        assertThat(i).as("20 MB are more than anybody holds for it").isLessThan(1_000);
        assertThat(writer.offer(new byte[20_000])).isEqualTo(Outcome.ACCEPTED);
        assertThat(ann.next()).isEqualTo("binary 20000");
      }
      await().atMost(20, TimeUnit.SECONDS).until(() -> sessions(app) == 2);
      assertThat(ScriptNode.map(port(app).get("refusals")))
          .as("the token that is none, and what came without one")
          .containsEntry("TOKEN", 3L);
      for (String said :
          List.of(
              "voltage has lost an electrode",
              "bands has lost an electrode",
              "disconnected a slow client session=")) {
        await()
            .atMost(20, TimeUnit.SECONDS)
            .untilAsserted(() -> assertThat(app.logged(said)).as(said).hasSize(1));
      }
    }
  }

  private static int portOf(ScriptNode app) {
    return app.uri("/").getPort();
  }

  /** Of all topics; what it does not read waits in the node soon. */
  private static RawClient knownViewer(ScriptNode app, String secret, String user)
      throws Exception {
    var claims = new JWTClaimsSet.Builder().subject(user).build();
    var token = new SignedJWT(new JWSHeader(JWSAlgorithm.HS256), claims);
    token.sign(new MACSigner(secret));
    RawClient viewer = RawClient.webSocket(new RawClient(portOf(app), 4_096), "/topics");
    viewer.say("{\"connect\":{\"token\":\"" + token.serialize() + "\"}}");
    assertThat(viewer.next()).contains("\"user\":\"" + user + "\"");
    for (String topic : List.of("eeg/voltage", "eeg/bands")) {
      viewer.say("{\"subscribe\":\"" + topic + "\"}");
      assertThat(viewer.next()).contains("\"subscribed\":\"" + topic + "\"");
    }
    return viewer;
  }

  @Test
  void s4_14_theDocumentOfTheNodeHasItsTopicsAndWhatTheyCarry() {
    String script =
        """
        import { Node } from "runar-ts";
        const node = new Node();
        node.addService({
          name: "pipeline", path: "pipeline",
          topics: {
            eeg_voltage: { description: "64 channels of float32", rate: 256 },
            eeg_bands: { contentType: "application/json" },
          },
          actions: { one: () => 1 },
        });
        await node.start();
        """;
    try (ScriptNode app = ScriptNode.start(folder, PATIENT, script)) {
      assertThat(app.json("$registry/export/asyncapi"))
          .contains(
              "\"contentType\":\"application/octet-stream\",\"summary\":\"64 channels of float32\"")
          .contains("\"address\":\"eeg_bands\"")
          .contains("\"contentType\":\"application/json\"")
          .contains("\"action\":\"send\"");
    }
  }

  @Test
  void s4_14_whatIsNoContentTypeIsRefused() {
    String script =
        """
        import { Node } from "runar-ts";
        const node = new Node();
        await node.addService({
          name: "p", path: "p", topics: { eeg: { contentType: "bytes" } }, actions: { one: () => 1 },
        });
        """;
    try (ScriptNode app = ScriptNode.create(folder, ScriptNode.CONFIG)) {
      app.file("app.ts", script);
      assertThat(app.node.addScript(app.path("app.ts")))
          .failsWithin(30, TimeUnit.SECONDS)
          .withThrowableOfType(java.util.concurrent.ExecutionException.class)
          .withMessageContaining("topics: eeg: \"bytes\" is no content type");
    }
  }
}
