package dev.runar.internal.script.module;

import com.caoccao.javet.swc4j.ast.clazz.Swc4jAstClass;
import com.caoccao.javet.swc4j.ast.clazz.Swc4jAstFunction;
import com.caoccao.javet.swc4j.ast.enums.Swc4jAstVarDeclKind;
import com.caoccao.javet.swc4j.ast.expr.Swc4jAstArrowExpr;
import com.caoccao.javet.swc4j.ast.expr.Swc4jAstAwaitExpr;
import com.caoccao.javet.swc4j.ast.expr.Swc4jAstIdent;
import com.caoccao.javet.swc4j.ast.interfaces.ISwc4jAst;
import com.caoccao.javet.swc4j.ast.interfaces.ISwc4jAstObjectPatProp;
import com.caoccao.javet.swc4j.ast.interfaces.ISwc4jAstPat;
import com.caoccao.javet.swc4j.ast.module.Swc4jAstImport;
import com.caoccao.javet.swc4j.ast.module.Swc4jAstImportDecl;
import com.caoccao.javet.swc4j.ast.module.Swc4jAstImportDefaultSpecifier;
import com.caoccao.javet.swc4j.ast.module.Swc4jAstImportNamedSpecifier;
import com.caoccao.javet.swc4j.ast.module.Swc4jAstImportStarAsSpecifier;
import com.caoccao.javet.swc4j.ast.pat.Swc4jAstBindingIdent;
import com.caoccao.javet.swc4j.ast.stmt.Swc4jAstClassDecl;
import com.caoccao.javet.swc4j.ast.stmt.Swc4jAstExprStmt;
import com.caoccao.javet.swc4j.ast.stmt.Swc4jAstFnDecl;
import com.caoccao.javet.swc4j.ast.stmt.Swc4jAstForOfStmt;
import com.caoccao.javet.swc4j.ast.stmt.Swc4jAstVarDecl;
import com.caoccao.javet.swc4j.ast.stmt.Swc4jAstVarDeclarator;
import dev.runar.internal.script.module.SyntaxTree.Edit;
import dev.runar.internal.script.syntax.Tokens;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Turns what somebody types into scripts that follow each other in one context. Any thread.
 *
 * <p>A script cannot await and cannot import. So an import becomes a dynamic one, and a line that
 * awaits becomes an async function: what it declares is declared in front of it and assigned inside
 * it, so that it survives the line; its last expression is what it returns.
 */
public final class ShellSyntax {
  /** The function of a shell that imports. */
  private static final String LOAD = "globalThis[Symbol.for('runar.shell')].load";

  /** The one that runs what awaits, and has it settled. */
  private static final String RUN = "globalThis[Symbol.for('runar.shell')].run";

  private final SyntaxTree trees = new SyntaxTree();
  private final TypeScript typeScript = new SwcTypeScript();

  /** Reads a line, which may have several. */
  public ShellLine read(String text) {
    if (isOpen(text)) {
      return new ShellLine.Incomplete();
    }
    String stripped = text.strip();
    if (stripped.startsWith("{") && !stripped.endsWith(";")) { // rather an object than a block
      ShellLine object = line("(" + text + "\n)");
      if (object instanceof ShellLine.Code) {
        return object;
      }
    }
    return line(text);
  }

  private static boolean isOpen(String text) {
    Tokens tokens = Tokens.of(text);
    String rest = text.substring(tokens.end());
    return tokens.isOpen() || rest.lastIndexOf("/*") > rest.lastIndexOf("*/");
  }

  private ShellLine line(String text) {
    try {
      String plain = withoutImports(text);
      Compiled compiled = typeScript.compile(plain);
      return code(compiled);
    } catch (TypeScript.SyntaxException e) {
      return isCutOff(text, e) ? new ShellLine.Incomplete() : wrong(text, e);
    } catch (TypeScript.UnavailableException e) {
      return new ShellLine.Wrong("there is no TypeScript compiler for " + e.getMessage());
    }
  }

  private static ShellLine wrong(String text, TypeScript.SyntaxException e) {
    String frame = CodeFrame.of(text, e.line, e.column);
    return new ShellLine.Wrong(
        "SyntaxError: " + e.getMessage() + (frame.isEmpty() ? "" : "\n" + frame));
  }

  /** The compiler stumbled over the end. */
  private static boolean isCutOff(String text, TypeScript.SyntaxException e) {
    String message = String.valueOf(e.getMessage());
    if (message.contains("eof") || message.startsWith("Unterminated template")) {
      return !message.startsWith("Expected ';'");
    }
    String[] lines = text.split("\n", -1);
    String last = e.line <= lines.length ? lines[e.line - 1] : "";
    boolean isLast = e.line >= text.stripTrailing().split("\n", -1).length;
    return isLast && e.column > last.stripTrailing().length();
  }

  /** Both forms of import, as calls that the shell answers. */
  private String withoutImports(String text)
      throws TypeScript.SyntaxException, TypeScript.UnavailableException {
    var edits = new ArrayList<Edit>();
    for (ISwc4jAst statement : trees.statements(text)) {
      if (statement instanceof Swc4jAstImportDecl declaration) {
        edits.add(Edit.of(text, declaration, imported(text, declaration)));
      } else {
        dynamicImports(text, statement, edits);
      }
    }
    return SyntaxTree.edited(text, edits);
  }

