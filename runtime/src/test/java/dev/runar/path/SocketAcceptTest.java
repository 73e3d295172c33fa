package dev.runar.path;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.with;

import dev.runar.NodeConfig;
import dev.runar.Payload;
import dev.runar.RunarException;
import dev.runar.RunarException.Code;
import dev.runar.Service;
import dev.runar.Session;
import dev.runar.SocketHandler;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.awaitility.core.ConditionFactory;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A service says whether a client may connect, before the handshake is answered. */
@Timeout(150)
class SocketAcceptTest {
  private static final String SCRIPT =
      """
      import { Node, defineError, OverloadError, PermissionError, RunarError, socket, ValidationError } from "runar-ts";
      const node = new Node();
      const Full = defineError("Full", { description: "the room is full" });
      let opened = 0;
      let release: () => void = () => {};
      node.addService({
        name: "live", path: "live",
        actions: {
          opened: () => opened,
          release: () => release(),
          die: () => { for (;;); },
        },
        sockets: {
          "/live": socket({
            accept: async ({ path, query, headers, remoteAddress, protocols }) => {
              await Promise.resolve();
              switch (query.case) {
                case "token": throw new PermissionError("no token", { data: { status: 401 } });
                case "member": throw new PermissionError("not a member of the room");
                case "input": throw new ValidationError("room is missing");
                case "full": throw new Full();
                case "fault": throw new TypeError("cannot read the secret of /srv/keys/1.pem");
                case "bytes": return new Uint8Array(3);
                case "large": return "x".repeat(17_000);
                case "often": throw new OverloadError("slow down", { data: { status: 429 } });
                case "busy": throw new RunarError("OVERLOADED", "busy");
                case "nobody": return undefined;
                case "wait": await new Promise<void>((resolve) => { release = resolve; }); break;
                case "spin": for (;;);
                case "never": await new Promise(() => {}); break;
              }
              return {
                user: query.user, path, agent: headers["x-agent"], protocols,
                since: new Date(0), from: remoteAddress.split(":")[0],
              };
            },
            open(session) { opened++; session.send(JSON.stringify({ open: session.identity })); },
            message(session, data) {
              session.send(`${session.identity.user} ${session.identity.since instanceof Date} ${data}`);
            },
          }),
          "/open": { message: (session, data) => session.send(`${session.identity} ${data}`) },
        },
      });
      """;

  /** What waits for a service waits long enough, however slow the machine is. */
  private static final NodeConfig CONFIG =
      ScriptNode.CONFIG.withServer(
          ScriptNode.CONFIG.server().withHandshakeTimeout(Duration.ofSeconds(100)));

  @TempDir Path folder;

  @Test
  void whatAcceptReturnsIsTheIdentityOfTheSession() {
    try (ScriptNode app = ScriptNode.start(folder, CONFIG, SCRIPT);
        Client ann = app.connect("/live?user=ann");
        Client other = app.connect("/open")) {
      assertThat(Payload.json(ann.next()).asMap().get("open"))
          .isEqualTo(
              Payload.json(
                      """
                      {"user":"ann","path":"/live","protocols":[],
                       "since":"1970-01-01T00:00:00.000Z","from":"127.0.0.1"}
                      """)
                  .asMap());
      ann.send("hi");
      assertThat(ann.next()).isEqualTo("ann true hi");
      other.send("hi");
      assertThat(other.next()).isEqualTo("undefined hi");
    }
  }

  @Test
  void whoIsNotLetInIsToldByAStatusBeforeThereIsASession() {
    try (ScriptNode app = ScriptNode.start(folder, CONFIG, SCRIPT)) {
      assertThat(handshake(app, "/live?case=token")).startsWith("401 no token");
      assertThat(handshake(app, "/live?case=member")).startsWith("403 not a member of the room");
      assertThat(handshake(app, "/live?case=input")).startsWith("400 room is missing");
      assertThat(handshake(app, "/live?case=full")).startsWith("403 the room is full");
      assertThat(handshake(app, "/live?case=often")).startsWith("429 slow down");
      assertThat(refusals(app)).containsEntry("HANDSHAKE_DENIED", 5L);
      assertThat(app.call("live/opened")).isEqualTo(0);
      assertThat(port(app)).containsEntry("sessions", 0L);
    }
  }

  @Test
  void aFaultOfTheServiceIsNotToldButLoggedAndCounted() {
    try (ScriptNode app = ScriptNode.start(folder, CONFIG, SCRIPT)) {
      assertThat(handshake(app, "/live?case=fault")).isEqualTo("500 the service has failed");
      assertThat(handshake(app, "/live?case=bytes")).isEqualTo("500 the service has failed");
      assertThat(handshake(app, "/live?case=large")).isEqualTo("500 the service has failed");
      assertThat(handshake(app, "/live?case=busy"))
          .isEqualTo("503 the service cannot be asked now; try again later");
      assertThat(refusals(app)).containsEntry("HANDSHAKE_FAILED", 4L);
      assertThat(app.log()).anyMatch(line -> line.contains("socket /live accept failed: "));
      assertThat(handshake(app, "/live?user=ann")).startsWith("101");
    }
  }

