package dev.runar.internal.script.module;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** CommonJS, packages, and what a module can ask of its loader. */
@Timeout(60)
class CommonJsTest {
  @TempDir Path temp;
  private ScriptFolder folder;

  @BeforeEach
  void openFolder() throws IOException {
    folder = new ScriptFolder(Files.createDirectories(temp.resolve("app")));
    folder.file("package.json", "{ \"name\": \"app\", \"imports\": { \"#lib\": \"./lib.cjs\" } }");
  }

  @AfterEach
  void closeContext() {
    folder.close();
  }

  private String result() {
    return folder.load("app.mjs").getMember("result").asString();
  }

  @Test
  void aCommonJsModuleIsImportedByDefaultAndByName() {
    folder
        .file("lib.cjs", "exports.a = 'a'; exports.file = __filename; this.b = 'b';")
        .file(
            "app.mjs",
            """
            import lib, { a } from './lib.cjs';
            import * as all from '#lib';
            export const result = [a, lib.b, lib.file, Object.keys(all)].join();
            """);
    assertThat(result())
        .isEqualTo("a,b," + folder.path.resolve("lib.cjs") + ",a,default,file,module.exports");
  }

  @Test
  void requireFindsFilesFoldersAndJson() {
    folder
        .file("dir/package.json", "{ \"main\": \"./main\" }")
        .file("dir/main.js", "module.exports = { dir: __dirname, n: require('../data').n };")
        .file("data.json", "{ \"n\": 1 }")
        .file("other/index.js", "module.exports = typeof require.resolve('../dir');")
        .file(
            "lib.cjs",
            """
            const dir = require('./dir');
            exports.all = [dir.n, dir.dir, require('./other'), require('./dir') === dir, this === exports];
            """)
        .file("app.mjs", "import { all } from './lib.cjs'; export const result = all.join();");
    assertThat(result()).isEqualTo("1," + folder.path.resolve("dir") + ",string,true,true");
  }

  @Test
  void cyclesSeeWhatThereIsSoFar() {
    folder
        .file("a.cjs", "exports.first = 1; exports.b = require('./b.cjs').seen; exports.last = 1;")
        .file("b.cjs", "exports.seen = Object.keys(require('./a.cjs')).join();")
        .file("app.mjs", "import a from './a.cjs'; export const result = a.b;");
    assertThat(result()).isEqualTo("first");
  }

  @Test
  void whatThrowsIsNotKept() {
    folder
        .file("bad.cjs", "globalThis.runs = (globalThis.runs ?? 0) + 1; throw new Error('bad');")
        .file(
            "lib.cjs",
            """
            for (let i = 0; i < 2; i++) try { require('./bad.cjs'); } catch (e) { exports.message = e.message; }
            try { require('./gone'); } catch (e) { exports.code = e.code; }
            exports.runs = runs;
            """)
        .file(
            "app.mjs",
            "import l from './lib.cjs'; export const result = [l.message, l.code, l.runs].join();");
    assertThat(result()).isEqualTo("bad,MODULE_NOT_FOUND,2");
  }

  @Test
  void esModulesCanBeRequiredUnlessTheyWait() {
    folder
        .file("now.mjs", "export const a = 'a'; export default 'd';")
        .file("late.mjs", "export const a = await new Promise(() => {});")
        .file(
            "lib.cjs",
            """
            const now = require('./now.mjs');
            exports.all = [now.a, now.default, now.__esModule];
            try { require('./late.mjs'); } catch (e) { exports.all.push(e.code); }
            exports.later = import('./now.mjs');
            """)
        .file(
            "app.mjs",
            """
            import lib from './lib.cjs';
            export const result = [...lib.all, (await lib.later).a].join();
            """);
    assertThat(result()).isEqualTo("a,d,true,ERR_REQUIRE_ASYNC_MODULE,a");
  }

  @Test
  void aPackageChoosesByCondition() {
    folder
        .file(
            "node_modules/p/package.json",
            """
            { "name": "p", "version": "1.0.0", "exports": {
              ".": { "node": "./node.js", "import": "./esm.mjs", "require": "./cjs.js" },
              "./worker": { "runar": "./runar.js", "default": "./no.js" },
              "./features/*.js": "./src/*.js", "./features/private/*": null,
              "./self": "./self.mjs" } }
            """)
        .file("node_modules/p/esm.mjs", "export default 'esm';")
        .file("node_modules/p/cjs.js", "module.exports = 'cjs';")
        .file("node_modules/p/runar.js", "module.exports = 'runar';")
        .file("node_modules/p/src/x.js", "module.exports = 'x';")
        .file("node_modules/p/self.mjs", "export { default } from 'p';")
        .file("lib.cjs", "exports.p = require('p');")
        .file(
            "app.mjs",
            """
            import p from 'p';
            import worker from 'p/worker';
            import x from 'p/features/x.js';
            import self from 'p/self';
            import { p as required } from '#lib';
            const refused = await import('p/hidden').catch((e) => e.message.split('\\n')[0]);
            export const result = [p, worker, x, self, required, refused].join();
            """);
    assertThat(result())
        .startsWith("esm,runar,x,esm,cjs,")
        .endsWith("package \"p\" does not export \"./hidden\" imported from app.mjs");
  }

