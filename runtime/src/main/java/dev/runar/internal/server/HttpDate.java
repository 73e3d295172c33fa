package dev.runar.internal.server;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;

/** The {@code date} of answers, which is written anew once a second. Event loop only. */
final class HttpDate {
  private long second = Long.MIN_VALUE;
  private String text = "";

  String now() {
    long now = System.currentTimeMillis() / 1_000;
    if (now != second) {
      second = now;
      text =
          DateTimeFormatter.RFC_1123_DATE_TIME.format(
              Instant.ofEpochSecond(now).atOffset(ZoneOffset.UTC));
    }
    return text;
  }
}
