package dev.runar.internal.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.runar.Limits;
import dev.runar.NodeConfig;
import dev.runar.PortChoice;
import dev.runar.RunarException;
import dev.runar.RunarException.Code;
import dev.runar.internal.loop.CallbackQueue;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConfigReaderTest {
  private static final NodeConfig SCRIPT =
      ConfigReader.readJson("{\"server\":{\"port\":8080}}", "test");
  private static final NodeConfig SILENT_SCRIPT = ConfigReader.readJson("{}", "test");

  private static PortChoice filled(PortChoice host, NodeConfig script) {
    NodeConfig config = NodeConfig.DEFAULT.withServer(NodeConfig.DEFAULT.server().withPort(host));
    return ConfigReader.fill(config, script).server().port();
  }

  @Test
  void theScriptNamesThePortThatTheProgramLeftToIt() {
    PortChoice left = NodeConfig.DEFAULT.server().port();
    PortChoice leftOr3000 = new PortChoice.OfScript(OptionalInt.of(3000));

    assertThat(filled(left, SCRIPT)).isEqualTo(new PortChoice.Fixed(8080));
    assertThat(filled(left, SILENT_SCRIPT)).isEqualTo(left);
    assertThat(left.number()).isEmpty();
    assertThat(filled(leftOr3000, SCRIPT)).isEqualTo(new PortChoice.Fixed(8080));
    assertThat(filled(leftOr3000, SILENT_SCRIPT).number()).hasValue(3000);
  }

  @Test
  void aPortOrNoneThatTheProgramHasDecidedOnStays() {
    for (int decided : new int[] {-1, 0, 9}) {
      PortChoice choice = PortChoice.of(decided);
      assertThat(filled(choice, SCRIPT)).isEqualTo(choice);
      assertThat(filled(choice, SILENT_SCRIPT)).isEqualTo(choice);
    }
  }

  @Test
  void aScriptMayNameNoPort() {
    NodeConfig none = ConfigReader.readJson("{\"server\":{\"port\":-1}}", "test");
    assertThat(filled(new PortChoice.OfScript(OptionalInt.of(3000)), none))
        .isEqualTo(new PortChoice.None());
  }

  @Test
  void aPortThatIsNoneIsRefused() {
    for (String wrong : new String[] {"-2", "65536", "\"80\"", "1.5", "null"}) {
      assertThatThrownBy(
              () -> ConfigReader.readJson("{\"server\":{\"port\":" + wrong + "}}", "test"))
          .hasMessageContaining("test: server.port must be");
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          {"limits":{"queuedCallbacks":0}}          | limits.queuedCallbacks must be 1 to 2000000, it is 0
          {"limits":{"queuedCallbacks":2000000000}} | limits.queuedCallbacks must be 1 to 2000000, it is 2000000000
          {"limits":{"queuedBytes":0}}              | limits.queuedBytes must be 1 to 549755813887, it is 0
          {"limits":{"requestsInFlight":0}}         | limits.requestsInFlight must be 1 to 16777216, it is 0
          {"limits":{"messageBytes":0}}             | limits.messageBytes must be 1 to 2147483647, it is 0
          {"limits":{"sessionBytes":0}}             | limits.sessionBytes must be 1 to 2147483647, it is 0
          {"limits":{"socketBytes":1000000000}}     | limits.socketBytes must be 0 to 536870912, it is 1000000000
          {"limits":{"turnBudget":0}}               | limits.turnBudget must be more than 0 ms, it is 0
          {"requestTimeout":0}                      | requestTimeout must be more than 0 ms, it is 0
          {"server":{"pingInterval":0}}             | server.pingInterval must be more than 0 ms, it is 0
          {"server":{"idleTimeout":0}}              | server.idleTimeout must be more than 0 ms, it is 0
          {"server":{"handshakeTimeout":0}}         | server.handshakeTimeout must be more than 0 ms, it is 0
          {"server":{"writeTimeout":0}}             | server.writeTimeout must be more than 0 ms, it is 0
          {"server":{"cors":{"maxAge":"1"}}}        | server.cors.maxAge must be a number of milliseconds, not 1
          {"server":{"cors":{"credentials":1}}}     | server.cors.credentials must be true or false, not 1
          {"server":{"cors":{"origins":["a.b"]}}}   | server.cors.origins must be origins such as https://app.example.com or *, it is a.b
          {"server":{"cors":{"origins":["*"],"credentials":true}}} | server.cors.origins must name each origin when credentials is true: * would let every page of the web act for its visitor
          {"logging":{"level":"loud"}}              | logging.level must be one of error, warn, info, debug, trace, off, it is loud
          """)
  void aValueOutsideItsRangeIsRefusedWithTheRange(String json, String problem) {
    assertThatThrownBy(() -> ConfigReader.readJson(json, "test"))
        .isInstanceOf(RunarException.class)
        .hasMessage("test: " + problem)
        .extracting(error -> ((RunarException) error).code())
        .isEqualTo(Code.CONFIG);
  }

  @Test
  void theLongestQueueThatCanBeConfiguredCanBeMade() {
    int most = CallbackQueue.MAX_COUNT;
    var limits = Limits.DEFAULT.withQueuedCallbacks(most);
    assertThat(new CallbackQueue(limits.queuedCallbacks(), (1L << 39) - 1, () -> {}).size())
        .isZero();
    assertThatThrownBy(() -> limits.withQueuedCallbacks(most + 1)).hasMessageContaining("" + most);
  }

  @Test
  void theRangesHoldInJavaToo() {
    assertThatThrownBy(() -> Limits.DEFAULT.withQueuedCallbacks(0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("queuedCallbacks must be 1 to 2000000, it is 0");
  }

  @Test
  void hostAndScriptTogetherCannotSayWhatNeitherMay() {
    NodeConfig host =
        ConfigReader.readJson("{\"server\":{\"cors\":{\"credentials\":true}}}", "test");
    NodeConfig script =
        ConfigReader.readJson("{\"server\":{\"cors\":{\"origins\":[\"*\"]}}}", "test");
    assertThatThrownBy(() -> ConfigReader.fill(host, script))
        .isInstanceOf(RunarException.class)
        .hasMessageContaining("origins must name each origin");
  }

  @Test
  void permissionsAreListsAndNoScriptGrantsThemToItself() {
    NodeConfig wanted =
        ConfigReader.readJson("{\"permissions\":{\"net\":[\"api.example.com\"]}}", "test");
    assertThat(wanted.permissions().net()).containsExactly("api.example.com");
    assertThatThrownBy(() -> ConfigReader.fill(NodeConfig.DEFAULT, wanted))
        .hasMessageContaining("a script cannot grant them to itself");
    assertThat(ConfigReader.fill(wanted, SILENT_SCRIPT).permissions())
        .isEqualTo(wanted.permissions());
    assertThatThrownBy(() -> ConfigReader.readJson("{\"permissions\":{\"net\":\"*\"}}", "test"))
        .hasMessage("test: permissions.net must be a list of texts, not *");
  }

  /** Programs in Node.js and Bun say where their node runs; here it runs already. */
  @Test
  void aTransportIsForNodeJsAndBunAndWithoutEffect() {
    assertThat(ConfigReader.readJson("{\"transport\":\"process\"}", "test"))
        .isEqualTo(NodeConfig.DEFAULT);
    for (String wrong : List.of("\"pigeon\"", "1", "null")) {
      assertThatThrownBy(() -> ConfigReader.readJson("{\"transport\":" + wrong + "}", "test"))
          .hasMessageStartingWith("test: the transport must be one of [auto, native, process]");
    }
  }
}
