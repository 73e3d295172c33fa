package dev.runar.host;

/**
 * Where the addon enters Java: {@link #run} is called once, on the thread that then is the pump.
 * The property {@value #SINK} names the class of the {@link FrameSink.Factory}.
 */
public final class HostMain {
  /** Set by who boots: the name of a class with a public constructor without parameters. */
  public static final String SINK = "runar.host.sink";

  private HostMain() {}

  /** Returns when the process ends, or when nothing can go on, which it has told the addon. */
  public static void run() {
    var link = new HostLink();
    try {
      new Pump(link, sink(link)).run();
    } catch (Throwable failure) { // a pump that ends in silence leaves every caller waiting
      link.died(failure.toString());
    }
  }

  private static FrameSink sink(Link link) throws ReflectiveOperationException {
    String name = System.getProperty(SINK);
    if (name == null) {
      throw new IllegalStateException("the property " + SINK + " names no class");
    }
    var factory = Class.forName(name).asSubclass(FrameSink.Factory.class);
    return factory.getConstructor().newInstance().sink(link);
  }
}
