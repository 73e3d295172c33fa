package shop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.runar.Node;
import dev.runar.bean.Services;
import dev.runar.test.RunarTest;
import org.junit.jupiter.api.Test;

/** The script alone, without Spring. */
@RunarTest(scripts = "greeter.ts")
class GreeterTest {
  @Test
  void greetsByTheClock(Node node, GreeterApi greeter) {
    node.addService(Services.of(new ClockService())).join();

    assertThat(greeter.greet("Ada")).isEqualTo("Good morning, Ada!");
  }
}
