package dev.runar.internal.apps;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.runar.apps.App;
import dev.runar.apps.AppDatabase;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The drivers by which a database of apps is reached: slow ones, missing ones, those of a jar. */
@Timeout(60)
class JdbcDriverTest extends AppTableFixture {
  @Test
  void aDriverThatHangsIsGivenUpAndInterrupted() throws Exception {
    var interrupted = new AtomicInteger();
    FakeDriver.Connecting hanging =
        () -> {
          try {
            new CountDownLatch(1).await();
          } catch (InterruptedException e) {
            interrupted.incrementAndGet();
          }
          throw new SQLException("interrupted");
        };
    try (var _ = new FakeDriver(hanging);
        JdbcAppStore store = JdbcAppStore.of(elsewhere(FakeDriver.URL, 200))) {
      for (int i = 0; i < 3; i++) { // with one connection: each frees it
        assertThatThrownBy(() -> store.byId("1").join())
            .hasMessageContaining("did not answer within 200 ms");
      }
      await().until(() -> interrupted.get() >= 2);
    }
  }

  @Test
  void aDriverThatMissesAClassSaysWhich() throws Exception {
    FakeDriver.Connecting incomplete =
        () -> {
          throw new NoClassDefFoundError("com/example/Missing");
        };
    try (var _ = new FakeDriver(incomplete);
        JdbcAppStore store = JdbcAppStore.of(elsewhere(FakeDriver.URL, 30_000))) {
      assertThatThrownBy(() -> store.byId("1").join())
          .hasMessageContaining("NoClassDefFoundError: com/example/Missing");
    }
  }

  @Test
  void aSlowDatabaseIsWaitedForThoughItFailedBefore() throws Exception {
    var slow = new CountDownLatch(1);
    FakeDriver.Connecting refusing =
        () -> {
          throw new SQLException("refused");
        };
    try (var driver = new FakeDriver(refusing);
        JdbcAppStore store = JdbcAppStore.of(elsewhere(FakeDriver.URL, 30_000))) {
      assertThatThrownBy(() -> store.byId("1").join()).hasMessageContaining("refused");
      driver.connecting =
          () -> {
            awaitUninterruptibly(slow);
            return DriverManager.getConnection(url, "sa", "pass word");
          };
      CompletableFuture<Optional<App>> answer = store.byId("1");
      assertThatThrownBy(() -> answer.get(1, TimeUnit.SECONDS)) // the pool waits for 0.25 s
          .isInstanceOf(TimeoutException.class);
      slow.countDown();
      assertThat(answer.join()).isPresent();
    }
  }

  @Test
  void theEndWaitsForNoDriver() throws Exception {
    var entered = new CountDownLatch(1);
    var end = new CountDownLatch(1);
    FakeDriver.Connecting deaf =
        () -> {
          entered.countDown();
          awaitUninterruptibly(end);
          throw new SQLException("ended");
        };
    try (var _ = new FakeDriver(deaf)) {
      JdbcAppStore store = JdbcAppStore.of(elsewhere(FakeDriver.URL, 600_000));
      CompletableFuture<Optional<App>> answer = store.byId("1");
      entered.await();
      store.close(); // within the time of the test
      assertThatThrownBy(answer::join).isNotNull();
    } finally {
      end.countDown();
    }
  }

  private static void awaitUninterruptibly(CountDownLatch latch) {
    boolean isInterrupted = false;
    while (true) {
      try {
        latch.await();
        break;
      } catch (InterruptedException e) {
        isInterrupted = true;
      }
    }
    if (isInterrupted) {
      Thread.currentThread().interrupt();
    }
  }

  @Test
  void theUrlIsNotTold() {
    String secret = "jdbc:nobody://me:hidden@db.example.com/apps?password=hidden";
    try (JdbcAppStore store = JdbcAppStore.of(elsewhere(secret, 5_000))) {
      assertThatThrownBy(() -> store.byId("1").join())
          .hasMessageContaining("No suitable driver")
          .hasMessageContaining("name the driver's jar in server.pusher.database.driver")
          .hasMessageContaining("***")
          .hasMessageNotContaining("hidden")
          .hasMessageNotContaining("db.example.com");
    }
  }

  @Test
  void theDriverMayBeInAJarOfItsOwn() throws URISyntaxException {
    String jar =
        Path.of(org.h2.Driver.class.getProtectionDomain().getCodeSource().getLocation().toURI())
            .toString();
    try (JdbcAppStore store = JdbcAppStore.of(withDriver("jdbc:h2:mem:own", jar))) {
      assertThatThrownBy(() -> store.byId("1").join())
          .as("a database of its own, which has no tables")
          .hasMessageContaining("Table \"APPS\" not found");
    }
    try (JdbcAppStore store = JdbcAppStore.of(withDriver("jdbc:nobody:x", jar))) {
      assertThatThrownBy(() -> store.byId("1").join()).hasMessageContaining("No suitable driver");
    }
  }

  @Test
  void aDriverThatIsNoneIsRefusedAtOnce(@TempDir Path folder) throws IOException {
    String text = Files.writeString(folder.resolve("driver.jar"), "no jar").toString();
    assertThatThrownBy(() -> JdbcAppStore.of(withDriver("jdbc:h2:mem:own", text)))
        .hasMessageContaining("server.pusher.database.driver: ")
        .hasMessageContaining("holds no JDBC driver");
    assertThatThrownBy(() -> JdbcAppStore.of(withDriver("jdbc:h2:mem:own", text + "s")))
        .hasMessageContaining("server.pusher.database.driver: there is no file ");
  }

  /** Its driver enters itself in {@link DriverManager}, and says so when it is taken out. */
  @Test
  void theDriverOfAJarIsTakenOutWithTheJar(@TempDir Path folder) throws IOException {
    Path jar = folder.resolve("driver.jar");
    String name = DriverOfJar.class.getName();
    try (var out = new JarOutputStream(Files.newOutputStream(jar));
        var code = DriverOfJar.class.getResourceAsStream("DriverOfJar.class")) {
      out.putNextEntry(new JarEntry("META-INF/services/java.sql.Driver"));
      out.write(name.getBytes(StandardCharsets.UTF_8));
      out.putNextEntry(new JarEntry(name.replace('.', '/') + ".class"));
      out.write(code.readAllBytes());
    }
    for (int i = 0; i < 2; i++) { // each time in a loader of its own
      System.clearProperty(DriverOfJar.STATE);
      JdbcAppStore store = JdbcAppStore.of(withDriver("jdbc:nobody:x", jar.toString()));
      assertThat(System.getProperty(DriverOfJar.STATE)).isEqualTo("registered");
      store.close();
      assertThat(System.getProperty(DriverOfJar.STATE)).isEqualTo("gone");
      store.close();
    }
    System.clearProperty(DriverOfJar.STATE);
  }

  private static AppDatabase withDriver(String url, String driver) {
    AppDatabase none = AppDatabase.NONE;
    return new AppDatabase(
        url,
        driver,
        none.user(),
        none.password(),
        none.table(),
        none.cached(),
        none.absent(),
        1,
        none.timeout());
  }

  private static AppDatabase elsewhere(String url, int timeoutMs) {
    AppDatabase none = AppDatabase.NONE;
    return new AppDatabase(
        url,
        none.driver(),
        none.user(),
        none.password(),
        none.table(),
        none.cached(),
        none.absent(),
        1,
        Duration.ofMillis(timeoutMs));
  }
}
