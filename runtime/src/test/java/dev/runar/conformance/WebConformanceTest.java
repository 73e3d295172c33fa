package dev.runar.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.runar.conformance.WebPlatformTests.Outcome;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
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
              "performance", "{hr-time,user-timing}/*.any.js",
              "streams", "streams/**.any.js",
              "url", "url/*.any.js",
              "WebCryptoAPI",
                  "WebCryptoAPI/{digest,derive_bits_keys,encrypt_decrypt,sign_verify}/*.any.js"));

  @TempDir Path work;

  @Test
  void everyDifferenceFromTheSuiteIsExpected() throws IOException {
    var expectations = Expectations.read();
    var unexpected = new ArrayList<String>();
    String only = System.getProperty("runar.wpt.part", "");
    try (var tests = new WebPlatformTests(Path.of(System.getProperty("runar.wpt")), work)) {
      for (var part : PARTS.entrySet()) {
        if (!only.isEmpty() && !only.equals(part.getKey())) {
          continue;
        }
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
        System.out.printf("%s: %d of %d%n", part.getKey(), passed, all);
        unexpected.addAll(expectations.unmet(part.getValue()));
      }
    }
    assertThat(unexpected).isEmpty();
  }
}
