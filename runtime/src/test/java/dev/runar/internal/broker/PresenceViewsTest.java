package dev.runar.internal.broker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.runar.apps.App;
import dev.runar.apps.AppStore;
import dev.runar.internal.broker.pusher.AppEvents;
import dev.runar.internal.broker.pusher.Apps;
import dev.runar.internal.broker.pusher.PusherPaths;
import dev.runar.internal.node.Delays;
import dev.runar.internal.protocol.pusher.Signature;
import dev.runar.spi.Clock;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Whatever the order in which lanes come to their work: the list that a client got, with those who
 * came and without those who went, is who is there.
 */
@Timeout(60)
class PresenceViewsTest {
  private static final String ROOM = "presence-room";
  private static final int LANES = 3;
  private static final Pattern IDS = Pattern.compile("ids\\\\\":\\[([^]]*)]");
  private static final Pattern USER = Pattern.compile("user_id\\\\\":\\\\\"(u\\d)");

  private final Delays delays = Delays.system();
  private final Webhooks told = new Webhooks();
  private final Simulation simulation =
      new Simulation(Simulation.OPTIONS, LANES, gate -> new PusherPaths(apps(), gate, ""));

  @AfterEach
  void stop() {
    delays.close();
  }

  private Apps apps() {
    var app = CompletableFuture.completedFuture(Optional.of(App.of("1", "key", "secret")));
    var apps =
        new Apps(
            new AppStore() {
              @Override
              public CompletionStage<Optional<App>> byKey(String key) {
                return app;
              }

              @Override
              public CompletionStage<Optional<App>> byId(String id) {
                return app;
              }
            },
            Clock.system(),
            delays);
    apps.listen(told);
    return apps;
  }

  /** Who is there, as webhooks are told; a user comes and goes in turn. */
  private static final class Webhooks implements AppEvents {
    final Set<String> members = new HashSet<>();

    @Override
    public void memberAdded(App app, String channel, String userId) {
      assertThat(members.add(userId)).as("added twice: %s", userId).isTrue();
    }

    @Override
    public void memberRemoved(App app, String channel, String userId) {
      assertThat(members.remove(userId)).as("removed twice: %s", userId).isTrue();
    }
  }

  /** A client and what it knows. */
  private final class Viewer {
    final Simulation.Client client;

    /** Who it has joined as. */
    @Nullable String user;

    /** Who is there, as far as it was told. */
    final Set<String> view = new TreeSet<>();

    Viewer(int lane) {
      var arrival = new Arrival("/app/key", "protocol=7", null, false);
      client = simulation.connect(lane, simulation.broker.route("/app/key").orElseThrow(), arrival);
    }

    void join(String newUser) {
      String data = "{\\\"user_id\\\":\\\"" + newUser + "\\\"}";
      String signed = client.session.id() + ":" + ROOM + ":" + data.replace("\\", "");
      client.says(
          "{\"event\":\"pusher:subscribe\",\"data\":{\"channel\":\"%s\",\"auth\":\"key:%s\",\"channel_data\":\"%s\"}}"
              .formatted(ROOM, Signature.sign("secret", signed), data));
      user = newUser;
    }

    void leave() {
      client.says("{\"event\":\"pusher:unsubscribe\",\"data\":{\"channel\":\"" + ROOM + "\"}}");
      user = null;
    }

    void close() {
      simulation.on(client.lane, () -> client.session.closedByPeer(1006, ""));
      user = null;
    }

    void read() {
      client.got().forEach(this::read);
    }

    private void read(String frame) {
      if (frame.contains("subscription_succeeded")) {
        view.clear();
        Matcher ids = IDS.matcher(frame);
        assertThat(ids.find()).isTrue();
        for (String id : ids.group(1).replaceAll("[\\\\\"]", "").split(",")) {
          assertThat(view.add(id)).as("twice in the list: %s", frame).isTrue();
        }
      } else if (frame.contains("member_")) {
        Matcher user = USER.matcher(frame);
        assertThat(user.find()).isTrue();
        boolean changed =
            frame.contains("member_added") ? view.add(user.group(1)) : view.remove(user.group(1));
        assertThat(changed).as("told what it knew: %s", frame).isTrue();
      } else {
        assertThat(frame).contains("connection_established");
      }
    }
  }

  @Test
  void everyViewIsTheTruthWhateverTheOrder() {
    for (int seed = 0; seed < 300; seed++) {
      var random = new Random(seed);
      List<Viewer> viewers = new ArrayList<>();
      for (int i = 0; i < 8; i++) {
        viewers.add(new Viewer(i % LANES));
      }
      for (int step = 0; step < 120; step++) {
        act(random, viewers);
      }
      simulation.settle();
      Set<String> truth = truth(viewers);
      assertThat(told.members).as("seed %s", seed).isEqualTo(truth);
      for (Viewer viewer : viewers) {
        viewer.read();
        if (viewer.user != null) {
          assertThat(viewer.view).as("seed %s", seed).isEqualTo(truth);
        }
      }
      viewers.forEach(Viewer::close);
      simulation.settle();
      assertThat(told.members).isEmpty();
    }
  }

  private void act(Random random, List<Viewer> viewers) {
    int chosen = random.nextInt(viewers.size());
    Viewer viewer = viewers.get(chosen);
    switch (random.nextInt(8)) {
      case 0, 1, 2 -> {
        if (viewer.user == null) {
          viewer.join("u" + random.nextInt(4));
        } else if (random.nextInt(3) == 0) {
          viewer.join(viewer.user); // again
        } else {
          viewer.leave();
        }
      }
      case 3 -> {
        viewer.close();
        viewer.read();
        viewers.set(chosen, new Viewer(random.nextInt(LANES)));
      }
      default -> simulation.step(random.nextInt(LANES));
    }
    if (random.nextInt(4) == 0) {
      viewer.read();
    }
  }

  private static Set<String> truth(List<Viewer> viewers) {
    return viewers.stream()
        .map(viewer -> viewer.user)
        .filter(user -> user != null)
        .collect(Collectors.toCollection(HashSet::new));
  }
}
