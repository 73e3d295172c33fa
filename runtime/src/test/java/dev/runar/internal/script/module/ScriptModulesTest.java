package dev.runar.internal.script.module;

import static org.assertj.core.api.Assertions.assertThat;

import dev.runar.spi.Disk;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicReference;
import org.graalvm.polyglot.Context;
import org.graalvm.polyglot.Engine;
import org.graalvm.polyglot.Value;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What loads, and what it then is. */
@Timeout(60)
class ScriptModulesTest {
  private static final Disk DISK = Disk.system();

  @TempDir Path temp;
  private ScriptFolder folder;

  @BeforeEach
  void openFolder() throws IOException {
    folder = new ScriptFolder(temp);
  }

  @AfterEach
  void closeContext() {
    folder.close();
  }

  @Test
  void typeScriptIsCompiledNotOnlyStripped() {
    folder.file(
        "app.ts",
        """
        enum Color { Red = 3, Green }
        namespace Shapes { export const sides = 4; }
        class Point<T extends number> {
          constructor(private readonly x: T, public y?: T) {}
          sum(): number { return this.x + (this.y ?? 0); }
        }
        function first<T>(list: readonly T[]): T | undefined { return list[0]; }
        abstract class Animal { abstract name(): string; declare age: number; }
        class Dog extends Animal { override name() { return 'dog' as const; } }
        const point = new Point<number>(1, 2) satisfies Point<number>;
        export const result: string =
          [Color.Green, Color[3], Shapes.sides, point.sum(), first(['a'])!, new Dog().name()].join();
        export type Unused = keyof Point<number>;
        """);
    assertThat(text("app.ts", "result")).isEqualTo("4,Red,4,3,a,dog");
  }

  @Test
  void decoratorsOfTheLanguageWork() {
    folder.file(
        "app.ts",
        """
        function twice(method: (n: number) => number, context: ClassMethodDecoratorContext) {
          return function (this: unknown, n: number) { return 2 * method.call(this, n); };
        }
        class Math2 { @twice plusOne(n: number) { return n + 1; } }
        export const result = String(new Math2().plusOne(4));
        """);
    assertThat(text("app.ts", "result")).isEqualTo("10");
  }

  @Test
  void relativeImportsAreFoundInEveryUsualSpelling() {
    folder
        .file("a.ts", "export const a = 'a';")
        .file("b.ts", "export const b = 'b';")
        .file("c.mjs", "export const c = 'c';")
        .file("d/index.ts", "export const d = 'd';")
        .file("e.mts", "export const e = 'e';")
        .file("f.test.ts", "export const f = 'f';")
        .file("sub/deep/g.ts", "import { a } from '../../a'; export const g = a + 'g';")
        .file(
            "app.ts",
            """
            import { a } from './a';
            import { b } from './b.js';
            import { c } from './c.mjs';
            import { d } from './d';
            import { e } from './e.mjs';
            import { f } from './f.test';
            import { g } from './sub/deep/g.ts';
            export const result = a + b + c + d + e + f + g;
            """);
    assertThat(text("app.ts", "result")).isEqualTo("abcdefag");
  }

  @Test
  void absolutePathsAndFileUrlsAreModulesToo() {
    String path = folder.path.resolve("a.ts").toString();
    folder
        .file("a.ts", "export const count = { n: 0 };")
        .file(
            "app.js",
            """
            import { count } from './a.ts';
            import { count as byPath } from '%s';
            import { count as byUrl } from 'file://%s';
            export const result = String(count === byPath && count === byUrl);
            """
                .formatted(path, path));
    assertThat(text("app.js", "result")).isEqualTo("true");
  }

  @Test
  void oneFileIsOneModuleHoweverItIsReached() throws IOException {
    folder.file("real/a.ts", "export const here = import.meta.url;");
    Files.createSymbolicLink(folder.path.resolve("link"), folder.path.resolve("real"));
    folder.file(
        "app.ts",
        """
        import * as one from './real/a';
        import * as two from './link/a.js';
        export const result = String(one === two) + ' ' + one.here;
        """);
    assertThat(text("app.ts", "result"))
        .isEqualTo("true file://" + folder.path.resolve("real/a.ts"));
  }

