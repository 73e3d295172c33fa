package dev.runar.internal.script.module;

import static org.assertj.core.api.Assertions.assertThat;

import dev.runar.internal.script.module.ScriptLoadException.Kind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What the author of a script reads when it does not load. */
@Timeout(60)
class ScriptLoadFailureTest {
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
  void aSyntaxErrorInTypeScript() {
    folder.file("app.ts", "interface A {}\nlet a: number = 1;\nconst x = ;\n");
    assertFailure(
        "app.ts",
        Kind.SYNTAX,
        """
        app.ts:3:11: Expression expected
          1 | interface A {}
          2 | let a: number = 1;
        > 3 | const x = ;
            |           ^
        The file is not valid TypeScript.\
        """);
  }

  @Test
  void aSyntaxErrorInAnImportedTypeScriptFile() {
    folder
        .file("app.ts", "import { a } from './lib/a';\nconsole.log(a);\n")
        .file("lib/a.ts", "export const a = '😀' + \n  `${1 +}`;\n");
    assertFailure(
        "app.ts",
        Kind.SYNTAX,
        """
        lib/a.ts:2:9: Expression expected
          1 | export const a = '😀' +
        > 2 |   `${1 +}`;
            |         ^
        The file is not valid TypeScript.
        Imported by: app.ts\
        """);
  }

  @Test
  void aSyntaxErrorInJavaScript() {
    folder.file("app.js", "let a = 1;\n\tconst x = ;\n");
    assertFailure(
        "app.js",
        Kind.SYNTAX,
        """
        app.js:2:12: Expected an operand but found ;
          1 | let a = 1;
        > 2 | \tconst x = ;
            | \t          ^
        The file is not valid JavaScript.\
        """);
  }

  @Test
  void anErrorThatOnlyTheEngineSeesIsPlacedInTheTypeScript() {
    folder.file("app.ts", "interface A { x: 1 }\nconst a: number = 1;\nconst a: string = '';\n");
    assertFailure(
        "app.ts",
        Kind.SYNTAX,
        """
        app.ts:3:7: Variable "a" has already been declared
          1 | interface A { x: 1 }
          2 | const a: number = 1;
        > 3 | const a: string = '';
            |       ^
        The file is not valid JavaScript.\
        """);
  }

  @Test
  void usingIsNamedAsWhatTheEngineLacks() {
    folder.file("app.ts", "{\n  using handle = null;\n}\n");
    assertThat(folder.failure("app.ts"))
        .hasMessageEndingWith(
            "The engine has no \"using\" declarations: call [Symbol.dispose]() in a finally"
                + " block.");
  }

  @Test
  void aMissingModule() {
    folder
        .file("math.ts", "export const add = 1;")
        .file("app.ts", "type T = 1;\n\nimport { add } from './mth';\nconsole.log(add);\n");
    assertFailure(
        "app.ts",
        Kind.MISSING_MODULE,
        """
        app.ts:3:21: cannot find module "./mth" imported from app.ts
          1 | type T = 1;
          2 |
        > 3 | import { add } from './mth';
            |                     ^
          4 | console.log(add);
        There is no mth, with or without one of .ts .mts .js .mjs .cjs .json.
        Did you mean "./math.ts"?\
        """);
  }

  @Test
  void aMissingModuleFarFromTheEntryNamesTheWayThere() {
    folder
        .file("app.ts", "import './a';\n")
        .file("a.ts", "import './lib/b.js';\n")
        .file("lib/b.ts", "// a comment: import '../gone.js'\nimport '../gone.js';\n");
    assertFailure(
        "app.ts",
        Kind.MISSING_MODULE,
        """
        lib/b.ts:2:8: cannot find module "../gone.js" imported from lib/b.ts
          1 | // a comment: import '../gone.js'
        > 2 | import '../gone.js';
            |        ^
        There is no gone.js.
        Imported by: app.ts -> a.ts -> lib/b.ts\
        """);
  }

  @Test
  void aMissingPackage() {
    folder.file("app.ts", "import _ from 'lodash';\nconsole.log(_);\n");
    assertFailure(
        "app.ts",
        Kind.MISSING_MODULE,
        """
        app.ts:1:15: cannot find package "lodash" imported from app.ts
        > 1 | import _ from 'lodash';
            |               ^
          2 | console.log(_);
        It is in no node_modules folder from the importing file up to %s/node_modules. Install \
        it: npm install lodash\
        """
            .formatted(folder.path));
  }

