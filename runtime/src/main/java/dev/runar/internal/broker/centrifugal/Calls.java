package dev.runar.internal.broker.centrifugal;

import dev.runar.Payload;
import dev.runar.PublishReceipt;
import dev.runar.RequestOptions;
import dev.runar.RunarException;
import dev.runar.internal.broker.Broker;
import dev.runar.internal.broker.ClientRights;
import dev.runar.internal.broker.ClientSession;
import dev.runar.internal.broker.OpenRequests;
import dev.runar.internal.json.JsonBytes;
import dev.runar.internal.node.Failures;
import dev.runar.internal.node.Requester;
import dev.runar.internal.protocol.Client;
import dev.runar.internal.protocol.centrifugal.CentrifugalCommand;
import dev.runar.internal.protocol.centrifugal.CentrifugalError;
import dev.runar.internal.protocol.centrifugal.CentrifugalReply;
import dev.runar.spi.Authorizer.Verb;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** What one client says to programs: publications, calls and messages. Lane's thread only. */
final class Calls {
  /** Where messages of clients that are of no channel go. */
  static final String MESSAGES = "$client/message";

  private final ClientSession session;
  private final Broker broker;
  private final Setting setting;
  private final ClientRights rights;
  private final Replies replies;
  private final Client who;
  private final String caller;
  private final OpenRequests requests = new OpenRequests();

  /** Publications that are to be answered behind what they have brought about. */
  private List<Said> published = new ArrayList<>(0);

  /**
   * A publication.
   *
   * @param id of its command
   * @param refused handlers that could not take it
   */
  private record Said(long id, int refused) {}

  Calls(ClientSession session, Setting setting, Replies replies, Client who) {
    this.session = session;
    this.broker = session.broker();
    this.setting = setting;
    this.rights = new ClientRights(session);
    this.replies = replies;
    this.who = who;
    this.caller = "session " + session.id();
  }

  void publish(CentrifugalCommand.Publish wanted) {
    String channel = wanted.channel();
    if (!broker.rule(channel).publish()) {
      replies.refuse(
          wanted.id(),
          CentrifugalError.PERMISSION_DENIED,
          "the rule of " + channel + " does not let clients publish");
    } else if (!rights.allow(Verb.PUBLISH, channel)) {
      replies.refuse(
          wanted.id(), CentrifugalError.PERMISSION_DENIED, "clients may not publish " + channel);
    } else {
      replies.flush(); // a subscription is answered before what is published on it
      PublishReceipt receipt = setting.gate().publish(channel, wanted.data(), caller);
      published.add(new Said(wanted.id(), receipt.refused()));
      broker.slowDown(session);
    }
  }

  /** Nothing more is published for now. */
  void answerPublished() {
    if (published.isEmpty()) {
      return;
    }
    List<Said> all = published;
    published = new ArrayList<>(0);
    session.post(
        () -> {
          all.forEach(this::answer);
          replies.flush();
        });
  }

  private void answer(Said said) {
    if (said.refused() == 0) {
      replies.add(new CentrifugalReply.Published(said.id()));
    } else {
      replies.refuse(
          said.id(),
          CentrifugalError.TOO_MANY_REQUESTS,
          "published, but handlers had no room for it: " + said.refused());
    }
  }

  /** What no handler takes is counted; the protocol has no answer to it. */
  void send(CentrifugalCommand.Send message) {
    replies.flush();
    JsonBytes json = who.names(message.data().size());
    Payload said =
        Payload.encoded(
            Payload.Kind.JSON,
            json.ascii(",\"data\":").raw(text(message.data())).ascii("}").done());
    PublishReceipt receipt = setting.gate().publish(MESSAGES, said, caller);
    if (receipt.queued() == 0) {
      setting.stats().unheard();
    }
    broker.slowDown(session);
  }

  void rpc(CentrifugalCommand.Rpc wanted) {
    int bound = broker.options().requestsPerSession();
    if (!rights.allow(Verb.REQUEST, wanted.method())) {
      replies.refuse(
          wanted.id(),
          CentrifugalError.PERMISSION_DENIED,
          "clients may not request " + wanted.method());
    } else if (requests.size() >= bound) {
      replies.refuse(
          wanted.id(),
          CentrifugalError.TOO_MANY_REQUESTS,
          bound + " requests of this session are unanswered");
    } else {
      CompletableFuture<Payload> answer =
          setting.gate().request(Requester.CLIENT, wanted.method(), wanted.data(), options());
      OpenRequests.Open open = requests.add(answer);
      var _ =
          answer.whenComplete(
              (result, error) -> session.post(() -> settle(open, wanted, result, error)));
    }
  }

  private RequestOptions options() {
    var options = new RequestOptions(Duration.ZERO, Map.of(), caller);
    return who.user().isEmpty() ? options : options.withIdentity(who.identity());
  }

  private void settle(
      OpenRequests.Open open,
      CentrifugalCommand.Rpc wanted,
      @Nullable Payload result,
      @Nullable Throwable error) {
    requests.remove(open);
    if (result != null) {
      replies.now(new CentrifugalReply.Result(wanted.id(), result));
    } else if (error != null && !(error instanceof CancellationException)) { // by us
      RunarException failure = Failures.of(error);
      replies.fail(wanted.id(), wanted.method(), failure);
      replies.flush();
    }
  }

  /** What the client asked for and can no longer get is not worked on any more. */
  void cancelAll() {
    broker.stats().cancelled(requests.cancelAll());
  }

  private static byte[] text(Payload data) {
    return data.kind() == Payload.Kind.BYTES
        ? new JsonBytes(data.size() * 2)
            .string(Base64.getEncoder().encodeToString(data.encoded()))
            .done()
        : data.encoded();
  }
}
