package dev.runar.internal.script.syntax;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** The forms that Node.js knows, each as the tools write it. */
class CommonJsExportsTest {
  private static CommonJsExports read(String text) {
    return CommonJsExports.of(Tokens.of(text));
  }

  private static void assertNames(String text, String... names) {
    assertThat(read(text).names()).as(text).containsExactly(names);
  }

  @Test
  void assignments() {
    assertNames("exports.a = 1; module.exports.b = 2; exports['c d'] = 3;", "a", "b", "c d");
    assertNames("exports.a = exports.b = void 0;", "a", "b");
    assertNames("exports.a == 1; exports.b.c = 2; x.exports.d = 3; // exports.e = 1");
    assertNames("const s = 'exports.a = 1'; const t = `exports.b = 1`; const r = /exports.c = 1/;");
  }

  @Test
  void objectLiteralsUpToTheFirstValueThatIsMoreThanAName() {
    assertNames("module.exports = { a, b: c, 'd': e, };", "a", "b", "d");
    assertNames("module.exports = { a, b: 'text', c };", "a");
    assertNames("module.exports = { a: b.c, d };", "a");
    assertNames("module.exports = { a, ...rest, b };", "a", "b");
    assertNames("0 && (module.exports = { a, b });", "a", "b");
    assertNames("module.exports = { run() {}, a };", "run");
  }

  @Test
  void definedProperties() {
    assertNames(
        "Object.defineProperty(exports, '__esModule', { value: true });"
            + "Object.defineProperty(exports, \"a\", { enumerable: true, get: function () {"
            + " return b.a; } });"
            + "Object.defineProperty(exports, 'b', { get() { return c['d'] } });"
            + "Object.defineProperty(exports, 'c', { enumerable: false, value: 1 });"
            + "Object.defineProperty(exports, 'hidden', { get() { return 1; } });",
        "__esModule",
        "a",
        "b");
  }

  @Test
  void aGetterThatDoesMoreThanToRead() {
    assertNames(
        "exports.a = 1; exports.b = 2;"
            + "Object.defineProperty(exports, 'a', { enumerable: true, get: function () {"
            + " return made(); } });",
        "b");
  }

  @Test
  void reexports() {
    assertThat(read("module.exports = require('./a');").reexports()).containsExactly("./a");
    assertThat(read("__exportStar(require('./a'), exports);").reexports()).containsExactly("./a");
    assertThat(read("(0, tslib_1.__exportStar)(require('./b'), exports);").reexports())
        .containsExactly("./b");
    assertThat(
            read("""
            var _x = require("./x");
            Object.keys(_x).forEach(function (key) {
              if (key === "default" || key === "__esModule") return;
              exports[key] = _x[key];
            });
            """)
                .reexports())
        .containsExactly("./x");
  }

  @Test
  void slashesAreReadAsWhatTheyAre() {
    assertNames("a = b / c; exports.d = 1; e = f / g", "d");
    assertNames("if (x) /exports.no = 1/.test(y); exports.d = 1;", "d");
    assertNames("return /[/'\"]/; exports.d = 1;", "d");
    assertNames("x = `${ { a: '}' } }` / 2; exports.d = 1; '/'", "d");
    assertNames("i++ / 2; exports.d = '/';", "d");
  }

  @Test
  void moduleSyntax() {
    assertThat(isEsModule("import a from 'a';")).isTrue();
    assertThat(isEsModule("export {};")).isTrue();
    assertThat(isEsModule("const u = import.meta.url;")).isTrue();
    assertThat(isEsModule("const a = import('a'); x.import = 1; ({ export: 1 });")).isFalse();
    assertThat(isEsModule("// import a from 'a'\nrequire('export {}');")).isFalse();
  }

  private static boolean isEsModule(String text) {
    return new ModuleSyntax(Tokens.of(text)).isEsModule();
  }
}
