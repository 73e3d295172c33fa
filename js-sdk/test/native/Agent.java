import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** Does within the Java machine of a program what its test says over a socket, line by line. */
public final class Agent {
  private Agent() {}

  /** Called by the machine before its main class. */
  public static void premain(String port) throws IOException {
    var socket = new Socket(InetAddress.getLoopbackAddress(), Integer.parseInt(port));
    Thread.ofPlatform().daemon().name("test-agent").start(() -> obey(socket));
  }

  private static void obey(Socket socket) {
    try (socket) {
      var lines = new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8);
      var in = new BufferedReader(lines);
      var out = new PrintWriter(socket.getOutputStream(), true, StandardCharsets.UTF_8);
      for (String line = in.readLine(); line != null; line = in.readLine()) {
        String[] words = line.split(" ", 2);
        obey(words[0], words[1]);
        out.println("done");
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void obey(String what, String with) {
    switch (what) {
      case "print" -> {
        for (int i = 0; i < Integer.parseInt(with); i++) {
          System.out.println("line " + i + " é");
        }
      }
      case "exit" -> System.exit(Integer.parseInt(with));
      case "hook" -> Runtime.getRuntime().addShutdownHook(new Thread(() -> say(Path.of(with))));
      default -> throw new IllegalArgumentException(what);
    }
  }

  private static void say(Path file) {
    System.out.println("the hook prints");
    try {
      Files.writeString(file, "ran");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
