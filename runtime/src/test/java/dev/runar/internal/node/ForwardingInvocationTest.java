package dev.runar.internal.node;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class ForwardingInvocationTest {
  @Test
  void itForwardsAllThatACallHas() {
    List<String> asked = Arrays.stream(Invocation.class.getMethods()).map(Method::getName).toList();
    List<String> forwarded =
        Arrays.stream(ForwardingInvocation.class.getDeclaredMethods())
            .map(Method::getName)
            .toList();
    assertThat(asked).hasSizeGreaterThan(12);
    assertThat(forwarded).containsAll(asked);
  }
}
