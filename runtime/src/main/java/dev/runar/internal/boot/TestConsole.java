package dev.runar.internal.boot;

import dev.runar.TestEvent;
import dev.runar.TestPlan;
import dev.runar.internal.script.console.ConsoleSink;

/** Takes the consoles of test files to where their results go. */
record TestConsole(TestPlan plan) implements ConsoleSink {
  @Override
  public void write(Level level, String text) {
    plan.listener().accept(new TestEvent.Printed(text, level.isError()));
  }
}