  @Test
  void nothingIsReadOfAClientWhileItsServiceThinks() {
    try (ScriptNode app = ScriptNode.start(folder, CONFIG, SCRIPT);
        RawHandshake early = new RawHandshake(portOf(app), "/live?case=wait&user=eve")) {
      early.sendText("early"); // against the protocol: the client has to wait
      assertThat(handshake(app, "/live?user=ann")).startsWith("101"); // others are let in meanwhile
      assertThat(app.call("live/opened")).isEqualTo(1);
      await()
          .until(
              () -> {
                app.call("live/release");
                return early.isAnswered();
              });
      assertThat(early.status()).startsWith("101");
      assertThat(early.text()).startsWith("{\"open\":{\"user\":\"eve\"");
      assertThat(early.text()).isEqualTo("eve true early");
    }
  }

  @Test
  void aServiceThatDoesNotAnswerInTimeIsDoneWithout() {
    NodeConfig config =
        ScriptNode.CONFIG.withServer(
            ScriptNode.CONFIG.server().withHandshakeTimeout(Duration.ofSeconds(3)));
    try (ScriptNode app = ScriptNode.start(folder, config, SCRIPT)) {
      assertThat(handshake(app, "/live?case=never"))
          .isEqualTo("503 the service did not answer in time; try again later");
      assertThat(refusals(app)).containsEntry("HANDSHAKE_LATE", 1L);
      assertThat(app.call("live/opened")).isEqualTo(0);
    }
  }

  @Test
  void aScriptThatEndsMeanwhileAnswers503() {
    NodeConfig config = CONFIG.withLimits(CONFIG.limits().withTurnBudget(Duration.ofSeconds(1)));
    try (ScriptNode app = ScriptNode.start(folder, config, SCRIPT);
        RawHandshake pending = new RawHandshake(portOf(app), "/live?case=never")) {
      await().until(() -> ScriptNode.number(app.context(), "pending") > 0);
      assertThat(handshake(app, "/live?case=spin"))
          .isEqualTo("503 the service cannot be asked now; try again later");
      assertThat(pending.status())
          .isEqualTo("503 the service cannot be asked now; try again later");
    }
  }

  @Test
  void aClientThatGoesMeanwhileGivesItsPlaceBack() {
    NodeConfig config = CONFIG.withLimits(CONFIG.limits().withSessions(1));
    try (ScriptNode app = ScriptNode.start(folder, config, SCRIPT)) {
      try (RawHandshake waiting = new RawHandshake(portOf(app), "/live?case=wait")) {
        await().until(() -> ScriptNode.number(app.context(), "pending") > 0);
        assertThat(handshake(app, "/live?user=ann")).startsWith("503 no room");
        assertThat(waiting.isAnswered()).isFalse();
      }
      await()
          .until(
              () -> {
                app.call("live/release");
                return handshake(app, "/live?user=ann").startsWith("101");
              });
    }
  }

  @Test
  void aJavaServiceIsAskedOnThreadsThatMayBlock() throws Exception {
    var asked = new CountDownLatch(2);
    var go = new CountDownLatch(1);
    var handler =
        new SocketHandler() {
          @Override
          public @Nullable Payload accept(Request request) throws Exception {
            String user = request.query().get("user");
            if (user == null) {
              throw new RunarException(Code.PERMISSION_DENIED, "who are you?");
            }
            asked.countDown();
            go.await();
            return Payload.of(user);
          }

          @Override
          public void message(Session session, Payload message) {
            var _ = session.send(session.identity().orElseThrow());
          }
        };
    try (ScriptNode app = ScriptNode.create(folder, CONFIG)) {
      app.node.addService(Service.at("live").socket("/live", handler).build());
      app.node.start().join();
      assertThat(handshake(app, "/live")).isEqualTo("403 who are you?");
      var both = new ArrayList<CompletableFuture<Client>>();
      for (String user : List.of("ann", "bob")) {
        both.add(CompletableFuture.supplyAsync(() -> app.connect("/live?user=" + user)));
      }
      assertThat(asked.await(100, TimeUnit.SECONDS)).isTrue();
      go.countDown();
      for (var each : both) {
        try (Client client = each.join()) {
          client.send("who am I");
          assertThat(client.next()).isIn("ann", "bob");
        }
      }
    }
  }

  private static ConditionFactory await() {
    return with().atMost(Duration.ofSeconds(100));
  }

  private static Map<String, Object> port(ScriptNode app) {
    return ScriptNode.map(app.status().get("port"));
  }

  private static Map<String, Object> refusals(ScriptNode app) {
    return ScriptNode.map(port(app).get("refusals"));
  }

  private static int portOf(ScriptNode app) {
    return app.uri("/").getPort();
  }

  /** The status and the body of the answer; the connection ends with it. */
  private static String handshake(ScriptNode app, String path) {
    try (var made = new RawHandshake(portOf(app), path)) {
      return made.status();
    }
  }
}
