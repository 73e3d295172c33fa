package dev.runar.internal.script.console;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.graalvm.polyglot.Context;
import org.graalvm.polyglot.Source;
import org.graalvm.polyglot.Value;

/**
 * Asks a context's {@code inspector.js} what values are. Owner thread; one per context, made before
 * any script ran in it.
 *
 * <p>It replaces the context's {@code Proxy} by one that remembers the targets: there is no other
 * way to print a proxy without running its traps. A proxy made before is printed as such.
 */
final class ValueDescriber {
  /** Of one object more properties are not shown; how many are left is noted. */
  static final int MAX_PROPERTIES = 10_000;

  /** In a longer list nobody looks for properties beside the elements. */
  static final int MAX_KEYED_ELEMENTS = 10_000;

  private static final Source INSPECTOR = source("inspector.js");

  private final Value describe;
  private final Value convert;
  private final Value printsByItself;
  private final Value cell;
  private final Value nested;
  private final Value proxyOf;

  private ValueDescriber(Value inspector) {
    describe = inspector.getMember("describe");
    convert = inspector.getMember("convert");
    printsByItself = inspector.getMember("printsByItself");
    cell = inspector.getMember("cell");
    nested = inspector.getMember("nested");
    proxyOf = inspector.getMember("proxyOf");
  }

  static ValueDescriber create(Context context) {
    Value inspector =
        context
            .eval(INSPECTOR)
            .execute(
                InspectOptions.MAX_TEXT,
                InspectOptions.MAX_ELEMENTS,
                MAX_PROPERTIES,
                OutputBudget.MAX_CHARACTERS + 1,
                MAX_KEYED_ELEMENTS);
    inspector.getMember("trackProxies").executeVoid();
    return new ValueDescriber(inspector);
  }

  /** A script that lies beside the classes of this package. */
  static Source source(String name) {
    try (InputStream in = ValueDescriber.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new IllegalStateException("missing in the jar: " + name);
      }
      String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
      return Source.newBuilder("js", text, "runar:" + name).internal(true).buildLiteral();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** An argument of the console itself: strings are whole, up to the cap of a message. */
  Cell argument(Value value) {
    return Cell.at(cell.execute(value), 0);
  }

  /** A value within another: strings are cut as Node cuts them. */
  Cell nested(Value value) {
    return Cell.at(nested.execute(value), 0);
  }

  /** Describes an object that is no proxy and no object of the host. */
  Description describe(Value object, boolean hidden) {
    return new Description(describe.execute(object, hidden));
  }

  /** Converts as a format specifier asks: string, json, number, integer or decimal. */
  Cell convert(String how, Value value) {
    return Cell.at(convert.execute(how, value), 0);
  }

  /** Whether the object has no conversion to a string of its own. */
  boolean printsByItself(Value object) {
    return printsByItself.execute(object).asBoolean();
  }

  /** Whether a value is a proxy of the script; runs no trap. */
  static boolean isProxy(Value object) {
    Value meta = object.getMetaObject();
    return meta != null && !meta.canInstantiate() && meta.getMetaSimpleName().equals("Proxy");
  }

  /** Target and handler of a proxy, both null once revoked; empty for one made too early. */
  Optional<Value> proxy(Value proxy) {
    Value known = proxyOf.execute(proxy);
    return known.isNull() ? Optional.empty() : Optional.of(known);
  }
}
