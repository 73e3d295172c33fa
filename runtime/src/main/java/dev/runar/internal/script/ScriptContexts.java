package dev.runar.internal.script;

import dev.runar.Permissions;
import dev.runar.RunarException;
import dev.runar.RunarException.Code;
import dev.runar.TestPlan;
import dev.runar.internal.node.NodeCore;
import dev.runar.internal.script.console.ConsoleFormatter;
import dev.runar.internal.script.console.ConsoleSink;
import dev.runar.internal.script.console.ScriptConsole;
import dev.runar.internal.script.module.Excerpts;
import dev.runar.internal.script.module.ModuleSettings;
import dev.runar.internal.script.module.ScriptCompiler;
import dev.runar.internal.script.module.ScriptImporter;
import dev.runar.internal.script.module.ScriptModules;
import dev.runar.internal.script.module.ScriptOptions;
import dev.runar.internal.script.permission.PermissionCheck;
import dev.runar.internal.script.stack.StackSampler;
import dev.runar.internal.script.web.WebGlobals;
import dev.runar.internal.script.web.WebHost;
import dev.runar.internal.script.web.WebPlatform;
import dev.runar.internal.sdk.NodeControl;
import dev.runar.spi.Disk;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.graalvm.polyglot.Context;
import org.graalvm.polyglot.Engine;
import org.graalvm.polyglot.HostAccess;
import org.graalvm.polyglot.PolyglotException;
import org.graalvm.polyglot.Source;
import org.graalvm.polyglot.Value;
import org.graalvm.polyglot.proxy.ProxyExecutable;
import org.jspecify.annotations.Nullable;

/**
 * Makes the context of one entry file: which options, which globals, which modules. Owner thread of
 * that context, except the constructor and {@link #load}.
 */
final class ScriptContexts implements ContextFactory {
  /** A script reaches what is exported and the bytes it was given, nothing else of the host. */
  private static final HostAccess ACCESS =
      HostAccess.newBuilder(HostAccess.EXPLICIT).allowBufferAccess(true).build();

  private static final String HOST_MODULE =
      "export const host = globalThis[Symbol.for('runar.host')];";

  /**
   * A script gets to a safe point within microseconds, if its thread has a processor; one in a call
   * of the host does not.
   */
  private static final Duration STACK_PATIENCE = Duration.ofMillis(200);

  private final Engine engine;
  private final WebPlatform webPlatform;
  private final Path entry;
  private final ConsoleSink console;
  private final NodeControl control;
  private final Supplier<NodeCore> core;
  private final Registrar registrar;
  private final ScriptModules modules;
  private final Disk disk;
  private final Path project;
  private final PermissionCheck permissions;
  private final Optional<TestPlan> plan;
  private @Nullable HostTests tests;
  private @Nullable Value hooks;
  private @Nullable ConsoleFormatter formatter;
  private @Nullable ScriptContext owner;
  private @Nullable ScriptImporter importer;

  ScriptContexts(
      Engine engine,
      Path entry,
      Disk disk,
      ScriptCompiler compiler,
      ConsoleSink console,
      NodeControl control,
      Supplier<NodeCore> core,
      Registrar registrar,
      EngineTools tools,
      Permissions granted,
      WebPlatform webPlatform) {
    this.engine = engine;
    this.webPlatform = webPlatform;
    this.entry = entry;
    this.console = console;
    this.control = control;
    this.core = core;
    this.registrar = registrar;
    ModuleSettings settings =
        ModuleSettings.forEntry(entry, Path.of(""), disk).withBuiltin("host", HOST_MODULE);
    this.modules = new ScriptModules(settings, disk, compiler);
    this.disk = disk;
    this.project = settings.roots().getFirst();
    Path folder = entry.toAbsolutePath().normalize().getParent();
    this.permissions =
        new PermissionCheck(granted, folder == null ? entry : folder, settings.roots(), disk);
    this.plan = tools.tests();
    tools.prepare(entry, modules);
  }

