package dev.runar.internal.host;

/** The main class of the tests: the pump with {@link EchoSink}. */
public final class EchoSinks {
  private EchoSinks() {}

  /** Called by the addon. */
  public static void run() {
    Pump.run(EchoSink::new);
  }
}
