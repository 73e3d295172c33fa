package dev.runar.path;

import static org.assertj.core.api.Assertions.assertThat;

import dev.runar.Payload;
import dev.runar.Tools;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A debugger over the Chrome DevTools protocol, and the profile. */
@Timeout(60)
class ToolsTest {
  private static final String SCRIPT =
      """
      import { Node } from "runar-ts";
      interface Pair { a: number; b: number }
      const node = new Node();
      await node.addService({
        name: "math", path: "math",
        actions: {
          add({ a, b }: Pair) {
            const sum = a + b;
            return sum;
          },
          burn(ms: number) {
            return spin(Date.now() + ms);
          },
        },
      });

      function spin(end: number): number {
        let turns = 0;
        while (Date.now() < end) turns++;
        return turns;
      }
      """;

  @TempDir Path folder;

  @Test
  void aDebuggerSeesTheTypeScriptStopsAtABreakpointAndReadsVariables() throws Exception {
    int port = freePort();
    try (ScriptNode app =
        ScriptNode.create(folder, ScriptNode.CONFIG, Tools.NONE.withInspector(port, false))) {
      app.add("app.ts", SCRIPT);
      app.node.start().join();
      try (Client devTools = Client.connect(endpoint(port))) {
        devTools.send("{\"id\":1,\"method\":\"Runtime.enable\"}");
        devTools.send("{\"id\":2,\"method\":\"Debugger.enable\"}");
        devTools.send("{\"id\":7,\"method\":\"Runtime.runIfWaitingForDebugger\"}");
        String parsed = await(devTools, "Debugger.scriptParsed.*app\\.ts");
        assertThat(embeddedMap(parsed)).contains("interface Pair").contains("app.ts\"");

        // In JavaScript too, "const sum" has the line of its own that the map leads to.
        int line = lineOf(devTools, parsed, "const sum");
        String place = "{\"lineNumber\":" + (line + 1) + ",\"url\":\"" + url(parsed) + "\"}";
        devTools.send(
            "{\"id\":4,\"method\":\"Debugger.setBreakpointByUrl\",\"params\":" + place + "}");
        await(devTools, "\"id\":4\\b");
        var call = app.node.request("math/add", Payload.object("a", 5, "b", 3));

        String paused = await(devTools, "Debugger.paused");
        assertThat(paused).contains("\"functionName\":\"add\"");
        String frame = group(paused, "\"callFrameId\":\"([^\"]*)\"");
        devTools.send(
            "{\"id\":5,\"method\":\"Debugger.evaluateOnCallFrame\",\"params\":{\"callFrameId\":\""
                + frame
                + "\",\"expression\":\"sum * 10\"}}");
        assertThat(await(devTools, "\"id\":5\\b")).contains("80");
        assertThat(call).isNotDone();

        devTools.send("{\"id\":6,\"method\":\"Debugger.resume\"}");
        assertThat(call.join().asInt()).isEqualTo(8);
      }
    }
  }

  @Test
  void aScriptWaitsForTheDebuggerAndStopsAtItsOwnFirstLine() throws Exception {
    int port = freePort();
    try (ScriptNode app =
        ScriptNode.create(folder, ScriptNode.CONFIG, Tools.NONE.withInspector(port, true))) {
      Files.writeString(folder.resolve("app.ts"), SCRIPT);
      var added = app.node.addScript(folder.resolve("app.ts"));
      try (Client devTools = Client.connect(endpoint(port))) {
        devTools.send("{\"id\":1,\"method\":\"Runtime.enable\"}");
        devTools.send("{\"id\":2,\"method\":\"Debugger.enable\"}");
        devTools.send("{\"id\":3,\"method\":\"Runtime.runIfWaitingForDebugger\"}");

        String parsed = await(devTools, "Debugger.scriptParsed.*app\\.ts");
        String paused = await(devTools, "Debugger.paused");
        assertThat(paused).contains("\"url\":\"" + url(parsed) + "\"").contains("\"lineNumber\":0");
        assertThat(added).isNotDone();

        devTools.send("{\"id\":4,\"method\":\"Debugger.resume\"}");
        added.join();
      }
    }
  }

  @Test
  void theProfileNamesTheFunctionTheFileAndTheLineThatWereWritten() throws IOException {
    Path file = folder.resolve("scripts.cpuprofile");
    try (ScriptNode app =
        ScriptNode.create(folder, ScriptNode.CONFIG, Tools.NONE.withCpuProfile(file))) {
      app.add("app.ts", SCRIPT);
      app.node.start().join();
      app.call("math/burn", 1_500); // so long that a busy machine has looked at it too
    }

    Map<?, ?> profile = (Map<?, ?>) Payload.json(Files.readString(file)).value();
    Map<?, ?> spin =
        ((List<?>) profile.get("nodes"))
            .stream()
                .map(node -> (Map<?, ?>) node)
                .filter(
                    node -> ((Map<?, ?>) node.get("callFrame")).get("functionName").equals("spin"))
                .findFirst()
                .orElseThrow();
    Map<?, ?> place = (Map<?, ?>) spin.get("callFrame");
    assertThat((String) place.get("url")).startsWith("file:///").endsWith("/app.ts");
    assertThat(((Number) place.get("lineNumber")).intValue()).isEqualTo(16); // from 0
    assertThat(((Number) spin.get("hitCount")).intValue()).isPositive();
    List<?> samples = (List<?>) profile.get("samples");
    assertThat(samples.contains(spin.get("id"))).isTrue();
    assertThat((List<?>) profile.get("timeDeltas")).hasSameSizeAs(samples);
  }

  /** The engine takes a number only, and says on standard error what it made of 0. */
  private static int freePort() throws IOException {
    try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  /** As the DevTools find it. */
  private static URI endpoint(int port) throws IOException, InterruptedException {
    try (var http = HttpClient.newHttpClient()) {
      var answer =
          http.send(
              HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/json")).build(),
              BodyHandlers.ofString());
      return URI.create(group(answer.body(), "\"webSocketDebuggerUrl\"\\s*:\\s*\"([^\"]*)\""));
    }
  }

  private static String await(Client devTools, String pattern) {
    Pattern wanted = Pattern.compile(pattern, Pattern.DOTALL);
    String message = devTools.next();
    while (!wanted.matcher(message).find()) {
      message = devTools.next();
    }
    return message;
  }

  private static String embeddedMap(String parsed) {
    String base64 = group(parsed, "data:application/json;base64,([A-Za-z0-9+/=]*)");
    return new String(Base64.getDecoder().decode(base64), StandardCharsets.UTF_8);
  }

  private static String url(String parsed) {
    return group(parsed, "\"url\":\"([^\"]*)\"");
  }

  /** Counts from 0, as the protocol does. */
  private static int lineOf(Client devTools, String parsed, String text) {
    String script = group(parsed, "\"scriptId\":\"([^\"]*)\"");
    devTools.send(
        "{\"id\":3,\"method\":\"Debugger.getScriptSource\",\"params\":{\"scriptId\":\""
            + script
            + "\"}}");
    String source = await(devTools, "\"id\":3\\b");
    String before = source.substring(0, source.indexOf(text));
    return (int) Pattern.compile("\\\\n").matcher(before).results().count();
  }

  private static String group(String text, String pattern) {
    Matcher matcher = Pattern.compile(pattern).matcher(text);
    assertThat(matcher.find()).as("%s in %s", pattern, text).isTrue();
    return matcher.group(1).replace("\\/", "/");
  }
}
