package dev.runar.test;

import dev.runar.Node;
import dev.runar.NodeConfig;
import dev.runar.PortChoice;
import dev.runar.RunarException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletionException;

/** The node of one test class or test, and what its scripts wrote. Any thread. */
record TestNode(Node node, ConsoleTail console) implements AutoCloseable {

  /**
   * A node that is ready, with its scripts loaded.
   *
   * @throws RunarException if the configuration is wrong, or a script or a service does not start
   */
  static TestNode start(RunarTest said, Class<?> testClass) {
    var console = new ConsoleTail();
    Node node = Node.builder().config(config(said.config())).console(console).build();
    try {
      for (String script : said.scripts()) {
        node.addScript(script(script, testClass)).join();
      }
      node.start().join();
      return new TestNode(node, console);
    } catch (CompletionException e) {
      node.close();
      Throwable failure = e.getCause() == null ? e : e.getCause();
      console.attachTo(failure);
      throw failure instanceof RunarException known ? known : e;
    } catch (RuntimeException e) {
      node.close();
      throw e;
    }
  }

  private static NodeConfig config(String yaml) {
    NodeConfig config = yaml.isBlank() ? NodeConfig.DEFAULT : read(yaml);
    return config.server().port() instanceof PortChoice.None
        ? config
        : config.withServer(config.server().withPort(0));
  }

  private static NodeConfig read(String yaml) {
    try {
      Path file = Files.createTempFile("runar-test", ".yaml");
      try {
        Files.writeString(file, yaml);
        return NodeConfig.load(file);
      } finally {
        Files.delete(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write the test's configuration", e);
    }
  }

  private static Path script(String name, Class<?> testClass) {
    Path file = Path.of(name);
    if (Files.exists(file)) {
      return file;
    }
    URL resource = testClass.getResource(name);
    if (resource != null && "file".equals(resource.getProtocol())) {
      try {
        return Path.of(resource.toURI());
      } catch (URISyntaxException e) {
        throw new IllegalArgumentException("no path: " + resource, e);
      }
    }
    throw new IllegalArgumentException(
        "@RunarTest: no script "
            + name
            + " below "
            + Path.of("").toAbsolutePath()
            + " and none beside "
            + testClass.getName());
  }

  @Override
  public void close() {
    node.close();
  }
}
