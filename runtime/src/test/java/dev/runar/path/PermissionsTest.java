package dev.runar.path;

import static org.assertj.core.api.Assertions.assertThat;

import dev.runar.NodeConfig;
import dev.runar.Permissions;
import java.nio.file.Path;
import org.graalvm.polyglot.HostAccess;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a script is granted it has, and nothing beside it. */
@Timeout(60)
class PermissionsTest {
  private static final String SCRIPT =
      """
      import { Node } from "runar-ts";
      const node = new Node();
      await node.addService({
        name: "NAME", path: "NAME",
        actions: {
          price() {
            const Java = (globalThis as any).Java;
            return Java === undefined ? "no Java" : Java.type("dev.runar.path.PermissionsTest$Prices").of("tea");
          },
          secret() {
            const Prices = (globalThis as any).Java.type("dev.runar.path.PermissionsTest$Prices");
            return typeof Prices.secret + " " + typeof Prices.class.getClassLoader + " " + typeof Prices.class.forName;
          },
          system() {
            try {
              return String((globalThis as any).Java.type("java.lang.System"));
            } catch (error: any) {
              return "refused";
            }
          },
        },
      });
      """;

  @TempDir Path folder;

  /** What a program gives to its scripts. */
  public static final class Prices {
    private Prices() {}

    @HostAccess.Export
    public static int of(String item) {
      return item.length();
    }

    /** Not exported. */
    public static String secret() {
      return "s3cret";
    }
  }

  @Test
  void aScriptHasTheJavaClassesThatItWasGrantedAndOfTheseWhatIsExported() {
    try (ScriptNode app = ScriptNode.start(folder, SCRIPT.replace("NAME", "none"))) {
      app.file("granted.ts", SCRIPT.replace("NAME", "granted"));
      Permissions prices = Permissions.NONE.withJava(Prices.class.getName());
      ScriptNode.value(app.node.addScript(folder.resolve("granted.ts"), prices));
      assertThat(app.call("granted/price")).isEqualTo(3);
      assertThat(app.call("granted/secret")).isEqualTo("undefined undefined undefined");
      assertThat(app.call("granted/system")).isEqualTo("refused");
      assertThat(app.call("none/price")).isEqualTo("no Java");
    }
  }

  @Test
  void aScriptCannotGrantItselfAnything() {
    NodeConfig config = ScriptNode.CONFIG;
    try (ScriptNode app = ScriptNode.create(folder, config)) {
      var error =
          org.assertj.core.api.Assertions.catchThrowableOfType(
              dev.runar.RunarException.class,
              () ->
                  app.add(
                      "app.ts",
                      "import { Node } from 'runar-ts';\n"
                          + "new Node({ permissions: { net: ['*'] } } as any);"));
      assertThat(error.code()).isEqualTo(dev.runar.RunarException.Code.CONFIG);
      assertThat(error.getMessage()).contains("a script cannot grant them to itself");
    }
  }
}
