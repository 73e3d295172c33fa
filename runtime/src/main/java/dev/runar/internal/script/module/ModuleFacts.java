package dev.runar.internal.script.module;

import com.caoccao.javet.swc4j.ast.clazz.Swc4jAstComputedPropName;
import com.caoccao.javet.swc4j.ast.enums.Swc4jAstUnaryOp;
import com.caoccao.javet.swc4j.ast.expr.Swc4jAstCallExpr;
import com.caoccao.javet.swc4j.ast.expr.Swc4jAstExprOrSpread;
import com.caoccao.javet.swc4j.ast.expr.Swc4jAstIdent;
import com.caoccao.javet.swc4j.ast.expr.Swc4jAstIdentName;
import com.caoccao.javet.swc4j.ast.expr.Swc4jAstMemberExpr;
import com.caoccao.javet.swc4j.ast.expr.Swc4jAstNewExpr;
import com.caoccao.javet.swc4j.ast.expr.Swc4jAstTpl;
import com.caoccao.javet.swc4j.ast.expr.Swc4jAstUnaryExpr;
import com.caoccao.javet.swc4j.ast.expr.lit.Swc4jAstStr;
import com.caoccao.javet.swc4j.ast.interfaces.ISwc4jAst;
import com.caoccao.javet.swc4j.ast.module.Swc4jAstExportAll;
import com.caoccao.javet.swc4j.ast.module.Swc4jAstExportNamedSpecifier;
import com.caoccao.javet.swc4j.ast.module.Swc4jAstImport;
import com.caoccao.javet.swc4j.ast.module.Swc4jAstImportDecl;
import com.caoccao.javet.swc4j.ast.module.Swc4jAstNamedExport;
import com.caoccao.javet.swc4j.ast.pat.Swc4jAstBindingIdent;
import com.caoccao.javet.swc4j.ast.stmt.Swc4jAstClassDecl;
import com.caoccao.javet.swc4j.ast.stmt.Swc4jAstFnDecl;
import com.caoccao.javet.swc4j.ast.stmt.Swc4jAstLabeledStmt;
import com.caoccao.javet.swc4j.ast.stmt.Swc4jAstTryStmt;
import com.caoccao.javet.swc4j.span.Swc4jSpan;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What the tree of one module in JavaScript shows of what it needs. Names are told apart by their
 * text, not by their scope: a name that is declared anywhere in the module counts as declared
 * everywhere, so what is found free is free. One thread.
 */
final class ModuleFacts {
  /** An import, and whether the module may be prepared for its failure. */
  record Import(String specifier, boolean optional, boolean required) {}

  /** A call or a member with a text in it. */
  record Use(Kind kind, String text, Swc4jSpan span) {
    enum Kind {
      FETCH,
      ENV,
      FILE,
      JAVA
    }
  }

  private static final Set<String> FILE_FUNCTIONS =
      Set.of(
          "readFile",
          "readFileSync",
          "readdir",
          "readdirSync",
          "stat",
          "statSync",
          "existsSync",
          "access",
          "accessSync",
          "open",
          "openSync",
          "createReadStream");

  private static final Set<String> CONNECTING = Set.of("WebSocket", "EventSource");

  final List<Import> imports = new ArrayList<>();
  final List<Use> uses = new ArrayList<>();
  private final Map<String, Swc4jSpan> referenced = new LinkedHashMap<>();
  private final Set<String> declared = new HashSet<>();

  ModuleFacts(List<ISwc4jAst> statements) {
    statements.forEach(statement -> visit(statement, false));
  }

  /** Names that the module uses and does not declare, with the first place of each. */
  Map<String, Swc4jSpan> free() {
    var free = new LinkedHashMap<>(referenced);
    free.keySet().removeAll(declared);
    return free;
  }

