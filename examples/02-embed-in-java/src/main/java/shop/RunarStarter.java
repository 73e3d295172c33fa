package shop;

import dev.runar.Node;
import dev.runar.bean.ServiceBean;
import dev.runar.bean.Services;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.context.ApplicationContext;
import org.springframework.context.SmartLifecycle;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.io.Resource;

/**
 * A node in the application: beans with {@code @ServiceBean} are its services, and it runs before
 * the web server takes requests and until after it has taken the last.
 */
@Configuration(proxyBeanMethods = false)
class RunarStarter implements SmartLifecycle {
  private final ApplicationContext beans;
  private final Resource[] scripts;
  private final Node node = Node.builder().port(-1).build();

  RunarStarter(ApplicationContext beans, @Value("${runar.scripts}") Resource[] scripts) {
    this.beans = beans;
    this.scripts = scripts;
  }

  @Bean
  Node node() {
    return node;
  }

  @Bean
  GreeterApi greeter() {
    return node.client(GreeterApi.class);
  }

  @Override
  public void start() {
    for (Object bean : beans.getBeansWithAnnotation(ServiceBean.class).values()) {
      node.addService(Services.of(bean)).join();
    }
    for (Resource script : scripts) {
      node.addScript(file(script)).join();
    }
    node.start().join();
  }

  /** The node reads scripts and what they import from files: one in a jar is copied out. */
  private static Path file(Resource script) {
    try {
      if (script.isFile()) {
        return script.getFile().toPath();
      }
      Path copy = Files.createTempDirectory("scripts").resolve("" + script.getFilename());
      try (InputStream in = script.getInputStream()) {
        Files.copy(in, copy);
      }
      return copy;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void stop() {
    node.close();
  }

  @Override
  public boolean isRunning() {
    return node.state() == Node.State.RUNNING;
  }

  /** Before the web server's, which is one of the last. */
  @Override
  public int getPhase() {
    return 0;
  }
}
