package dev.runar.bench.pusher;

import dev.runar.bench.pusher.Clients.Connected;
import dev.runar.bench.pusher.PusherSocket.Tally;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Members join a presence channel at once; it is over when each knows all. */
final class PresenceStorm {
  private static final Pattern COUNT = Pattern.compile("count\\\\\":([0-9]+)");
  private static final int JOINS = 2_000;

  private final ServerProcess server;
  private final Clients clients;
  private final int members;

  PresenceStorm(ServerProcess server, Clients clients, int members) {
    this.server = server;
    this.clients = clients;
    this.members = members;
  }

  /** Measures some rounds, and says it in one line. */
  String measure() throws IOException {
    long[] nanos = new long[JOINS / members];
    long processor = 0;
    long bytes = 0;
    for (int round = 0; round < nanos.length; round++) {
      var tally = new Tally(0);
      List<Connected> joining = clients.connected(members, tally);
      long used = server.processorNanos();
      long told = tally.bytes();
      nanos[round] = join(joining, "presence-" + members + "-" + round);
      bytes += tally.bytes() - told;
      processor += server.processorNanos() - used;
      joining.forEach(Connected::close);
    }
    Arrays.sort(nanos);
    bytes /= nanos.length;
    return "presence %3d members: %5.1f ms, CPU %5.1f ms, %,9d bytes, %,6d for each, %d of another"
        .formatted(
            members,
            nanos[nanos.length / 2] / 1e6,
            processor / 1e6 / nanos.length,
            bytes,
            bytes / members,
            bytes / members / members);
  }

  private long join(List<Connected> joining, String channel) throws IOException {
    long[] known = {0};
    for (int i = 0; i < members; i++) {
      Connected client = joining.get(i);
      client.socket().listen((from, text) -> known[0] += toldOf(text));
      String data = "{\"user_id\":\"%03d\",\"user_info\":{\"name\":\"A user\"}}".formatted(i);
      client.subscribe(channel, data);
    }
    long begun = System.nanoTime();
    for (Connected client : joining) {
      client.socket().flush();
    }
    while (known[0] < (long) members * members) {
      clients.poll(10);
    }
    return System.nanoTime() - begun;
  }

  /** How many members a message tells of. */
  private static long toldOf(String text) {
    if (text.contains("subscription_error")) {
      throw new IllegalStateException("a member was refused: " + text);
    }
    Matcher count = COUNT.matcher(text);
    return text.contains("member_added") ? 1 : count.find() ? Long.parseLong(count.group(1)) : 0;
  }
}
