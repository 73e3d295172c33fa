package shop;

import dev.runar.bean.ServicePath;

/** The service of greeter.ts. */
@ServicePath("greeter")
public interface GreeterApi {
  /** A greeting that fits the hour. */
  String greet(String name);
}
