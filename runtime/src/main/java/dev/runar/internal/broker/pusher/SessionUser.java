package dev.runar.internal.broker.pusher;

import dev.runar.Payload;
import dev.runar.apps.AppLimits;
import dev.runar.internal.broker.ClientSession;
import dev.runar.internal.protocol.pusher.ChannelData;
import dev.runar.internal.protocol.pusher.ChannelName;
import dev.runar.internal.protocol.pusher.MemberText;
import dev.runar.internal.protocol.pusher.PusherError;
import dev.runar.internal.protocol.pusher.PusherFrame;
import dev.runar.internal.protocol.pusher.PusherWriter;
import dev.runar.internal.protocol.pusher.Signature;
import dev.runar.internal.protocol.pusher.SubscriptionError;
import dev.runar.internal.protocol.pusher.UserData;
import dev.runar.internal.protocol.pusher.WatchlistWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The user of one session: who has signed in on it, and whom it watches. Lane's thread only. */
final class SessionUser {
  private static final ChannelData NOBODY = new ChannelData(null, null);

  private final ClientSession session;
  private final AppState app;

  /** Most sessions never sign in. */
  private @Nullable SignedIn user;

  private record SignedIn(String id, @Nullable Payload info, List<String> watched) {}

  /** Who joins a presence channel. */
  sealed interface Joiner {
    record Known(MemberText member) implements Joiner {}

    record Refused(SubscriptionError error, String problem) implements Joiner {}
  }

  SessionUser(ClientSession session, AppState app) {
    this.session = session;
    this.app = app;
  }

  /**
   * Signs in, and tells the client who of those that it watches is here.
   *
   * @return why it may not; then the connection is to be closed
   */
  Optional<String> signIn(PusherFrame.Signin signin) {
    String signed = Signature.ofSignin(session.id(), signin.userData());
    if (!ChannelAuth.isSigned(app.app(), signin.auth(), signed)) {
      return Optional.of("the signature of pusher:signin is wrong");
    }
    UserData data = UserData.read(signin.userData()).orElse(null);
    int longest = app.app().limits().userIdLength();
    if (data == null || data.id().length() > longest) {
      return Optional.of("user_data needs an id of 1 to " + longest + " characters");
    }
    if (ChannelName.read(ChannelName.toUser(data.id()).text()).isEmpty()) {
      return Optional.of(
          "the id in user_data cannot be the name of a channel: it has control characters, or more"
              + " than 184 characters");
    }
    if (user != null && !user.id().equals(data.id())) {
      return Optional.of("another user has signed in on this connection");
    }
    succeed(data, signin.userData());
    return Optional.empty();
  }

  private void succeed(UserData data, String userData) {
    int bound = app.app().limits().watchlist();
    List<String> watched = data.watchlist().stream().limit(bound).toList();
    if (user == null) {
      app.users().enter(data.id(), session);
    } else {
      unwatch(user);
    }
    user = new SignedIn(data.id(), data.userInfo(), watched);
    session.reply(UserData.success(userData));
    if (data.watchlist().size() > bound) {
      app.apps().stats().refused(PusherError.WATCHLIST_TOO_LONG);
      String problem = "of a watchlist the first " + bound + " users are watched";
      session.reply(PusherWriter.error(PusherError.WATCHLIST_TOO_LONG.code(), problem));
    }
    watch(watched);
  }

  private void watch(List<String> userIds) {
    var online = new ArrayList<String>();
    var offline = new ArrayList<String>();
    for (String userId : userIds) {
      (app.users().watch(userId, session) ? online : offline).add(userId);
    }
    if (!userIds.isEmpty()) {
      session.reply(WatchlistWriter.events(online, offline).encoded());
    }
  }

  private void unwatch(SignedIn watcher) {
    watcher.watched().forEach(userId -> app.users().unwatch(userId, session));
  }

  boolean isSignedIn() {
    return user != null;
  }

  /** Who has signed in; null: nobody. */
  @Nullable String id() {
    return user == null ? null : user.id();
  }

  /** What was signed about who has signed in; null: nothing. */
  @Nullable Payload info() {
    return user == null ? null : user.info();
  }

  boolean is(String userId) {
    return user != null && user.id().equals(userId);
  }

  /**
   * Who joins a presence channel: whom the signed text names; what it does not say is taken from
   * who has signed in.
   */
  Joiner joiner(@Nullable String channelData) {
    ChannelData given = channelData == null ? NOBODY : ChannelData.read(channelData).orElse(null);
    if (given == null) {
      return refused("channel_data is the text of a JSON object");
    }
    if (given.userId() == null && user == null) {
      return refused("channel_data needs a user_id, as nobody has signed in");
    }
    return user == null ? known(given) : known(completed(given, user));
  }

  private static Joiner refused(String problem) {
    return new Joiner.Refused(SubscriptionError.AUTH, problem);
  }

  private static ChannelData completed(ChannelData given, SignedIn user) {
    String userId = given.userId() == null ? user.id() : given.userId();
    boolean wantsInfo = given.userInfo() == null && userId.equals(user.id());
    return new ChannelData(userId, wantsInfo ? user.info() : given.userInfo());
  }

  private Joiner known(ChannelData who) {
    AppLimits limits = app.app().limits();
    String userId = who.userId() == null ? "" : who.userId();
    if (userId.length() > limits.userIdLength()) {
      return tooLarge("user_id", limits.userIdLength(), "characters");
    }
    if (who.userInfo() != null && who.userInfo().size() > limits.presenceMemberBytes()) {
      return tooLarge("user_info", limits.presenceMemberBytes(), "bytes");
    }
    return new Joiner.Known(new MemberText(userId, who.userInfo()));
  }

  private static Joiner tooLarge(String what, int bound, String unit) {
    return new Joiner.Refused(
        SubscriptionError.MEMBER, "a " + what + " has at most " + bound + " " + unit);
  }

  /** The session has ended: nobody is signed in any more. */
  void closed() {
    SignedIn gone = user;
    if (gone != null) {
      user = null;
      unwatch(gone);
      app.users().leave(gone.id(), session);
    }
  }
}
