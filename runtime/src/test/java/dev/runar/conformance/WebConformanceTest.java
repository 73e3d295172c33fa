package dev.runar.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.runar.conformance.WebPlatformTests.Outcome;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/**
 * The web-platform-tests of Debian's source package of Node.js against our globals, compared with
 * {@code expectations.txt} in both directions. Run by {@code .ci/conformance}, which fetches them.
 */
@EnabledIfSystemProperty(named = "runar.wpt", matches = ".+")
class WebConformanceTest {
  /** Part to its files. */
  private static final Map<String, String> PARTS =
      new TreeMap<>(
          Map.of(
              "dom/abort", "dom/abort/*.any.js",
              "dom/events", "dom/events/*.any.js",
              "encoding", "encoding/**.any.js",
              "FileAPI", "FileAPI/{blob,file}/*.any.js",
              "html", "html/webappapis/*/*.any.js",
              "performance", "{hr-time,performance-timeline,user-timing}/*.any.js",
              "streams", "streams/**.any.js",
              "url", "url/*.any.js",
              "WebCryptoAPI", "WebCryptoAPI/{*,*/*}.any.js",
              "webidl and console", "{webidl/**,console/*}.any.js"));

  @TempDir Path work;

  @Test
  @Timeout(value = 20, unit = TimeUnit.MINUTES)
  void everyDifferenceFromTheSuiteIsExpected() throws IOException {
    var expectations = Expectations.read();
    var unexpected = new ArrayList<String>();
    String only = System.getProperty("runar.wpt.part", "");
    try (var tests = new WebPlatformTests(Path.of(System.getProperty("runar.wpt")), work)) {
      for (var part : PARTS.entrySet()) {
        if (!only.isEmpty() && !only.equals(part.getKey())) {
          continue;
        }
        long begun = System.nanoTime();
        int passed = 0;
        int all = 0;
        for (WebPlatformFile file : tests.files(part.getValue())) {
          if (expectations.skips(file.file())) {
            continue;
          }
          List<Outcome> outcomes = tests.run(file);
          passed += (int) outcomes.stream().filter(Outcome::passed).count();
          all += outcomes.size();
          unexpected.addAll(expectations.unexpected(file.file(), outcomes));
        }
        System.out.printf(
            "%s: %d of %d in %d s%n",
            part.getKey(), passed, all, (System.nanoTime() - begun) / 1_000_000_000);
        unexpected.addAll(expectations.unmet(part.getValue()));
      }
    }
    assertThat(unexpected).isEmpty();
  }
}