  /**
   * What has been read of the disk for the script so far, and what it would have been. Keeps
   * nothing of the context alive.
   */
  Supplier<Set<Path>> files() {
    Set<Path> read = modules.files();
    List<Path> always = List.of(entry, project.resolve(".env"));
    return () -> {
      var files = new HashSet<>(read);
      files.addAll(always);
      return files;
    };
  }

  @Override
  public Context create(ScriptContext newOwner) {
    owner = newOwner;
    Context.Builder builder =
        Context.newBuilder("js")
            .engine(engine)
            .allowHostAccess(ACCESS)
            .allowValueSharing(false)
            .allowExperimentalOptions(true)
            .option("js.unhandled-rejections", "handler")
            .option("js.ecmascript-version", "staging")
            .option("js.text-encoding", "true")
            .option("js.performance", "true")
            .option("js.print", "false")
            .option("js.console", "false")
            .option("js.java-package-globals", "false")
            .option("js.polyglot-builtin", "false");
    if (permissions.seesJava()) {
      builder.allowHostClassLookup(permissions::seesJava);
    }
    return ScriptOptions.forModules(builder, modules).build();
  }

  @Override
  public PermissionCheck permissions() {
    return permissions;
  }

  @Override
  public Excerpts excerpts() {
    return modules.excerpts();
  }

  @Override
  public String stack(Thread thread) {
    var text = new StringBuilder();
    StackSampler.of(engine)
        .map(sampler -> sampler.sample(thread, STACK_PATIENCE))
        .orElse(List.of())
        .forEach(
            frame -> {
              String at = ScriptImporter.place(modules, frame.file(), frame.line(), frame.column());
              if (at != null) {
                text.append("\n    at ");
                text.append(frame.function().isEmpty() ? at : frame.function() + " (" + at + ")");
              }
            });
    return text.toString();
  }

  @Override
  public HostBindings bindings(ScriptContext owner) {
    return new HostBindings(owner, control, core, registrar);
  }

  @Override
  public Value bootstrap(ScriptContext owner, Context context, HostBindings bindings) {
    ConsoleFormatter made = ConsoleFormatter.create(context);
    formatter = made;
    importer = ScriptImporter.install(context, modules, part -> part(part, made));
    Value functions = context.eval(source("bootstrap.js")).execute(bindings);
    context
        .getBindings("js")
        .putMember(
            "console",
            ScriptConsole.install(context, made, console, () -> owner().clock().nanos()));
    hooks = functions.getMember("hooks");
    WebGlobals.install(context, webPlatform, webHost(owner), hooks);
    return functions;
  }

  private static WebHost webHost(ScriptContext owner) {
    return new WebHost() {
      @Override
      public void post(String what, Runnable callback) {
        owner.postReserved(what, callback);
      }

      @Override
      public void begins() {
        owner.work().begins();
      }

      @Override
      public void ends() {
        owner.work().ends();
      }

      @Override
      public CompletableFuture<Void> ended() {
        return owner.owner().ended();
      }

      @Override
      public PermissionCheck permissions() {
        return owner.permissions();
      }
    };
  }

  /** What the modules of Node.js ask of the host. Each is made when a script first imports it. */
  private @Nullable Object part(String name, ConsoleFormatter formatter) {
    return switch (name) {
      case "process" ->
          new HostProcess(
              owner(),
              control,
              entry,
              EnvFile.read(project.resolve(".env"), disk),
              System.getenv());
      case "nextTick" -> owner().functions().nextTick;
      case "exit" -> owner().functions().exit;
      case "files" -> new HostFiles(owner(), disk);
      case "crypto" -> new HostCrypto(owner());
      case "test" -> plan.map(this::tests).orElse(null);
      case "format" -> (ProxyExecutable) formatter::format;
      case "inspect" ->
          (ProxyExecutable)
              arguments ->
                  formatter.inspect(
                      arguments[0],
                      arguments[1].asInt(),
                      arguments[2].asBoolean(),
                      arguments[3].asInt());
      default -> null;
    };
  }

