package dev.runar.internal.script.console;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.graalvm.polyglot.Context;
import org.graalvm.polyglot.Value;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import tools.jackson.databind.json.JsonMapper;

@Timeout(120)
class ConsoleFormatterTest {
  /** Where the engines differ, and why; a line that has come to agree must be taken out. */
  private static final Map<String, String> DIFFERENCES = Map.of();

  private Context context;
  private ConsoleFormatter formatter;

  @BeforeEach
  void open() {
    context = ScriptContexts.open();
    formatter = ConsoleFormatter.create(context);
  }

  @AfterEach
  void close() {
    context.close(true);
  }

  @Test
  void everyExpressionPrintsAsInNode() {
    List<String> expressions = NodeConsole.expressions();
    List<String> expected = NodeConsole.run(program(expressions));
    assertThat(expressions).hasSizeGreaterThan(150);
    assertThat(expected).hasSameSizeAs(expressions);
    var differing = new TreeMap<String, String>();
    for (int i = 0; i < expressions.size(); i++) {
      String actual = print(expressions.get(i));
      if (!actual.equals(expected.get(i))) {
        differing.put(
            expressions.get(i), "\n--- node\n" + expected.get(i) + "\n--- here\n" + actual + "\n");
      }
    }
    differing.keySet().removeIf(DIFFERENCES::containsKey);
    assertThat(differing).isEmpty();
  }

  private static String program(List<String> expressions) {
    var program = new StringBuilder("const { format } = require('util');\nconst out = [];\n");
    for (String expression : expressions) {
      program
          .append("out.push(format(...(0, eval)(")
          .append(JsonMapper.shared().writeValueAsString(NodeConsole.argumentsOf(expression)))
          .append(")));\n");
    }
    return program.append("console.log(JSON.stringify(out));\n").toString();
  }

  private String print(String expression) {
    Value list = context.eval("js", NodeConsole.argumentsOf(expression));
    Value[] arguments = new Value[(int) list.getArraySize()];
    for (int i = 0; i < arguments.length; i++) {
      arguments[i] = list.getArrayElement(i);
    }
    return formatter.format(arguments);
  }
}