  @Test
  void packagesAreFoundInEveryFolderAboveUpToTheRoot() throws IOException {
    Path outside = Files.createDirectories(temp.resolve("node_modules/above"));
    Files.writeString(outside.resolve("index.js"), "module.exports = 'above the root';");
    folder
        .file("node_modules/a/index.js", "module.exports = 'a' + require('b');")
        .file("node_modules/b/index.js", "module.exports = 'b';")
        .file("node_modules/a/node_modules/b/index.js", "module.exports = 'nested b';")
        .file("node_modules/@s/c/package.json", "{ \"main\": \"lib/c\" }")
        .file("node_modules/@s/c/lib/c.js", "exports.c = 'c';")
        .file(
            "app.mjs",
            """
            import a from 'a';
            import { c } from '@s/c';
            const above = await import('above').catch((e) => 'refused');
            export const result = [a, c, above].join();
            """);
    assertThat(result()).isEqualTo("anested b,c,refused");
  }

  @Test
  void nothingLeadsOutOfTheRoots() throws IOException {
    Path secret = temp.resolve("secret.js");
    Files.writeString(secret, "module.exports = 'secret';");
    folder.file("node_modules/p/package.json", "{ \"main\": \"../../../secret.js\" }");
    folder.file("node_modules/q/package.json", "{ \"exports\": \"./../../../secret.js\" }");
    Files.createSymbolicLink(folder.path.resolve("link.js"), secret);
    Files.createSymbolicLink(folder.path.resolve("node_modules/l"), temp);
    folder
        .file(
            "lib.cjs",
            """
            exports.all = ['../secret.js', './link.js', 'p', 'q', 'p/../../../secret.js', 'l/secret.js',
              process1()].map((name) => {
              try { return require(name); } catch (e) { return 'no'; }
            });
            function process1() { return __dirname + '/../secret.js'; }
            """)
        .file(
            "app.mjs",
            """
            import { all } from './lib.cjs';
            for (const name of ['../secret.js', './link.js', 'l/secret.js']) {
              all.push(await import(name).then(() => 'secret', () => 'no'));
            }
            export const result = all.join();
            """);
    assertThat(result()).isEqualTo("no,no,no,no,no,no,no,no,no,no");
  }

  @Test
  void filesAreImportedAsText() {
    folder
        .file("a.txt", "line 1\n\"line\" 2 ` ${x}")
        .file("b.js", "throw new Error('text is not run');")
        .file(
            "app.mts",
            """
            import a from './a.txt' with { type: 'text' };
            const b = await import('./b.js', { with: { type: 'text' } });
            export const result: string = a + b.default;
            """)
        .file("app.mjs", "export { result } from './app.mts';");
    assertThat(result()).isEqualTo("line 1\n\"line\" 2 ` ${x}throw new Error('text is not run');");
  }

  @Test
  void importMetaSaysWhereTheModuleIs() {
    folder
        .file("node_modules/p/index.js", "")
        .file(
            "app.mjs",
            """
            const { url, filename, dirname, main } = import.meta;
            export const result = [url, filename, dirname, main, import.meta.resolve('p'),
              import.meta.resolve('node:fs')].join('\\n');
            """);
    String here = folder.path.toString();
    assertThat(result())
        .isEqualTo(
            String.join(
                "\n",
                "file://" + here + "/app.mjs",
                here + "/app.mjs",
                here,
                "true",
                "file://" + here + "/node_modules/p/index.js",
                "node:fs"));
  }

  @Test
  void aMissingModuleOfNodeNamesTheWayThere() {
    folder
        .file("node_modules/p/index.js", "module.exports = require('./deep');")
        .file("node_modules/p/deep.js", "const http =\n  require('node:http');")
        .file("app.mjs", "import 'p';");
    assertThat(folder.failure("app.mjs"))
        .hasMessageStartingWith(
            """
            node_modules/p/deep.js:2:11: cannot find module "node:http" imported from \
            node_modules/p/deep.js
              1 | const http =
            > 2 |   require('node:http');
                |           ^
            Of the modules of Node.js, scripts have assert,\
            """)
        .hasMessageEndingWith(
            "\nImported by: app.mjs -> node_modules/p/index.js -> node_modules/p/deep.js");
  }

  @Test
  void aNameThatTheTextOfACommonJsModuleDoesNotShow() {
    folder
        .file("lib.cjs", "for (const name of ['a']) exports[name] = 1;")
        .file("app.mjs", "import { a } from './lib.cjs';");
    assertThat(folder.failure("app.mjs"))
        .hasMessage(
            """
            app.mjs:1:10: module "./lib.cjs" does not export "a"
            > 1 | import { a } from './lib.cjs';
                |          ^
            It is a CommonJS module, whose text shows no such name: import it as a whole, import \
            whole from "./lib.cjs", and take whole.a.\
            """);
  }

  @Test
  void aPlainFileIsWhatItsTextShows() {
    folder
        .file("old.js", "module.exports = typeof require;")
        .file("new.js", "export const fresh = typeof require;")
        .file(
            "app.mjs",
            """
            import old from './old.js';
            import { fresh } from './new.js';
            export const result = [old, fresh].join();
            """);
    assertThat(result()).isEqualTo("function,undefined");
  }
}