  @Test
  void jsonIsImportedWithItsAttribute() {
    folder
        .file("data.json", "{ \"port\": 8080 }")
        .file(
            "app.ts",
            "import data from './data.json' with { type: 'json' };\n"
                + "export const result: string = String(data.port);");
    assertThat(text("app.ts", "result")).isEqualTo("8080");
  }

  @Test
  void cyclesAndTopLevelAwaitResolve() {
    folder
        .file(
            "even.ts",
            "import { odd } from './odd'; export const even = (n) => n === 0 || odd(n - 1);")
        .file(
            "odd.ts",
            "import { even } from './even'; export const odd = (n) => n !== 0 && even(n - 1);")
        .file(
            "app.ts",
            """
            import { even } from './even';
            const value = await Promise.resolve(10);
            export const result = String(even(value));
            """);
    assertThat(text("app.ts", "result")).isEqualTo("true");
  }

  @Test
  void dynamicImportsAreRelativeToTheirOwnFileEvenWhenComputed() {
    folder
        .file("lib/load.ts", "export const load = (name: string) => import('./parts/' + name);")
        .file("lib/parts/one.ts", "export const one = 1;")
        .file("lib/parts/two.ts", "export const two = 2;")
        .file(
            "app.ts",
            """
            import { load } from './lib/load';
            const { one } = await load('one');
            const { two } = await import(`./lib/parts/${['t', 'wo'].join('')}.js`);
            export const result = String(one + two);
            """);
    assertThat(text("app.ts", "result")).isEqualTo("3");
  }

  @Test
  void theSdkAndTheHostAreModules() {
    folder.file(
        "app.ts",
        """
        import { Node } from 'runar-ts';
        import { Node as Same } from 'runar';
        import { greeting } from 'runar:host';
        export const result = [new Node().name, Node === Same, greeting].join();
        """);
    assertThat(text("app.ts", "result")).isEqualTo("fake,true,hello from the host");
  }

  @Test
  void aByteOrderMarkAndAHashBangAreNoSyntax() {
    folder
        .file("mark.js", "\uFEFFexport const mark = 'mark';")
        .file(
            "app.ts",
            "#!/usr/bin/env runar\nimport { mark } from './mark.js';\nexport const result = mark;");
    assertThat(text("app.ts", "result")).isEqualTo("mark");
  }

  @Test
  void plainJavaScriptNeedsNoCompiler() throws IOException {
    var compiler = new ScriptCompiler(new NoTypeScript(), null);
    folder.compiler(compiler).file("app.js", "export const result = 'plain';");
    assertThat(text("app.js", "result")).isEqualTo("plain");
  }

  @Test
  void contextsOfOneEngineShareCompiledFilesAndNothingElse() {
    folder.file("app.ts", "export let n: number = 0; export const next = (): number => ++n;");
    ScriptCompiler compiler = ScriptCompiler.inMemory();
    var settings = ModuleSettings.forEntry(folder.path.resolve("app.ts"), folder.path, DISK);
    try (Engine engine = Engine.create("js")) {
      for (int i = 0; i < 2; i++) {
        var modules = new ScriptModules(settings, DISK, compiler);
        var builder = ScriptOptions.forModules(Context.newBuilder("js").engine(engine), modules);
        try (Context context = builder.build()) {
          var result = new AtomicReference<Value>();
          ScriptImporter.install(context, modules, part -> null)
              .load(
                  folder.path.resolve("app.ts"),
                  exports -> set(result, exports[0]),
                  reason -> {
                    throw new AssertionError(reason[0]);
                  });
          assertThat(result.get().invokeMember("next").asInt()).isEqualTo(1);
        }
      }
    }
    assertThat(compiler.counts().compiled()).isEqualTo(1);
  }

  private static Object set(AtomicReference<Value> reference, Value value) {
    reference.set(value);
    return value;
  }

  private String text(String entry, String name) {
    Value exports = folder.load(entry);
    return exports.getMember(name).asString();
  }
}
