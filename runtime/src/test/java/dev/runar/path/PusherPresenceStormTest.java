package dev.runar.path;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.runar.path.PusherNode.Connected;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Many real clients come and go at once: at the end everybody sees who is there. */
@Timeout(120)
class PusherPresenceStormTest {
  private static final String ROOM = "presence-room";
  private static final Pattern IDS = Pattern.compile("ids\\\\\":\\[([^]]*)]");
  private static final Pattern USER = Pattern.compile("user_id\\\\\":\\\\\"(u\\d+)");

  /** A client of one user, and who is there as far as it was told. */
  private static final class Viewer {
    final Connected client;
    final String user;
    final Set<String> view = new TreeSet<>();

    Viewer(Connected client, String user) {
      this.client = client;
      this.user = user;
    }

    /** Joins and leaves, and ends as it should. */
    Viewer comeAndGo(Random random, boolean stays) {
      for (int i = 0; i < 20; i++) {
        join();
        if (random.nextBoolean()) {
          read(client.untilPong());
        }
        leave();
      }
      if (stays) {
        join();
      }
      read(client.untilPong());
      return this;
    }

    private void join() {
      client.say(Signed.joining(client, ROOM, "{\"user_id\":\"" + user + "\"}"));
    }

    private void leave() {
      client.say("{\"event\":\"pusher:unsubscribe\",\"data\":{\"channel\":\"" + ROOM + "\"}}");
    }

    Set<String> read(List<String> frames) {
      for (String frame : frames) {
        Matcher ids = IDS.matcher(frame);
        Matcher one = USER.matcher(frame);
        if (ids.find()) {
          view.clear();
          view.addAll(Arrays.asList(ids.group(1).replaceAll("[\\\\\"]", "").split(",")));
        } else if (frame.contains("member_added") && one.find()) {
          assertThat(view.add(one.group(1))).as(frame).isTrue();
        } else if (frame.contains("member_removed") && one.find()) {
          assertThat(view.remove(one.group(1))).as(frame).isTrue();
        }
      }
      return view;
    }
  }

  @Test
  void everyViewIsTheTruthAfterAStorm() throws Exception {
    try (PusherNode node = PusherNode.start();
        var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Callable<Viewer>> tasks =
          IntStream.range(0, 24)
              .<Callable<Viewer>>mapToObj(
                  i ->
                      () ->
                          new Viewer(node.connect(), "u" + i / 2)
                              .comeAndGo(new Random(i), i % 3 == 0))
              .toList();
      List<Future<Viewer>> done = threads.invokeAll(tasks);
      var staying = new TreeSet<String>();
      for (int i = 0; i < done.size(); i += 3) {
        staying.add(done.get(i).get().user);
      }
      for (int i = 0; i < done.size(); i += 3) {
        Viewer viewer = done.get(i).get();
        await()
            .atMost(Duration.ofSeconds(10))
            .until(() -> viewer.read(viewer.client.untilPong()).equals(staying));
      }
      for (Future<Viewer> viewer : done) {
        viewer.get().client.close();
      }
    }
  }
}
