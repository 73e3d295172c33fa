package dev.runar.internal.script;

import dev.runar.internal.node.ServiceDefinition;
import dev.runar.internal.node.ServiceScope;
import java.util.Optional;

/** Of a context that nobody follows: what it leaves behind goes with it. Any thread. */
final class NoEstate implements Estate {
  @Override
  public boolean returns() {
    return false;
  }

  @Override
  public String whyAway() {
    return "its script has ended";
  }

  @Override
  public boolean keeps(Waiting waiting) {
    return false;
  }

  @Override
  public Optional<ServiceDefinition> inherited(ServiceScope scope) {
    return Optional.empty();
  }

  @Override
  public void settled(ServiceDefinition replaced) {}

  @Override
  public void killed(ScriptContext context) {}
}
