package dev.runar.path;

import dev.runar.Node;
import dev.runar.NodeConfig;
import dev.runar.Payload;
import dev.runar.apps.App;
import dev.runar.apps.AppStore;
import dev.runar.internal.protocol.pusher.Signature;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** A ready node on a free port with the app {@code app}, key {@code key}, secret {@code secret}. */
final class PusherNode implements AutoCloseable {
  static final App APP = App.of("app", "key", "secret");
  static final String QUERY = "?protocol=7&client=js&version=8.6.0&flash=false";

  final Node node;

  PusherNode(AppStore store) {
    this(store, ScriptNode.CONFIG);
  }

  private PusherNode(AppStore store, NodeConfig config) {
    node = Node.builder().config(config).apps(store).start();
  }

  static PusherNode start(App app, NodeConfig config) {
    return new PusherNode(store(app), config);
  }

  static PusherNode start() {
    return start(APP);
  }

  static PusherNode start(App app) {
    return new PusherNode(store(app));
  }

  static AppStore store(App app) {
    return new AppStore() {
      @Override
      public CompletionStage<Optional<App>> byKey(String key) {
        return CompletableFuture.completedFuture(Optional.of(app).filter(a -> a.key().equals(key)));
      }

      @Override
      public CompletionStage<Optional<App>> byId(String id) {
        return CompletableFuture.completedFuture(Optional.of(app).filter(a -> a.id().equals(id)));
      }
    };
  }

  int port() {
    return node.urls().get(0).getPort();
  }

  /** A client that has connected and read nothing yet. */
  Client open(String pathAndQuery) {
    return Client.connect(URI.create("ws://127.0.0.1:" + port() + pathAndQuery));
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

    /** Sends a client event. */
    Connected trigger(String channel, String event, String data) {
      return say(
          "{\"event\":\"%s\",\"channel\":\"%s\",\"data\":%s}".formatted(event, channel, data));
    }

    /** Reads until the answer of a ping: everything that came before it. */
    List<String> untilPong() {
      say("{\"event\":\"pusher:ping\",\"data\":{}}");
      var before = new ArrayList<String>();
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
