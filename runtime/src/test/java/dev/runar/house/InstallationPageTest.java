package dev.runar.house;

import static org.assertj.core.api.Assertions.assertThat;

import dev.runar.Configuration;
import dev.runar.Node;
import dev.runar.NodeConfig;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import tools.jackson.databind.JsonNode;
import tools.jackson.dataformat.yaml.YAMLMapper;

/** The manifest of docs/installation.md, and the files that a distribution brings. */
@Timeout(60)
class InstallationPageTest {
  private static final Pattern MANIFEST = Pattern.compile("(?ms)^```yaml\\n(apiVersion:.*?)^```");
  private static final List<String> PROBES =
      List.of("startupProbe", "readinessProbe", "livenessProbe");

  private final JsonNode pod = manifest().at("/spec/template/spec");
  private final JsonNode container = pod.at("/containers/0");

  private static JsonNode manifest() {
    var found = MANIFEST.matcher(SourceFiles.text("docs/installation.md"));
    assertThat(found.find()).isTrue();
    return new YAMLMapper().readTree(found.group(1));
  }

  @Test
  void theDeploymentSelectsItsOwnPods() {
    JsonNode spec = manifest().at("/spec");
    assertThat(spec.at("/selector/matchLabels")).isEqualTo(spec.at("/template/metadata/labels"));
    assertThat(pod.at("/volumes/0/name")).isEqualTo(container.at("/volumeMounts/0/name"));
  }

  @Test
  void theProbesAskWhatANodeWithThisEnvironmentAnswers() throws Exception {
    NodeConfig config = configuration();
    NodeConfig here = config.withServer(config.server().withHost("127.0.0.1"));
    assertThat(config.server().port().number())
        .hasValue(container.at("/ports/0/containerPort").intValue());
    try (Node node = Node.builder().config(here).port(0).start();
        var client = HttpClient.newHttpClient()) {
      URI url = node.urls().getFirst();
      for (String probe : PROBES) {
        JsonNode ask = container.at("/" + probe + "/httpGet");
        assertThat(ask.at("/port").stringValue())
            .isEqualTo(container.at("/ports/0/name").stringValue());
        var request = HttpRequest.newBuilder(url.resolve(ask.at("/path").stringValue())).build();
        var answer = client.send(request, BodyHandlers.ofString());
        assertThat(answer.statusCode() + " " + answer.body().strip()).as(probe).isEqualTo("200 ok");
      }
    }
  }

  @Test
  void theGracePeriodIsLongerThanAStopMayTake() {
    NodeConfig config = configuration();
    Duration stop =
        config.server().drainDelay().plus(config.drainTimeout().multipliedBy(3)).plusSeconds(5);
    assertThat(stop).isEqualTo(Duration.ofSeconds(39));
    assertThat(SourceFiles.text("docs/installation.md")).contains("Here that is 39 s.");
    assertThat(Duration.ofSeconds(pod.at("/terminationGracePeriodSeconds").intValue()))
        .isGreaterThan(stop);
  }

  /** The node serves for the drain delay; by then the pod must not be asked any more. */
  @Test
  void aPodIsNotReadyBeforeItsDrainDelayIsOver() {
    JsonNode probe = container.at("/readinessProbe");
    assertThat(
            Duration.ofSeconds(
                probe.at("/periodSeconds").longValue() * probe.at("/failureThreshold").longValue()))
        .isLessThan(configuration().server().drainDelay());
  }

  @Test
  void theConfigurationOfThePackageIsRead() {
    Path file = House.repository().resolve("runtime/src/dist/deb/runar.yaml");
    assertThat(Files.exists(file)).isTrue();
    NodeConfig config = Configuration.load(Configuration.Sources.NONE.withFile(file)).config();
    assertThat(config).isEqualTo(NodeConfig.DEFAULT);
  }

  private NodeConfig configuration() {
    Map<String, String> environment = new HashMap<>();
    for (JsonNode variable : container.at("/env")) {
      environment.put(variable.at("/name").stringValue(), variable.at("/value").stringValue());
    }
    return Configuration.load(Configuration.Sources.NONE.withEnvironment(environment)).config();
  }
}
