package dev.runar.internal.host;

/** A main class that ends the machine before it can run. */
public final class ExitingMain {
  static {
    exit();
  }

  private ExitingMain() {}

  /** Never runs. */
  public static void run() {}

  private static void exit() {
    System.exit(8);
  }
}
