package dev.runar.internal.http.pusher;

import dev.runar.apps.App;
import dev.runar.apps.Secret;
import dev.runar.internal.http.HttpRequest;
import dev.runar.internal.http.pusher.Refused.Reason;
import dev.runar.internal.protocol.pusher.Signature;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * Whether a request comes from a server that knows the app's secret. Any thread.
 *
 * <p>Signed are the method, the path without the port's prefix, and the query: its names in lower
 * case and sorted, its values not escaped, without the signature itself. The libraries differ where
 * a name comes several times, as {@code info[]} or {@code info[0]}: PHP signs it once, with all its
 * values between commas; Ruby signs each as it is sent. Either is right here.
 */
final class RequestSignature {
  /** How far the sender's clock may be off. */
  static final long WINDOW_SECONDS = 600;

  private static final String SIGNATURE = "auth_signature";
  private static final Pattern TIME = Pattern.compile("\\d{1,12}");

  private final SeenSignatures seen;
  private final boolean refusesRepeats;

  RequestSignature(SeenSignatures seen, boolean refusesRepeats) {
    this.seen = seen;
    this.refusesRepeats = refusesRepeats;
  }

  /**
   * Checks it.
   *
   * @param path without the prefix, as it came
   * @param nowSeconds since 1970
   * @throws Refused with the reason
   */
  void check(
      App app,
      HttpRequest request,
      String path,
      Map<String, List<String>> query,
      byte[] body,
      long nowSeconds) {
    String given = one(query, SIGNATURE);
    if (!one(query, "auth_version").equals("1.0")) {
      throw new Refused(Reason.UNSIGNED, "auth_version must be 1.0");
    }
    if (!isSame(one(query, "auth_key"), app.key())) {
      throw new Refused(Reason.WRONG_KEY, "auth_key is not the key of this app");
    }
    long time = time(one(query, "auth_timestamp"), nowSeconds);
    checkBody(query, body);
    checkSignature(app, given, request.method() + "\n" + path + "\n", query);
    if (refusesRepeats && !request.isRead()) {
      checkNew(app, given, time, nowSeconds);
    }
  }

  private static String one(Map<String, List<String>> query, String name) {
    List<String> values = query.getOrDefault(name, List.of());
    if (values.size() != 1) {
      throw new Refused(Reason.UNSIGNED, name + " must be in the query, once");
    }
    return values.getFirst();
  }

  private static long time(String given, long nowSeconds) {
    if (!TIME.matcher(given).matches()) {
      throw new Refused(Reason.WRONG_TIME, "auth_timestamp must be seconds since 1970");
    }
    long time = Long.parseLong(given);
    if (Math.abs(nowSeconds - time) > WINDOW_SECONDS) {
      throw new Refused(
          Reason.WRONG_TIME,
          "auth_timestamp is more than %d seconds off; here it is %d"
              .formatted(WINDOW_SECONDS, nowSeconds));
    }
    return time;
  }

  private static void checkBody(Map<String, List<String>> query, byte[] body) {
    if (body.length == 0 && !query.containsKey("body_md5")) {
      return;
    }
    if (!isSame(one(query, "body_md5").toLowerCase(Locale.ROOT), md5(body))) {
      throw new Refused(Reason.WRONG_BODY_HASH, "body_md5 is not the MD5 of the body");
    }
  }

  /** Most requests have no lists, and are signed as they were sent. */
  private static void checkSignature(
      App app, String given, String head, Map<String, List<String>> query) {
    String asSent = head + joined(asSent(query));
    if (!isRight(app, given, asSent) && !isRight(app, given, head + joined(asLists(query)))) {
      throw new Refused(
          Reason.WRONG_SIGNATURE,
          "auth_signature is wrong; signed must be " + asSent.replace("\n", "\\n"));
    }
  }

  private static boolean isRight(App app, String given, String text) {
    boolean right = false;
    for (Secret secret : app.secrets()) { // all of them, so that the time tells nothing
      right |= Signature.matches(given, secret.reveal(), text);
    }
    return right;
  }

  private void checkNew(App app, String signature, long time, long nowSeconds) {
    switch (seen.take(app.id(), signature, time, nowSeconds - WINDOW_SECONDS)) {
      case NEW -> {}
      case REPEATED ->
          throw new Refused(
              Reason.REPEATED,
              "a request with this signature has come before; see server.pusher.refuseRepeats");
      case FORGOTTEN ->
          throw new Refused(
              Reason.REPEATED,
              "auth_timestamp is earlier than what this node remembers of the signatures of this"
                  + " app");
    }
  }

  /** A name and its value, as they are signed. */
  private record Pair(String name, String value) {
    Pair(String name, String value) {
      this.name = name.toLowerCase(Locale.ROOT);
      this.value = value;
    }
  }

  private static List<Pair> asSent(Map<String, List<String>> query) {
    var pairs = new ArrayList<Pair>(query.size());
    query.forEach((name, values) -> values.forEach(value -> pairs.add(new Pair(name, value))));
    return pairs;
  }

  private static List<Pair> asLists(Map<String, List<String>> query) {
    var lists = new TreeMap<String, List<String>>();
    query.forEach(
        (name, values) -> {
          int bracket = name.endsWith("]") ? name.indexOf('[') : -1;
          String plain = bracket < 0 ? name : name.substring(0, bracket);
          lists.computeIfAbsent(plain, first -> new ArrayList<>()).addAll(values);
        });
    var pairs = new ArrayList<Pair>();
    lists.forEach((name, values) -> pairs.add(new Pair(name, String.join(",", values))));
    return pairs;
  }

  private static String joined(List<Pair> pairs) {
    pairs.sort(Comparator.comparing(Pair::name));
    var joined = new StringBuilder(256);
    for (Pair pair : pairs) {
      if (!pair.name().equals(SIGNATURE)) {
        joined.append(joined.isEmpty() ? "" : "&");
        joined.append(pair.name()).append('=').append(pair.value());
      }
    }
    return joined.toString();
  }

  private static boolean isSame(String given, String wanted) {
    return MessageDigest.isEqual(
        given.getBytes(StandardCharsets.UTF_8), wanted.getBytes(StandardCharsets.UTF_8));
  }

  private static String md5(byte[] body) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("MD5").digest(body));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has MD5", e);
    }
  }
}
