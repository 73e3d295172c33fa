package dev.runar.internal.script;

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
  public void killed(ScriptContext context) {}
}
