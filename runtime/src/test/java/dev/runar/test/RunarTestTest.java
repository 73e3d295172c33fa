package dev.runar.test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import dev.runar.Node;
import dev.runar.bean.ServicePath;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.testkit.engine.EngineExecutionResults;
import org.junit.platform.testkit.engine.EngineTestKit;
import org.junit.platform.testkit.engine.Event;

/** Test classes with a node. */
@Timeout(60)
@RunarTest(scripts = "greeter.ts", config = "requestTimeout: 1234")
class RunarTestTest {
  /** The interface of greeter.ts, which lies beside this class in the test resources. */
  @ServicePath("hello")
  interface HelloApi {
    String greet(String name);

    String fail(String why);
  }

  private final Node ofConstructor;

  RunarTestTest(Node node) {
    ofConstructor = node;
  }

  @Test
  void aTestTakesTheNodeAndClients(Node node, HelloApi hello) {
    assertThat(hello.greet("Ada")).isEqualTo("Hello Ada");
    assertThat(node).isSameAs(ofConstructor);
    assertThat(node.state()).isEqualTo(Node.State.RUNNING);
    assertThat(node.config().requestTimeout()).hasMillis(1234);
    assertThat(node.urls()).hasSize(1);
  }

  @Nested
  class Inside {
    @Test
    void nestedClassesShareTheNode(Node node) {
      assertThat(node).isSameAs(ofConstructor);
    }
  }

  /** Not found by the build, which looks for names that end with Test. */
  @RunarTest(scripts = "greeter.ts")
  static class FailingCase {
    @Test
    void fails(HelloApi hello) {
      hello.greet("Ada");
      hello.fail("because");
    }

    @Test
    void passes(HelloApi hello) {
      hello.greet("Bob");
    }
  }

  @Test
  void aFailedTestShowsWhatItsScriptsWrote() {
    List<Throwable> failures = failures(run(FailingCase.class));

    assertThat(failures).hasSize(1);
    assertThat(failures.get(0)).hasMessage("because");
    assertThat(Arrays.toString(failures.get(0).getSuppressed()))
        .contains("the scripts wrote:", "greets Ada")
        .doesNotContain("Bob");
  }

  static final Set<Node> NODES = ConcurrentHashMap.newKeySet();

  @RunarTest(lifetime = RunarTest.Lifetime.METHOD)
  static class EachCase {
    private final Node ofConstructor;

    EachCase(Node node) {
      ofConstructor = node;
    }

    @Test
    void first(Node node) {
      assertThat(node).isSameAs(ofConstructor);
      NODES.add(node);
    }

    @Test
    void second(Node node) {
      assertThat(node).isSameAs(ofConstructor);
      NODES.add(node);
    }

    @AfterAll
    static void allHaveStopped() {
      assertThat(NODES).allMatch(node -> node.state() == Node.State.STOPPED);
    }
  }

  @Test
  void eachTestCanHaveANodeOfItsOwn() {
    assertThat(failures(run(EachCase.class))).isEmpty();
    assertThat(NODES).hasSize(2);
  }

  @RunarTest(scripts = "nowhere.ts")
  static class NoScriptCase {
    @Test
    void never() {}
  }

  @RunarTest(config = "requestTimeou: 5")
  static class NoSuchKeyCase {
    @Test
    void never() {}
  }

  @Test
  void whatCannotStartFailsTheClassAndSaysWhy() {
    assertThat(failures(run(NoScriptCase.class)))
        .singleElement()
        .satisfies(error -> assertThat(error).hasMessageContaining("no script nowhere.ts below"));
    assertThat(failures(run(NoSuchKeyCase.class)))
        .singleElement()
        .satisfies(error -> assertThat(error).hasMessageContaining("requestTimeout"));
  }

  @Test
  void scriptsAreFoundBelowTheWorkingDirectoryToo() {
    assertThat(Files.exists(Path.of("src/test/resources/dev/runar/test/greeter.ts"))).isTrue();
    assertThat(failures(run(PathCase.class))).isEmpty();
  }

  @RunarTest(scripts = "src/test/resources/dev/runar/test/greeter.ts")
  static class PathCase {
    @Test
    void greets(HelloApi hello) {
      assertThat(hello.greet("Ada")).isEqualTo("Hello Ada");
    }
  }

  private static EngineExecutionResults run(Class<?> testClass) {
    return EngineTestKit.engine("junit-jupiter").selectors(selectClass(testClass)).execute();
  }

  private static List<Throwable> failures(EngineExecutionResults results) {
    return results.allEvents().finished().stream()
        .map(Event::getPayload)
        .flatMap(payload -> payload.stream())
        .map(payload -> (TestExecutionResult) payload)
        .flatMap(result -> result.getThrowable().stream())
        .toList();
  }
}