  @Test
  void aMissingEntry() {
    assertFailure(
        "app.ts",
        Kind.MISSING_MODULE,
        "cannot find module \"" + path("app.ts") + "\"\nThere is no app.ts.");
  }

  @Test
  void aMissingExport() {
    folder
        .file("lib.ts", "export interface Shape {}\nexport const a = 1;\n")
        .file("app.js", "import {\n  a,\n  Shape,\n} from './lib';\n");
    assertFailure(
        "app.js",
        Kind.MISSING_EXPORT,
        """
        app.js:3:3: module "./lib" does not export "Shape"
          1 | import {
          2 |   a,
        > 3 |   Shape,
            |   ^
          4 | } from './lib';
        If it is a type, import or export it with "type": import { type Shape } from "./lib".\
        """);
  }

  @Test
  void aUrlOfTheWeb() {
    folder.file("app.ts", "import 'https://example.com/x.js';\n");
    assertFailure(
        "app.ts",
        Kind.REFUSED,
        """
        app.ts:1:8: cannot import "https://example.com/x.js": https: imports are refused
        > 1 | import 'https://example.com/x.js';
            |        ^
        A module is a file of the project or one of "runar-ts", "runar:host".\
        """);
  }

  @Test
  void anUnknownBuiltIn() {
    folder.file("app.ts", "import 'runar:disk';\n");
    assertFailure(
        "app.ts",
        Kind.MISSING_MODULE,
        """
        app.ts:1:8: there is no module "runar:disk"
        > 1 | import 'runar:disk';
            |        ^
        Built in: "runar-ts", "runar:host".\
        """);
  }

  @Test
  void aFileThatIsTooLarge() {
    folder
        .limits(100, 10)
        .file("big.js", "// " + "x".repeat(200))
        .file("app.js", "import './big.js';\n");
    assertFailure(
        "app.js",
        Kind.TOO_LARGE,
        """
        big.js is larger than a script may be (100 bytes)
        Load large data at run time, or raise the limit on the size of a script file.\
        """);
  }

  @Test
  void tooManyModules() {
    folder
        .limits(1000, 2)
        .file("a.js", "")
        .file("b.js", "")
        .file("app.js", "import './a.js';\nimport './b.js';\n");
    assertFailure(
        "app.js",
        Kind.TOO_MANY,
        "cannot load b.js: too many modules\nOne script context may load 2.");
  }

  @Test
  void bytesThatAreNotUtf8() throws IOException {
    byte[] latin = {'/', '/', '\n', 'x', ' ', (byte) 0xE9, '\n'};
    Files.write(folder.path.resolve("app.ts"), latin);
    assertFailure(
        "app.ts",
        Kind.NOT_UTF8,
        "app.ts:2:3: the file is not UTF-8: byte 0xe9 at offset 5\nSave the file as UTF-8.");
  }

  @Test
  void noCompilerForThisPlatform() {
    folder
        .compiler(new ScriptCompiler(new NoTypeScript(), null))
        .file("app.ts", "export const x = 1;");
    assertFailure(
        "app.ts",
        Kind.NO_TYPESCRIPT,
        """
        cannot load app.ts: no TypeScript compiler for Plan9 mips
        TypeScript needs com.caoccao.javet:swc4j and its native part for this platform, such as \
        com.caoccao.javet:swc4j-linux-x86_64, on the class path; plain JavaScript (.js, .mjs) runs \
        without them.\
        """);
  }

  @Test
  void aTopLevelThatThrowsAfterAnAwait() {
    folder.file("app.ts", "interface A {}\nawait 0;\nthrow new TypeError('late');\n");
    assertFailure(
        "app.ts",
        Kind.THREW,
        """
        app.ts:3:7: TypeError: late
          1 | interface A {}
          2 | await 0;
        > 3 | throw new TypeError('late');
            |       ^
            at app.ts:3:7\
        """);
  }

  private void assertFailure(String entry, Kind kind, String message) {
    ScriptLoadException failure = folder.failure(entry);
    assertThat(failure.getMessage()).isEqualTo(message);
    assertThat(failure.kind()).isEqualTo(kind);
  }

  private Path path(String name) {
    return folder.path.resolve(name);
  }
}
