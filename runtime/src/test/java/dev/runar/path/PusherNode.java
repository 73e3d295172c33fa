package dev.runar.path;

import dev.runar.Node;
import dev.runar.Payload;
import dev.runar.apps.App;
import dev.runar.apps.AppStore;
import dev.runar.internal.protocol.pusher.Signature;
import java.net.URI;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;

/** A ready node on a free port with the app {@code app}, key {@code key}, secret {@code secret}. */
final class PusherNode implements AutoCloseable {
  static final App APP = App.of("app", "key", "secret");
  private static final String QUERY = "?protocol=7&client=js&version=8.6.0&flash=false";

  final Node node;

  /** By their keys; a test may change them. */
  final Map<String, App> apps = new ConcurrentHashMap<>();

  PusherNode(App app) {
    apps.put(app.key(), app);
    node =
        Node.builder()
            .config(ScriptNode.CONFIG)
            .apps(
                new AppStore() {
                  @Override
                  public CompletionStage<Optional<App>> byKey(String key) {
                    return CompletableFuture.completedFuture(Optional.ofNullable(apps.get(key)));
                  }

                  @Override
                  public CompletionStage<Optional<App>> byId(String id) {
                    return CompletableFuture.completedFuture(
                        apps.values().stream().filter(each -> each.id().equals(id)).findFirst());
                  }
                })
            .start();
  }

  static PusherNode start() {
    return new PusherNode(APP);
  }

  static PusherNode start(App app) {
    return new PusherNode(app);
  }

  /** A client that has connected and read nothing yet. */
  Client open(String pathAndQuery) {
    URI base = node.urls().get(0);
    return Client.connect(
        URI.create("ws://" + base.getHost() + ":" + base.getPort() + pathAndQuery));
  }

  /** A client that has read that it is connected. */
  Connected connect() {
    Client client = open("/app/key" + QUERY);
    String established = client.next();
    int begin = established.indexOf("socket_id\\\":\\\"") + 14;
    return new Connected(client, established.substring(begin, established.indexOf('\\', begin)));
  }

  /** Publishes as a server does. */
  void publish(String channel, String event, Object data) {
    var _ =
        node.publish("$app/app/" + channel, Payload.object("event", event, "data", data)).join();
  }

  @Override
  public void close() {
    node.close();
  }

  /** A client and its socket id. */
  record Connected(Client client, String socketId) implements AutoCloseable {
    Connected say(String text) {
      client.send(text);
      return this;
    }

    String next() {
      return client.next();
    }

    /** The signature for a private channel. */
    String auth(String channel) {
      return "key:" + Signature.sign("secret", socketId + ":" + channel);
    }

    /** Subscribes, signs where that is asked for, and reads the answer. */
    String subscribe(String channel) {
      say(subscribing(channel, channel.startsWith("private-") ? auth(channel) : ""));
      return next();
    }

    static String subscribing(String channel, String auth) {
      return "{\"event\":\"pusher:subscribe\",\"data\":{\"auth\":\"%s\",\"channel\":\"%s\"}}"
          .formatted(auth, channel);
    }

    /** Reads until the answer of a ping: everything that came before it. */
    java.util.List<String> untilPong() {
      say("{\"event\":\"pusher:ping\",\"data\":{}}");
      var before = new java.util.ArrayList<String>();
      for (String message = next(); !message.contains("pusher:pong"); message = next()) {
        before.add(message);
      }
      return before;
    }

    @Override
    public void close() {
      client.close();
    }
  }
}
