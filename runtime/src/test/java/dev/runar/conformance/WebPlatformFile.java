package dev.runar.conformance;

import dev.runar.Payload;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * One file of web-platform-tests with one of its variants, as a script for a context of ours.
 *
 * @param root the folder of the tests
 * @param file relative to it
 * @param variant the query of its address, or empty
 */
record WebPlatformFile(Path root, String file, String variant) {
  private static final Pattern META = Pattern.compile("(?m)^// META: (\\w+)=(.*)$");
  private static final Pattern FETCHED = Pattern.compile("fetch\\(\\s*[\"']([^\"']+)[\"']");

  /** The file once for each of its variants. */
  static List<WebPlatformFile> of(Path root, String file) {
    List<String> variants = metas(text(root.resolve(file)), "variant");
    return (variants.isEmpty() ? List.of("") : variants)
        .stream().map(variant -> new WebPlatformFile(root, file, variant)).toList();
  }

  String name() {
    return file + variant;
  }

  /** A module that runs the test and publishes its results as {@code wpt/results}. */
  String script() {
    String test = text(root.resolve(file));
    var sources = new ArrayList<String>();
    var resources = new LinkedHashMap<String, String>();
    for (String script : metas(test, "script")) {
      String source = text(resolve(script));
      sources.add(source);
      addFetched(source, resources);
    }
    addFetched(test, resources);
    sources.add(test);
    if (test.contains("idl_test(")) {
      addInterfaces(resources);
    }
    return PROLOGUE
        .replace("$NAME", quoted(name()))
        .replace("$SEARCH", quoted(variant))
        .replace("$HREF", quoted("http://web-platform.test:8000/" + file + variant))
        .replace("$RESOURCES", Payload.of(resources).text())
        .replace("$HARNESS", quoted(text(root.resolve("resources/testharness.js"))))
        .replace("$SOURCES", Payload.of(sources).text());
  }

  private void addInterfaces(Map<String, String> resources) {
    try (Stream<Path> files = Files.list(root.resolve("interfaces"))) {
      files.forEach(idl -> resources.put("/interfaces/" + idl.getFileName(), text(idl)));
    } catch (IOException e) {
      throw new IllegalStateException("cannot read the interfaces", e);
    }
  }

  private void addFetched(String source, Map<String, String> resources) {
    Matcher fetched = FETCHED.matcher(source);
    while (fetched.find()) {
      Path path = resolve(fetched.group(1));
      if (Files.isRegularFile(path)) {
        resources.put(fetched.group(1), text(path));
      }
    }
  }

  private Path resolve(String reference) {
    if (reference.equals("/resources/WebIDLParser.js")) {
      return root.resolve("resources/webidl2/lib/webidl2.js"); // the server maps it
    }
    return reference.startsWith("/")
        ? root.resolve(reference.substring(1))
        : root.resolve(file).resolveSibling(reference).normalize();
  }

  private static List<String> metas(String source, String key) {
    var values = new ArrayList<String>();
    Matcher meta = META.matcher(source);
    while (meta.find()) {
      if (meta.group(1).equals(key)) {
        values.add(meta.group(2).strip());
      }
    }
    return values;
  }

  private static String quoted(String text) {
    return Payload.of(text).text();
  }

  private static String text(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new IllegalStateException("cannot read " + file, e);
    }
  }

  // Without explicit_done the harness ends after the first test and everything looks green.
  private static final String PROLOGUE =
      """
      import { Node } from "runar-ts";
      const node = new Node();
      const evaluate = (0, eval);
      const resources = $RESOURCES;
      globalThis.GLOBAL = {
        isWindow: () => false, isWorker: () => true, isShadowRealm: () => false,
      };
      if ($NAME.includes("idlharness")) {
        globalThis.Window = Object; // it asks what it may expect where it runs
        GLOBAL.isWorker = () => false;
        for (const name of Object.getOwnPropertyNames(globalThis)) globalThis[name];
      }
      globalThis.location = {
        href: $HREF, search: $SEARCH, origin: "http://web-platform.test:8000",
      };
      globalThis.fetch = async (input) => {
        const text = resources[input];
        if (text === undefined) throw new TypeError(`no resource ${input}`);
        return { ok: true, status: 200, text: async () => text, json: async () => JSON.parse(text) };
      };
      function finish(results) {
        const text = JSON.stringify({ file: $NAME, results });
        node.publish("wpt/results", text.toWellFormed());
      }
      try {
        evaluate($HARNESS);
        setup({ explicit_done: true });
        add_completion_callback((tests, status) => finish([
          ...(status.status === 0 ? [] : [["(the file)", 1, String(status.message)]]),
          ...tests.map((t) => [t.name, t.status, t.message === null ? "" : String(t.message)]),
        ]));
        // In one piece: what a script declares with const is not seen from another text.
        evaluate(";" + $SOURCES.join("\\n;")); // what a strict text declares would stay in it
        done();
      } catch (error) {
        finish([["(the file)", 1, String(error) + " " + error?.stack]]);
      }
      """;
}
