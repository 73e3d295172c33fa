package dev.runar.internal.broker.pusher;

import dev.runar.apps.App;
import dev.runar.internal.protocol.pusher.PusherFrame;
import dev.runar.internal.protocol.pusher.Signature;
import org.jspecify.annotations.Nullable;

/** Whether a server of the app has signed what a client shows. Stateless; any thread. */
final class ChannelAuth {
  private ChannelAuth() {}

  /** Signed for this very socket and channel, and whoever joins it. */
  static boolean isRight(App app, String socketId, PusherFrame.Subscribe wanted) {
    return isSigned(
        app,
        wanted.auth(),
        Signature.ofSubscription(socketId, wanted.channel(), wanted.channelData()));
  }

  /**
   * As long for a wrong signature as for a right one.
   *
   * @param auth {@code key:signature}, the key being the app's own
   */
  static boolean isSigned(App app, @Nullable String auth, String text) {
    int colon = auth == null ? -1 : auth.indexOf(':');
    if (auth == null || colon < 0 || !auth.substring(0, colon).equals(app.key())) {
      return false;
    }
    String signature = auth.substring(colon + 1);
    boolean isRight = false;
    for (var secret : app.secrets()) {
      isRight |= Signature.matches(signature, secret.reveal(), text);
    }
    return isRight;
  }
}