  /** A shell in the context that was made. Any thread, once the context has started. */
  ShellContext shell() {
    return new ShellContext(
        owner(),
        new HostShell(importer(), entry),
        Objects.requireNonNull(hooks),
        Objects.requireNonNull(formatter),
        modules);
  }

  /** The tests of the entry file. */
  private HostTests tests(TestPlan known) {
    HostTests made = tests;
    if (made == null) {
      Value functions = Objects.requireNonNull(hooks);
      made =
          new HostTests(
              owner(),
              control,
              known,
              functions::putMember,
              modules::frame,
              registrar.instance() < 0);
      tests = made;
    }
    return made;
  }

  /**
   * Loads the entry file; completes when its top level has run and the services that it added are
   * there, whether it has awaited them or not. Any thread.
   */
  CompletableFuture<Void> load(ScriptContext context) {
    var loaded = new CompletableFuture<Void>();
    Consumer<RunarException> waiting = loaded::completeExceptionally;
    context.remember(waiting);
    context.work().begins();
    var _ =
        loaded.whenComplete(
            (done, error) -> {
              context.forget(waiting);
              context.work().ends();
            });
    context.postReserved("loading " + entry, () -> load(context, loaded));
    return loaded;
  }

  private void load(ScriptContext context, CompletableFuture<Void> loaded) {
    try {
      ProxyExecutable failed =
          arguments -> loaded.completeExceptionally(failure(context, arguments[0]));
      ProxyExecutable done =
          arguments -> {
            loaded.complete(null);
            plan.ifPresent(known -> tests(known).loaded());
            return null;
          };
      importer()
          .load(
              entry,
              exports -> {
                context.functions().finishLoading.executeVoid(done, failed);
                return null;
              },
              failed);
    } catch (PolyglotException e) {
      loaded.completeExceptionally(e.isCancelled() ? context.failure(e) : explained(e));
    }
  }

  private RunarException failure(ScriptContext context, Value reason) {
    if (reason.equals(context.functions().exit)) {
      return new RunarException(Code.CONTEXT_GONE, "the script has called process.exit()");
    }
    if (!reason.isException()) { // a script may throw anything
      String described = context.functions().describe.execute(reason).asString();
      return new RunarException(
          Code.SCRIPT,
          entry + " " + ScriptErrors.fromJson(described, context.excerpts()).getMessage());
    }
    try {
      throw reason.throwException();
    } catch (PolyglotException e) {
      return explained(e);
    }
  }

  /** An error of the node, such as a port in use, keeps its code; it only passed by the script. */
  private RunarException explained(PolyglotException e) {
    RunarException failure = owner().failure(e);
    String message = String.valueOf(importer().explain(e).getMessage());
    Code code = failure.code() == Code.HANDLER_FAILED ? Code.SCRIPT : failure.code();
    var explained = new RunarException(code, message, failure.getCause());
    for (Throwable other : failure.getSuppressed()) {
      explained.addSuppressed(other);
    }
    return explained;
  }

  private ScriptContext owner() {
    ScriptContext known = owner;
    if (known == null) {
      throw new IllegalStateException("the context has not begun");
    }
    return known;
  }

  private ScriptImporter importer() {
    ScriptImporter installed = importer;
    if (installed == null) {
      throw new IllegalStateException("the context has not begun");
    }
    return installed;
  }

  private static Source source(String name) {
    try (InputStream in = ScriptContexts.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new IllegalStateException(name + " is missing from the jar");
      }
      String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
      return Source.newBuilder("js", text, "runar:" + name).internal(true).buildLiteral();
    } catch (IOException e) {
      throw new IllegalStateException("cannot read " + name, e);
    }
  }
}
