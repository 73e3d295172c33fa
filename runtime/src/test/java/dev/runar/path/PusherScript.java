package dev.runar.path;

import dev.runar.Node;
import dev.runar.apps.App;
import java.nio.file.Path;
import java.util.List;

/** A ready node with one script and the app {@code app} of {@link PusherNode}, and its clients. */
final class PusherScript implements AutoCloseable {
  static final App APP = PusherNode.APP.withSubscriptionCounts(false);

  final ScriptNode app;

  private PusherScript(ScriptNode app) {
    this.app = app;
  }

  static PusherScript start(Path folder, String script) {
    return start(folder, List.of(APP), script);
  }

  static PusherScript start(Path folder, List<App> apps, String script) {
    return new PusherScript(ScriptNode.start(folder, ScriptNode.CONFIG.withApps(apps), script));
  }

  Node node() {
    return app.node;
  }

  /** A client that has connected and read nothing yet. */
  Client open() {
    return open("key");
  }

  Client open(String key) {
    return app.connect("/app/" + key + PusherNode.QUERY);
  }

  /** A client that has read that it is connected. */
  PusherNode.Connected connect() {
    return connected(open());
  }

  static PusherNode.Connected connected(Client client) {
    String established = client.next();
    int begin = established.indexOf("socket_id\\\":\\\"") + 14;
    return new PusherNode.Connected(
        client, established.substring(begin, established.indexOf('\\', begin)));
  }

  @Override
  public void close() {
    app.close();
  }
}