  private void visit(ISwc4jAst node, boolean guarded) {
    switch (node) {
      case Swc4jAstImportDecl one -> {
        imports.add(new Import(one.getSrc().getValue(), false, false));
        one.getSpecifiers().forEach(specifier -> declare(specifier));
        return;
      }
      case Swc4jAstExportAll one -> {
        imports.add(new Import(one.getSrc().getValue(), false, false));
        return;
      }
      case Swc4jAstNamedExport one -> {
        one.getSrc().ifPresent(from -> imports.add(new Import(from.getValue(), false, false)));
        return;
      }
      case Swc4jAstExportNamedSpecifier _ -> {
        return;
      }
      case Swc4jAstCallExpr call -> call(call, guarded);
      case Swc4jAstNewExpr made -> made(made);
      case Swc4jAstMemberExpr member -> member(member);
      case Swc4jAstBindingIdent name -> {
        declared.add(name.getId().getSym());
        return;
      }
      case Swc4jAstFnDecl function -> declared.add(function.getIdent().getSym());
      case Swc4jAstClassDecl one -> declared.add(one.getIdent().getSym());
      case Swc4jAstLabeledStmt label -> declared.add(label.getLabel().getSym());
      case Swc4jAstUnaryExpr unary when unary.getOp() == Swc4jAstUnaryOp.TypeOf -> {
        if (unary.getArg() instanceof Swc4jAstIdent asked) {
          declared.add(asked.getSym()); // it is asked for before it is used
          return;
        }
      }
      case Swc4jAstIdent name -> referenced.putIfAbsent(name.getSym(), name.getSpan());
      default -> {
        // Only its parts count.
      }
    }
    boolean inside = guarded || node instanceof Swc4jAstTryStmt;
    node.getChildNodes().forEach(child -> visit(child, inside));
  }

  private void declare(ISwc4jAst specifier) {
    for (ISwc4jAst part : specifier.getChildNodes()) {
      if (part instanceof Swc4jAstIdent name) {
        declared.add(name.getSym());
      }
    }
  }

  private void call(Swc4jAstCallExpr call, boolean guarded) {
    String text = call.getArgs().isEmpty() ? null : text(call.getArgs().getFirst());
    if (text == null) {
      return;
    }
    switch (call.getCallee()) {
      case Swc4jAstImport _ -> imports.add(new Import(text, true, false));
      case Swc4jAstIdent function when function.getSym().equals("require") ->
          imports.add(new Import(text, guarded, true));
      case Swc4jAstIdent function when function.getSym().equals("fetch") ->
          use(Use.Kind.FETCH, text, call);
      case Swc4jAstIdent function when FILE_FUNCTIONS.contains(function.getSym()) ->
          use(Use.Kind.FILE, text, call);
      case Swc4jAstMemberExpr member when FILE_FUNCTIONS.contains(name(member)) ->
          use(Use.Kind.FILE, text, call);
      case Swc4jAstMemberExpr member when isMember(member, "Java", "type") ->
          use(Use.Kind.JAVA, text, call);
      default -> {
        // Not one of ours.
      }
    }
  }

  private void made(Swc4jAstNewExpr made) {
    List<Swc4jAstExprOrSpread> arguments = made.getArgs().orElse(List.of());
    String text = arguments.isEmpty() ? null : text(arguments.getFirst());
    if (text != null
        && made.getCallee() instanceof Swc4jAstIdent type
        && CONNECTING.contains(type.getSym())) {
      use(Use.Kind.FETCH, text, made);
    }
  }

  private void member(Swc4jAstMemberExpr member) {
    if (member.getObj() instanceof Swc4jAstMemberExpr owner && isMember(owner, "process", "env")) {
      String name = name(member);
      if (!name.isEmpty()) {
        use(Use.Kind.ENV, name, member);
      }
    }
  }

  private void use(Use.Kind kind, String text, ISwc4jAst node) {
    uses.add(new Use(kind, text, node.getSpan()));
  }

  private static boolean isMember(Swc4jAstMemberExpr member, String object, String name) {
    return member.getObj() instanceof Swc4jAstIdent owner
        && owner.getSym().equals(object)
        && name(member).equals(name);
  }

  /** Of {@code a.name} and {@code a["name"]}; else empty. */
  private static String name(Swc4jAstMemberExpr member) {
    return switch (member.getProp()) {
      case Swc4jAstIdentName name -> name.getSym();
      case Swc4jAstComputedPropName computed ->
          computed.getExpr() instanceof Swc4jAstStr text ? text.getValue() : "";
      default -> "";
    };
  }

  /** A literal, or what a template begins with; null for anything else. */
  private static @Nullable String text(Swc4jAstExprOrSpread argument) {
    return switch (argument.getExpr()) {
      case Swc4jAstStr text -> text.getValue();
      case Swc4jAstTpl template when template.getExprs().isEmpty() ->
          template.getQuasis().getFirst().getRaw();
      case Swc4jAstTpl template
          when template.getQuasis().getFirst().getRaw().matches("[a-z]+://[^/]+/.*") ->
          template.getQuasis().getFirst().getRaw();
      default -> null;
    };
  }
}
