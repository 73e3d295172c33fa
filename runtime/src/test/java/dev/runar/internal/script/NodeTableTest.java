package dev.runar.internal.script;

import static org.assertj.core.api.Assertions.assertThat;

import dev.runar.Node;
import dev.runar.Payload;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * docs/node-modules.md has what the modules of Node.js have here. To renew it:
 *
 * <pre>mvn -pl runtime test -Dtest=NodeTableTest -Ddocs.write=true</pre>
 */
@Timeout(120)
class NodeTableTest {
  private static final Path PAGE = Path.of("../docs/node-modules.md");

  private static final String SCRIPT =
      """
      import { Node } from 'runar-ts';
      import module, { builtinModules } from 'node:module';
      const require = module.createRequire(import.meta.url);
      const table = {};
      for (const name of builtinModules) {
        if (name === 'node:test') continue; // it is there when tests run
        const exports = require('node:' + name);
        const row = { has: [], misses: [] };
        for (const key of Object.keys(exports)) {
          if (key.startsWith('_')) continue;
          (exports[key]?.name === 'notAvailable' ? row.misses : row.has).push(key);
        }
        table[name] = row;
      }
      const node = new Node();
      await node.addService({ name: 'table', path: 'table', actions: { rows: () => table } });
      """;

  private static final String HEAD =
      """
      # Modules of Node.js
      What a script gets of each, made after Node.js 20. What is not there can be imported, so that a
      package that does not use it loads, and throws `ERR_NOT_AVAILABLE` when it is called. An import
      of a module that is not in this table fails, names the files that led to it, and says what there
      is instead.

      `node:test` is there when tests are run, see [Testing](testing.md).

      This page is written by a test: what it says is what a script sees.

      | Module | Has | Has not |
      |---|---|---|
      """;

  @TempDir Path folder;

  @Test
  void thePageHasWhatAScriptSees() throws Exception {
    Path script = Files.writeString(folder.resolve("app.mjs"), SCRIPT);
    String page;
    try (Node node = Node.builder().port(-1).build()) {
      node.addScript(script).get(60, TimeUnit.SECONDS);
      node.start().get(60, TimeUnit.SECONDS);
      page = HEAD + rows(node.request("table/rows", Payload.of(null)).join().asMap());
    }
    if (Boolean.getBoolean("docs.write")) {
      Files.writeString(PAGE, page);
    }
    assertThat(Files.readString(PAGE)).isEqualTo(page);
  }

  private static String rows(Map<String, Object> table) {
    var rows = new StringBuilder();
    new TreeMap<>(table)
        .forEach(
            (name, row) -> {
              var parts = (Map<?, ?>) row;
              rows.append("| `").append(name).append("` | ").append(names(parts.get("has")));
              rows.append(" | ").append(names(parts.get("misses"))).append(" |\n");
            });
    return rows.toString();
  }

  private static String names(Object names) {
    List<String> sorted = ((List<?>) names).stream().map(String::valueOf).sorted().toList();
    return sorted.isEmpty() ? "-" : "`" + String.join("`, `", sorted) + "`";
  }
}
