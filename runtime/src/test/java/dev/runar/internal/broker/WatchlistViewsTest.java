package dev.runar.internal.broker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.runar.apps.AppLimits;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Row P58: whatever the order in which lanes come to their work, a watcher is told of each coming
 * and going of those that it watches, once and in order.
 */
@Timeout(60)
class WatchlistViewsTest {
  private static final Pattern EVENT =
      Pattern.compile("\"name\":\"(online|offline)\",\"user_ids\":\\[([^]]*)]");
  private static final String[] USERS = {"u0", "u1", "u2"};

  private final PusherSimulation app = new PusherSimulation(AppLimits.DEFAULT);

  @AfterEach
  void stop() {
    app.close();
  }

  /** A client and what it knows of those that it watches. */
  private final class Watcher {
    final Simulation.Client client;
    final Map<String, Boolean> view = new HashMap<>();
    @Nullable String user;

    Watcher(int lane) {
      client = app.connect(lane);
    }

    void signIn(String newUser) {
      client.says(PusherSimulation.signing(client, newUser, USERS));
      user = newUser;
    }

    void read() {
      for (String frame : client.got()) {
        Matcher event = EVENT.matcher(frame);
        boolean isFirst = view.isEmpty();
        while (event.find()) {
          boolean isOnline = event.group(1).equals("online");
          for (String id : event.group(2).replace("\"", "").split(",")) {
            Boolean before = view.put(id, isOnline);
            assertThat(before).as(frame).isEqualTo(isFirst ? null : !isOnline);
          }
        }
      }
    }
  }

  @Test
  void everyViewIsTheTruthWhateverTheOrder() {
    for (int seed = 0; seed < 300; seed++) {
      var random = new Random(seed);
      List<Watcher> watchers = new ArrayList<>();
      for (int i = 0; i < 6; i++) {
        watchers.add(new Watcher(i % PusherSimulation.LANES));
      }
      for (int step = 0; step < 80; step++) {
        act(random, watchers);
      }
      app.simulation.settle();
      for (Watcher watcher : watchers) {
        watcher.read();
        if (watcher.user != null) {
          assertThat(watcher.view).as("seed %s", seed).isEqualTo(truth(watchers));
        }
      }
      watchers.forEach(watcher -> app.lose(watcher.client));
      app.simulation.settle();
    }
  }

  private void act(Random random, List<Watcher> watchers) {
    int chosen = random.nextInt(watchers.size());
    Watcher watcher = watchers.get(chosen);
    switch (random.nextInt(5)) {
      case 0, 1 -> {
        if (watcher.user == null) {
          watcher.signIn(USERS[random.nextInt(USERS.length)]);
        }
      }
      case 2 -> {
        app.lose(watcher.client);
        watcher.read();
        watchers.set(chosen, new Watcher(random.nextInt(PusherSimulation.LANES)));
      }
      default -> app.simulation.step(random.nextInt(PusherSimulation.LANES));
    }
  }

  private static Map<String, Boolean> truth(List<Watcher> watchers) {
    var truth = new HashMap<String, Boolean>();
    Arrays.stream(USERS)
        .forEach(
            user ->
                truth.put(user, watchers.stream().anyMatch(watcher -> user.equals(watcher.user))));
    return truth;
  }
}
