package dev.runar.path;

import static org.assertj.core.api.Assertions.assertThat;

import com.pusher.client.ChannelAuthorizer;
import com.pusher.client.Pusher;
import com.pusher.client.PusherOptions;
import com.pusher.client.channel.PresenceChannelEventListener;
import com.pusher.client.channel.PrivateChannel;
import com.pusher.client.channel.PrivateEncryptedChannelEventListener;
import com.pusher.client.channel.PusherEvent;
import com.pusher.client.channel.User;
import com.pusher.client.connection.ConnectionEventListener;
import com.pusher.client.connection.ConnectionState;
import com.pusher.client.connection.ConnectionStateChange;
import com.pusher.rest.data.PresenceUser;
import com.pusher.rest.data.Result;
import dev.runar.internal.protocol.pusher.Signature;
import java.net.URI;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * The client library {@code com.pusher:pusher-java-client}, which speaks protocol 5, unchanged,
 * with {@code pusher-http-java} as its server.
 */
@Timeout(60)
class PusherJavaClientTest {
  private static final String MASTER_KEY = Base64.getEncoder().encodeToString(new byte[32]);

  private final List<Pusher> clients = new ArrayList<>();
  private final BlockingQueue<String> seen = new LinkedBlockingQueue<>();
  private PusherNode node;
  private com.pusher.rest.Pusher server;

  @BeforeEach
  void start() {
    node = PusherNode.start();
    URI url = node.node.urls().getFirst();
    server = new com.pusher.rest.Pusher("app", "key", "secret", MASTER_KEY);
    server.setHost(url.getHost() + ":" + url.getPort());
  }

  @AfterEach
  void stop() {
    clients.forEach(Pusher::disconnect);
    node.close();
  }

  /** A client that is connected, and authorized as this user. */
  private Pusher connect(String user) throws InterruptedException {
    return connect(
        user,
        (channel, socket) ->
            channel.startsWith("presence-")
                ? server.authenticate(socket, channel, new PresenceUser(user, Map.of("name", user)))
                : server.authenticate(socket, channel));
  }

  private Pusher connect(String user, ChannelAuthorizer authorizer) throws InterruptedException {
    var options =
        new PusherOptions()
            .setHost("127.0.0.1")
            .setWsPort(node.port())
            .setUseTLS(false)
            .setChannelAuthorizer(authorizer)
            .setUserAuthenticator(socket -> signin(socket, user));
    var client = new Pusher("key", options);
    clients.add(client);
    client.connect(new Connecting(seen), ConnectionState.CONNECTED);
    assertThat(next()).isEqualTo("CONNECTED");
    assertThat(client.getConnection().getSocketId()).as(user).matches("\\d+\\.\\d+");
    awaitSettled(client);
    return client;
  }

  /**
   * It subscribes to all its channels when it has connected, in the same thread as it tells of that
   * and perhaps after it: a channel that is added in between is subscribed to twice.
   */
  private static void awaitSettled(Pusher client) throws InterruptedException {
    var settled = new LinkedBlockingQueue<String>();
    client.subscribe("settled", new Watching("", settled));
    assertThat(settled.poll(20, TimeUnit.SECONDS)).isNotNull();
    client.unsubscribe("settled");
  }

  /** As the server libraries of other languages answer it; this one cannot yet. */
  private static String signin(String socket, String user) {
    String data = "{\"id\":\"" + user + "\"}";
    String auth = "key:" + Signature.sign("secret", socket + "::user::" + data);
    return "{\"auth\":\"%s\",\"user_data\":\"%s\"}".formatted(auth, data.replace("\"", "\\\""));
  }

  private String next() throws InterruptedException {
    String next = seen.poll(20, TimeUnit.SECONDS);
    return next == null ? "nothing within 20 s" : next;
  }

  private void trigger(String channel, Object data) {
    Result result = server.trigger(channel, "said", data);
    assertThat(result.getStatus()).as(result.getMessage()).isEqualTo(Result.Status.SUCCESS);
  }

  @Test
  void p08p19IsToldWhatIsPublishedOnAPublicChannel() throws Exception {
    Pusher client = connect("ada");
    client.subscribe("news", new Watching("ada", seen), "said");
    assertThat(next()).isEqualTo("ada: subscribed news");
    trigger("news", Map.of("text", "é"));
    assertThat(next()).isEqualTo("ada: said {\"text\":\"é\"}");
    client.unsubscribe("news");
    client.subscribe("other", new Watching("ada", seen), "said");
    assertThat(next()).isEqualTo("ada: subscribed other");
    trigger("news", "nobody hears this");
    trigger("other", "but this");
    assertThat(next()).isEqualTo("ada: said \"but this\"");
  }

  @Test
  void p21p44SendsToTheOthersOfAPrivateChannel() throws Exception {
    Pusher ada = connect("ada");
    Pusher bob = connect("bob");
    PrivateChannel room =
        ada.subscribePrivate("private-room", new Watching("ada", seen), "client-typed");
    assertThat(next()).isEqualTo("ada: subscribed private-room");
    bob.subscribePrivate("private-room", new Watching("bob", seen), "client-typed", "said");
    assertThat(next()).isEqualTo("bob: subscribed private-room");
    room.trigger("client-typed", "{\"n\":1.5}");
    assertThat(next()).isEqualTo("bob: client-typed {\"n\":1.5}");
    trigger("private-room", 1);
    assertThat(next()).isEqualTo("bob: said 1");
  }

