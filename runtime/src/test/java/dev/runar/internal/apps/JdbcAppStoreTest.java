package dev.runar.internal.apps;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.runar.Configuration;
import dev.runar.NodeConfig;
import dev.runar.apps.App;
import dev.runar.apps.AppDatabase;
import dev.runar.apps.AppLimits;
import dev.runar.internal.broker.InMemoryGate;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class JdbcAppStoreTest {
  private String url = "";
  private Connection connection;

  @BeforeEach
  void createTable(TestInfo test) throws SQLException {
    url = "jdbc:h2:mem:" + test.getTestMethod().orElseThrow().getName();
    connection = DriverManager.getConnection(url, "sa", "pass word");
    execute(
        """
        CREATE TABLE apps (
          id       VARCHAR(100) PRIMARY KEY,
          app_key  VARCHAR(100) NOT NULL UNIQUE,
          secret   VARCHAR(200) NOT NULL,
          enabled  BOOLEAN NOT NULL DEFAULT TRUE,
          settings VARCHAR(10000)
        )\
        """);
    execute("INSERT INTO apps (id, app_key, secret) VALUES ('1', 'key-1', 'secret-1')");
  }

  @AfterEach
  void close() throws SQLException {
    connection.close();
  }

  private void execute(String sql) throws SQLException {
    try (var statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private AppDatabase database(String cached, String absent, String table) {
    return Configuration.load(
            Configuration.Sources.NONE.withFlags(
                Map.of(
                    "server.pusher.database.url", url,
                    "server.pusher.database.user", "sa",
                    "server.pusher.database.password", "pass word",
                    "server.pusher.database.cached", cached,
                    "server.pusher.database.absent", absent,
                    "server.pusher.database.table", table)))
        .config()
        .server()
        .pusher()
        .database();
  }

  private AppDatabase database() {
    return database("60000", "60000", "apps");
  }

  @Test
  void anAppIsFoundByItsKeyAndItsId() throws SQLException {
    execute(
        "INSERT INTO apps VALUES ('2', 'key-2', 'secret-2', FALSE,"
            + " '{\"origins\":[\"a.example.com\"],\"limits\":{\"connections\":5}}')");
    App second =
        App.of("2", "key-2", "secret-2")
            .withEnabled(false)
            .withOrigins(List.of("a.example.com"))
            .withLimits(AppLimits.DEFAULT.withConnections(5));
    try (JdbcAppStore store = JdbcAppStore.of(database())) {
      assertThat(store.byKey("key-1").join()).contains(App.of("1", "key-1", "secret-1"));
      assertThat(store.byId("2").join()).contains(second);
      assertThat(store.byId("key-1").join()).isEmpty();
      assertThat(store.byKey("' OR '1'='1").join()).isEmpty();
    }
  }

  @Test
  void anAnswerIsRememberedAndSoIsThatThereIsNone() throws SQLException {
    try (JdbcAppStore store = JdbcAppStore.of(database())) {
      assertThat(store.byId("1").join()).isPresent();
      assertThat(store.byId("later").join()).isEmpty();
      execute("DELETE FROM apps");
      execute("INSERT INTO apps (id, app_key, secret) VALUES ('later', 'key', 'secret')");
      assertThat(store.byId("1").join()).isPresent();
      assertThat(store.byId("later").join()).isEmpty();
      assertThat(store.byKey("key").join()).as("never asked").isPresent();
    }
  }

  @Test
  void anAnswerIsForgottenAfterItsTime() throws SQLException {
    try (JdbcAppStore store = JdbcAppStore.of(database("50", "50", "apps"))) {
      assertThat(store.byId("1").join()).isPresent();
      execute("DELETE FROM apps");
      await().until(() -> store.byId("1").join().isEmpty());
      execute("INSERT INTO apps (id, app_key, secret) VALUES ('1', 'key', 'secret')");
      await().until(() -> store.byId("1").join().isPresent());
    }
  }

  @Test
  void aFailureSaysWhatFailedAndIsNotRemembered() throws SQLException {
    try (JdbcAppStore store = JdbcAppStore.of(database("60000", "60000", "tenants"))) {
      assertThatThrownBy(() -> store.byId("1").join())
          .hasMessageContaining("the table of apps could not be read")
          .hasMessageContaining("TENANTS")
          .hasMessageNotContaining("pass word");
      execute("ALTER TABLE apps RENAME TO tenants");
      assertThat(store.byId("1").join()).isPresent();
    }
  }

  @Test
  void aKnownAppIsServedWhileTheDatabaseFails() throws SQLException {
    try (JdbcAppStore store = JdbcAppStore.of(database("1", "1", "apps"))) {
      assertThat(store.byId("1").join()).isPresent();
      execute("ALTER TABLE apps RENAME TO tenants");
      assertThatThrownBy(() -> store.byId("2").join()).as("it fails now").isNotNull();
      for (int i = 0; i < 5; i++) {
        assertThat(store.byId("1").join()).isPresent();
      }
      execute("ALTER TABLE tenants RENAME TO apps");
      execute("UPDATE apps SET enabled = FALSE");
      await().until(() -> !store.byId("1").join().orElseThrow().enabled());
      execute("DELETE FROM apps");
      await().until(() -> store.byId("1").join().isEmpty());
      execute("ALTER TABLE apps RENAME TO tenants");
      assertThatThrownBy(() -> store.byId("1").join()).as("no longer known").isNotNull();
    }
  }

  @Test
  void anOutageIsOneLineOfTheLog() throws SQLException {
    var lines = new CopyOnWriteArrayList<String>();
    var log = Logger.getLogger("");
    var handler =
        new Handler() {
          @Override
          public void publish(LogRecord line) {
            if (line.getLevel().intValue() >= Level.WARNING.intValue()) {
              lines.add(line.getMessage());
            }
          }

          @Override
          public void flush() {}

          @Override
          public void close() {}
        };
    log.addHandler(handler);
    try (JdbcAppStore store = JdbcAppStore.of(database())) {
      execute("DROP TABLE apps");
      for (int i = 0; i < 10; i++) {
        assertThatThrownBy(() -> store.byId("1").join()).isNotNull();
      }
    } finally {
      log.removeHandler(handler);
    }
    assertThat(lines)
        .singleElement()
        .asString()
        .startsWith("the database of apps fails, apps are served as they were last known");
  }

  @Test
  void aConnectionIsKeptForTheNextQuestion() {
    try (JdbcAppStore store = JdbcAppStore.of(database("0", "0", "apps"))) {
      assertThat(store.connections()).isZero();
      for (int i = 0; i < 20; i++) {
        assertThat(store.byId("1").join()).isPresent();
      }
      assertThat(store.connections()).as("the pool makes one ahead").isBetween(1, 2);
    }
  }

  @Test
  void aConnectionThatWasLostIsReplaced() throws SQLException {
    try (JdbcAppStore store = JdbcAppStore.of(database("0", "0", "apps"))) {
      assertThat(store.byId("1").join()).isPresent();
      execute("CREATE TABLE kept AS SELECT * FROM apps");
      execute("CALL ABORT_SESSION((SELECT MAX(session_id) FROM information_schema.sessions))");
      await().until(() -> store.byId("1").handle((app, error) -> error == null).join());
    }
  }

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

  @Test
  void anAppThatIsNoneIsNamedWithoutItsSecret() throws SQLException {
    execute("INSERT INTO apps VALUES ('2', 'key-2', 'hidden', TRUE, '{\"orgins\":[]}')");
    execute("INSERT INTO apps VALUES ('3', 'key-3', 'hidden', TRUE, '{')");
    try (JdbcAppStore store = JdbcAppStore.of(database())) {
      assertThatThrownBy(() -> store.byId("2").join())
          .hasMessageContaining("table apps, app 2: unknown key \"app.orgins\"")
          .hasMessageNotContaining("hidden");
      assertThatThrownBy(() -> store.byId("3").join()).hasMessageNotContaining("hidden");
    }
  }

  @Test
  void manyQuestionsAtOnceAreAnsweredOrRefused() {
    try (JdbcAppStore store = JdbcAppStore.of(database())) {
      List<CompletableFuture<Optional<App>>> answers =
          IntStream.range(0, 5_000).mapToObj(i -> store.byKey("invented-" + i)).toList();
      long refused =
          answers.stream()
              .map(answer -> answer.handle((app, error) -> error == null ? "" : error.getMessage()))
              .map(CompletableFuture::join)
              .filter(message -> !message.isEmpty())
              .peek(message -> assertThat(message).contains("more than 1000 questions wait"))
              .count();
      assertThat(refused).isLessThan(4_001);
      assertThat(store.byKey("key-1").join()).isPresent();
    }
  }

  @Test
  void theConfigurationGoesBeforeTheDatabase() {
    NodeConfig config =
        NodeConfig.DEFAULT
            .withApps(List.of(App.of("1", "listed", "listed")))
            .withServer(
                NodeConfig.DEFAULT
                    .server()
                    .withPusher(NodeConfig.DEFAULT.server().pusher().withDatabase(database())));
    try (AppSources sources =
        AppSources.of(config, Optional.empty(), new ProgramApps(new InMemoryGate()))) {
      assertThat(sources.byId("1").toCompletableFuture().join())
          .contains(App.of("1", "listed", "listed"));
      assertThat(sources.byKey("key-1").toCompletableFuture().join()).isPresent();
    }
    assertThat(
            AppSources.of(NodeConfig.DEFAULT, Optional.empty(), new ProgramApps(new InMemoryGate()))
                .isAny())
        .isFalse();
  }
}
