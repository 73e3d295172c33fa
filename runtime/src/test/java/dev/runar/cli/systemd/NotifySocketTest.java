package dev.runar.cli.systemd;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(30)
@EnabledOnOs(OS.LINUX)
class NotifySocketTest {
  private static final Logger LOG = Logger.getLogger("runar.cli");

  @TempDir private Path folder;
  private final List<String> logged = new ArrayList<>();
  private final Handler handler =
      new Handler() {
        @Override
        public void publish(LogRecord line) {
          logged.add(line.getLevel() + " " + new SimpleFormatter().formatMessage(line));
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
      };

  @BeforeEach
  void listen() {
    LOG.addHandler(handler);
  }

  @AfterEach
  void stop() {
    LOG.removeHandler(handler);
  }

  @Test
  void aMessageReachesASocketInAFolder() throws Exception {
    String address = folder.resolve("notify").toString();
    try (var inbox = DatagramInbox.at(address)) {
      new NotifySocket(address).send("READY=1\nSTATUS=grüßt");

      assertThat(inbox.take()).isEqualTo("READY=1\nSTATUS=grüßt");
    }
    assertThat(logged).isEmpty();
  }

  @Test
  void aMessageReachesAnAbstractSocket() throws Exception {
    String address = "@runar-test-" + ProcessHandle.current().pid();
    try (var inbox = DatagramInbox.at(address)) {
      var socket = new NotifySocket(address);
      socket.send("WATCHDOG=1");
      socket.send("STOPPING=1");

      assertThat(inbox.take()).isEqualTo("WATCHDOG=1");
      assertThat(inbox.take()).isEqualTo("STOPPING=1");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "nothing, there is no such socket",
    "gone, nobody listens there",
  })
  void whereNobodyListensItIsSaidOnce(String name, String reason) throws Exception {
    String address = folder.resolve(name).toString();
    if (name.equals("gone")) {
      DatagramInbox.at(address).close(); // its file stays
    }
    var socket = new NotifySocket(address);

    socket.send("READY=1\nSTATUS=x");
    socket.send("WATCHDOG=1");

    assertThat(logged)
        .containsExactly(
            "WARNING init system socket="
                + address
                + " not told READY=1: "
                + reason
                + "; it may think that this process is not ready and end it, see NOTIFY_SOCKET");
  }

  @Test
  void whatIsNoAddressIsNamed() {
    new NotifySocket("notify").send("READY=1");
    new NotifySocket("@").send("READY=1");
    new NotifySocket("/" + "x".repeat(107)).send("READY=1");
    new NotifySocket("vsock:2:1234").send("READY=1");

    assertThat(logged)
        .extracting(line -> line.substring(line.indexOf("1: ") + 3, line.indexOf(';')))
        .containsExactly(
            "it is neither a path nor @ and a name",
            "it is neither a path nor @ and a name",
            "it is longer than the 108 bytes of an address",
            "it is neither a path nor @ and a name");
  }

  @Test
  void theLongestNamesFit() throws Exception {
    String path = folder.resolve("x").toString();
    String longest = path + "x".repeat(107 - path.length());
    String abstractName = "@runar-" + ProcessHandle.current().pid() + "-";
    abstractName += "x".repeat(108 - abstractName.length());
    for (String address : List.of(longest, abstractName)) {
      try (var inbox = DatagramInbox.at(address)) {
        new NotifySocket(address).send("READY=1");

        assertThat(inbox.take()).isEqualTo("READY=1");
      }
    }
    assertThat(logged).isEmpty();
    assertThat(LOG.isLoggable(Level.WARNING)).isTrue();
  }
}
