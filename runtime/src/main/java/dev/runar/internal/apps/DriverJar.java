package dev.runar.internal.apps;

import java.io.IOException;
import java.io.InputStream;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.Objects;

/**
 * The classes of a driver's jar, which sees nothing of this program and has its own versions of
 * what it needs. Any thread.
 */
final class DriverJar extends URLClassLoader {
  static {
    registerAsParallelCapable();
  }

  private final Runnable registrations;

  DriverJar(Path file) {
    super(new URL[] {url(file)}, ClassLoader.getPlatformClassLoader());
    registrations = registrations();
  }

  private static URL url(Path file) {
    try {
      return file.toUri().toURL();
    } catch (MalformedURLException e) {
      throw new IllegalStateException("a file has a URL", e);
    }
  }

  private Runnable registrations() {
    String name = DriverRegistrations.class.getSimpleName() + ".class";
    try (InputStream in =
        Objects.requireNonNull(DriverRegistrations.class.getResourceAsStream(name))) {
      byte[] code = in.readAllBytes();
      Class<?> own = defineClass(DriverRegistrations.class.getName(), code, 0, code.length);
      return (Runnable) own.getConstructor().newInstance();
    } catch (IOException | ReflectiveOperationException e) {
      throw new IllegalStateException("a class of this program can be read", e);
    }
  }

  /** The classes that were loaded stay as long as a connection needs them. Repeatable. */
  @Override
  public void close() {
    registrations.run();
    try {
      super.close();
    } catch (IOException e) {
      System.getLogger(DriverJar.class.getName())
          .log(System.Logger.Level.DEBUG, "a jar could not be closed", e);
    }
  }
}