  private static void dynamicImports(String text, ISwc4jAst node, List<Edit> edits) {
    if (node instanceof Swc4jAstImport) {
      edits.add(Edit.of(text, node, LOAD));
    }
    node.getChildNodes().forEach(child -> dynamicImports(text, child, edits));
  }

  private static String imported(String text, Swc4jAstImportDecl declaration) {
    if (declaration.isTypeOnly()) {
      return ";";
    }
    String load = "await " + LOAD + "(" + SyntaxTree.text(text, declaration.getSrc()) + ")";
    var named = new ArrayList<String>();
    String all = "";
    for (var specifier : declaration.getSpecifiers()) {
      switch (specifier) {
        case Swc4jAstImportDefaultSpecifier one -> named.add("default: " + one.getLocal().getSym());
        case Swc4jAstImportStarAsSpecifier star -> all = star.getLocal().getSym();
        case Swc4jAstImportNamedSpecifier one when !one.isTypeOnly() ->
            named.add(
                one.getImported().map(name -> SyntaxTree.text(text, name) + ": ").orElse("")
                    + one.getLocal().getSym());
        default -> {
          // A type.
        }
      }
    }
    if (declaration.getSpecifiers().isEmpty()) {
      return load + ";";
    }
    String namesOnly = "const { " + String.join(", ", named) + " } = ";
    if (all.isEmpty()) {
      return namesOnly + load + ";";
    }
    return "const " + all + " = " + load + ";" + (named.isEmpty() ? "" : namesOnly + all + ";");
  }

  private ShellLine code(Compiled compiled)
      throws TypeScript.SyntaxException, TypeScript.UnavailableException {
    String code = compiled.code();
    List<ISwc4jAst> statements = trees.statements(code);
    List<String> names = List.copyOf(declared(statements));
    boolean awaits = statements.stream().anyMatch(ShellSyntax::awaits);
    return new ShellLine.Code(
        awaits ? async(code, statements) : code, compiled.mappings(), awaits, names);
  }

  /** Whether a statement awaits outside of functions. */
  private static boolean awaits(ISwc4jAst node) {
    if (node instanceof Swc4jAstAwaitExpr) {
      return true;
    }
    if (node instanceof Swc4jAstForOfStmt loop && loop.isAwait()) {
      return true;
    }
    boolean isFunction =
        node instanceof Swc4jAstFunction
            || node instanceof Swc4jAstArrowExpr
            || node instanceof Swc4jAstClass;
    return !isFunction && node.getChildNodes().stream().anyMatch(ShellSyntax::awaits);
  }

  private static Set<String> declared(List<ISwc4jAst> statements) {
    var names = new LinkedHashSet<String>();
    for (ISwc4jAst statement : statements) {
      switch (statement) {
        case Swc4jAstVarDecl variables ->
            variables.getDecls().forEach(each -> bound(each.getName(), names));
        case Swc4jAstFnDecl function -> names.add(function.getIdent().getSym());
        case Swc4jAstClassDecl one -> names.add(one.getIdent().getSym());
        default -> {
          // Declares nothing.
        }
      }
    }
    return names;
  }

  /** The names that a pattern binds, not those in its default values. */
  private static void bound(ISwc4jAst pattern, Set<String> names) {
    if (pattern instanceof Swc4jAstBindingIdent name) {
      names.add(name.getId().getSym());
      return;
    }
    for (ISwc4jAst part : pattern.getChildNodes()) {
      boolean isPattern = part instanceof ISwc4jAstPat && !(part instanceof Swc4jAstIdent);
      if (isPattern || part instanceof ISwc4jAstObjectPatProp) {
        bound(part, names);
      }
    }
  }

  private static String async(String code, List<ISwc4jAst> statements) {
    var outside = new StringBuilder();
    var edits = new ArrayList<Edit>();
    int rest = statements.size();
    for (ISwc4jAst statement : statements) {
      rest--;
      boolean isLast = rest == 0;
      switch (statement) {
        case Swc4jAstVarDecl variables -> {
          boolean isVar = variables.getKind() == Swc4jAstVarDeclKind.Var;
          outside.append(isVar ? "var " : "let ");
          outside.append(String.join(", ", declared(List.of(variables)))).append("; ");
          edits.add(Edit.of(code, variables, assigned(code, variables)));
        }
        case Swc4jAstClassDecl one -> {
          String name = one.getIdent().getSym();
          outside.append("let ").append(name).append("; ");
          edits.add(Edit.of(code, one, name + " = " + SyntaxTree.text(code, one) + ";"));
        }
        case Swc4jAstFnDecl function -> {
          outside.append(SyntaxTree.text(code, function).replace("\n", " ")).append("; ");
          edits.add(Edit.of(code, function, ";"));
        }
        case Swc4jAstExprStmt expression when isLast ->
            edits.add(
                Edit.of(
                    code,
                    expression,
                    "return { value: (" + SyntaxTree.text(code, expression.getExpr()) + ") };"));
        default -> {
          // Stays as it is.
        }
      }
    }
    return outside + RUN + "(async () => { " + SyntaxTree.edited(code, edits) + "\nreturn {}; })";
  }

  private static String assigned(String code, Swc4jAstVarDecl variables) {
    return variables.getDecls().stream()
        .map(each -> assigned(code, each))
        .collect(Collectors.joining(", ", "void (", ");"));
  }

  private static String assigned(String code, Swc4jAstVarDeclarator variable) {
    String init = variable.getInit().map(value -> SyntaxTree.text(code, value)).orElse("undefined");
    return "(" + SyntaxTree.text(code, variable.getName()) + " = " + init + ")";
  }
}