  @Test
  void p23HearsNothingOfAChannelThatItMayNotJoin() throws Exception {
    Pusher client = connect("ada", (channel, socket) -> "{\"auth\":\"key:00\"}");
    client.subscribePrivate("private-room", new Watching("ada", seen), "said");
    client.subscribe("news", new Watching("ada", seen), "said");
    assertThat(next()).isEqualTo("ada: subscribed news");
    trigger("private-room", "not for ada");
    trigger("news", "for ada");
    assertThat(next()).isEqualTo("ada: said \"for ada\"");
  }

  @Test
  void p31p32p33SeesWhoComesAndGoes() throws Exception {
    Pusher ada = connect("ada");
    Pusher bob = connect("bob");
    ada.subscribePresence("presence-lobby", new Watching("ada", seen), "client-waved");
    assertThat(List.of(next(), next()))
        .containsExactlyInAnyOrder("ada: subscribed presence-lobby", "ada: here [ada]");
    var lobby = bob.subscribePresence("presence-lobby", new Watching("bob", seen));
    assertThat(List.of(next(), next(), next()))
        .containsExactlyInAnyOrder(
            "ada: joined bob {\"name\":\"bob\"}",
            "bob: subscribed presence-lobby",
            "bob: here [ada, bob]");
    assertThat(lobby.getMe().getId()).isEqualTo("bob");
    lobby.trigger("client-waved", "{}");
    assertThat(next()).isEqualTo("ada: client-waved {} by bob");
    bob.disconnect();
    assertThat(next()).isEqualTo("ada: left bob");
  }

  @Test
  void p37OpensWhatIsSealed() throws Exception {
    Pusher client = connect("ada");
    client.subscribePrivateEncrypted("private-encrypted-safe", new Watching("ada", seen), "said");
    assertThat(next()).isEqualTo("ada: subscribed private-encrypted-safe");
    trigger("private-encrypted-safe", Map.of("text", "déjà vu"));
    assertThat(next()).isEqualTo("ada: said {\"text\":\"déjà vu\"}");
  }

  /**
   * It knows no cache channels, drops a cache_miss, and is told what is remembered all the same.
   */
  @Test
  void p39IsToldWhatACacheChannelRemembers() throws Exception {
    Pusher client = connect("ada");
    trigger("cache-a", 1);
    trigger("private-cache-a", 2);
    client.subscribe("cache-a", new Watching("ada", seen), "said");
    assertThat(next()).isEqualTo("ada: subscribed cache-a");
    assertThat(next()).isEqualTo("ada: said 1");
    client.subscribePrivate("private-cache-a", new Watching("ada", seen), "said");
    assertThat(next()).isEqualTo("ada: subscribed private-cache-a");
    assertThat(next()).isEqualTo("ada: said 2");
    client.subscribe("cache-b", new Watching("ada", seen), "said");
    assertThat(next()).isEqualTo("ada: subscribed cache-b");
    trigger("cache-b", 3);
    assertThat(next()).isEqualTo("ada: said 3");
  }

  @Test
  void p51p55SignsInAndIsReachedAsAUser() throws Exception {
    Pusher client = connect("ada");
    client.user().bind("notice", event -> seen.add("ada: user " + event.getData()));
    client.signin();
    Awaitility.await().until(() -> "ada".equals(client.user().userId()));
    // What is answered last was asked behind #server-to-user-ada.
    for (String channel : List.of("news", "behind")) {
      client.subscribe(channel, new Watching("ada", seen), "said");
      assertThat(next()).isEqualTo("ada: subscribed " + channel);
    }
    // Its server library takes this name for none, so what it would send is sent by hand.
    var answer =
        new PusherServer(node.node.urls().getFirst(), PusherNode.APP)
            .post(
                "events",
                """
                {"name":"notice","channels":["#server-to-user-ada"],"data":"{\\"n\\":1}"}\
                """);
    assertThat(answer.status()).as(answer.body()).isEqualTo(200);
    assertThat(next()).isEqualTo("ada: user {\"n\":1}");
  }

  /** Puts into a queue that a client has connected. */
  private record Connecting(BlockingQueue<String> seen) implements ConnectionEventListener {
    @Override
    public void onConnectionStateChange(ConnectionStateChange change) {
      seen.add(change.getCurrentState().name());
    }

    @Override
    public void onError(String message, String code, Exception cause) {
      seen.add("error " + code + " " + message);
    }
  }

  /** Puts into a queue what the listener of one client is told. */
  private record Watching(String who, BlockingQueue<String> seen)
      implements PresenceChannelEventListener, PrivateEncryptedChannelEventListener {
    private void say(String what) {
      seen.add(who + ": " + what);
    }

    @Override
    public void onSubscriptionSucceeded(String channel) {
      say("subscribed " + channel);
    }

    @Override
    public void onEvent(PusherEvent event) {
      @Nullable String user = event.getUserId();
      say(event.getEventName() + " " + event.getData() + (user == null ? "" : " by " + user));
    }

    @Override
    public void onAuthenticationFailure(String message, Exception cause) {
      say("may not: " + message);
    }

    @Override
    public void onDecryptionFailure(String event, String reason) {
      say("cannot open " + event + ": " + reason);
    }

    @Override
    public void onUsersInformationReceived(String channel, Set<User> users) {
      say("here " + users.stream().map(User::getId).sorted().toList());
    }

    @Override
    public void userSubscribed(String channel, User user) {
      say("joined " + user.getId() + " " + user.getInfo());
    }

    @Override
    public void userUnsubscribed(String channel, User user) {
      say("left " + user.getId());
    }
  }
}
