package dev.runar.cli;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.List;

/**
 * SIGINT, SIGTERM and SIGHUP. The first asks for a graceful end, after which the process has the
 * exit code of its command; the second ends the process at once with 130.
 *
 * <p>A shutdown hook could not do this: once hooks run, the exit code is the signal's and what the
 * command still does races with the hooks of libraries. The JDK has no public signal API, so {@code
 * sun.misc.Signal} of the module {@code jdk.unsupported} is reached by reflection; where there is
 * none, or the JVM was told to leave signals alone, signals do what the JVM does by default.
 */
final class ProcessSignals implements StopSignals {
  private static final List<String> NAMES = List.of("INT", "TERM", "HUP");

  @Override
  public void listen(Runnable callback) {
    var requests =
        new StopRequests(callback, () -> Runtime.getRuntime().halt(130), System::nanoTime);
    for (String name : NAMES) {
      handle(name, requests::arrived);
    }
  }

  private static void handle(String name, Runnable onSignal) {
    try {
      Class<?> signal = Class.forName("sun.misc.Signal");
      Class<?> handler = Class.forName("sun.misc.SignalHandler");
      Object proxy =
          Proxy.newProxyInstance(
              handler.getClassLoader(),
              new Class<?>[] {handler},
              (self, method, arguments) -> {
                onSignal.run();
                return null;
              });
      signal
          .getMethod("handle", signal, handler)
          .invoke(null, signal.getConstructor(String.class).newInstance(name), proxy);
    } catch (InvocationTargetException e) { // the JVM was started with -Xrs
      System.getLogger("runar.cli")
          .log(
              System.Logger.Level.DEBUG, "signal={0} handled=false reason={1}", name, e.getCause());
    } catch (ReflectiveOperationException e) {
      System.getLogger("runar.cli")
          .log(System.Logger.Level.DEBUG, "signal={0} handled=false reason={1}", name, e);
    }
  }
}
