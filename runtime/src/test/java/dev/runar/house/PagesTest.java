package dev.runar.house;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaMember;
import dev.runar.NodeConfig;
import dev.runar.PortChoice;
import dev.runar.RunarException;
import dev.runar.apps.Secret;
import dev.runar.internal.protocol.CloseCode;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.lang.reflect.RecordComponent;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The pages say what is so: links lead somewhere, names exist, tables are complete. */
class PagesTest {
  private static final Pattern LINK = Pattern.compile("\\[[^\\]]*\\]\\(([^)\\s]+)\\)");
  private static final Pattern HEADING = Pattern.compile("(?m)^#+ +(.*)$");
  private static final Pattern FENCE = Pattern.compile("(?ms)^```.*?^```");

  /** {@code Type} or {@code Type.member}, as the pages name code of ours. */
  private static final Pattern NAME = Pattern.compile("`([A-Z][A-Za-z]+)(?:\\.([a-z][A-Za-z]*))?`");

  @Test
  void everyRelativeLinkLeadsSomewhere() {
    var links = new ArrayList<String>();
    var broken = new ArrayList<String>();
    for (Path page : SourceFiles.below("", ".md")) {
      for (String target : targets(SourceFiles.text(page))) {
        links.add(target);
        if (!leadsSomewhere(page, target)) {
          broken.add(SourceFiles.shown(page) + " -> " + target);
        }
      }
    }
    assertThat(links).hasSizeGreaterThan(30);
    assertThat(broken).isEmpty();
  }

  @Test
  void aBrokenLinkIsFound() {
    Path readme = House.repository().resolve("README.md");
    assertThat(targets("[a](docs/nowhere.md) ![b](https://x.example) `[c](d)`"))
        .containsExactly("docs/nowhere.md");
    assertThat(leadsSomewhere(readme, "docs/nowhere.md")).isFalse();
    assertThat(leadsSomewhere(readme, "docs/protocol.md#no-such-heading")).isFalse();
    assertThat(leadsSomewhere(readme, "docs/protocol.md#values")).isTrue();
  }

  private static List<String> targets(String page) {
    String prose = FENCE.matcher(page).replaceAll("").replaceAll("`[^`\n]*`", "");
    return LINK.matcher(prose)
        .results()
        .map(match -> match.group(1))
        .filter(target -> !target.matches("[a-z]+:.*"))
        .toList();
  }

  private static boolean leadsSomewhere(Path page, String target) {
    String[] parts = target.split("#", 2);
    Path file = parts[0].isEmpty() ? page : page.resolveSibling(parts[0]).normalize();
    if (!Files.exists(file)) {
      return false;
    }
    return parts.length == 1 || anchors(SourceFiles.text(file)).contains(parts[1]);
  }

  /** As GitHub makes them of headings. */
  private static Set<String> anchors(String page) {
    return HEADING
        .matcher(FENCE.matcher(page).replaceAll(""))
        .results()
        .map(match -> match.group(1).strip().toLowerCase(Locale.ROOT))
        .map(heading -> heading.replaceAll("[^\\p{Alnum} _-]", "").replace(' ', '-'))
        .collect(Collectors.toSet());
  }

  @Test
  void theConfigurationPageHasEveryKeyWithItsDefault() {
    Map<String, String> keys = new LinkedHashMap<>();
    collectKeys("", NodeConfig.DEFAULT, keys);
    assertThat(keys).hasSizeGreaterThan(15);
    assertThat(rows(SourceFiles.text("docs/configuration.md"))).isEqualTo(keys);
  }

  private static void collectKeys(String prefix, Record config, Map<String, String> into) {
    for (RecordComponent component : config.getClass().getRecordComponents()) {
      Object value = value(component, config);
      if (value instanceof Record nested && !(value instanceof PortChoice)) {
        collectKeys(prefix + component.getName() + ".", nested, into);
      } else {
        into.put(prefix + component.getName(), shown(value));
      }
    }
  }

  private static String shown(Object value) {
    return switch (value) {
      case Duration duration -> grouped(duration.toMillis());
      case Number number -> grouped(number.longValue());
      case PortChoice.OfScript _ -> "of the script";
      case Secret secret -> secret.reveal();
      case Enum<?> choice -> choice.name().toLowerCase(Locale.ROOT);
      default -> String.valueOf(value);
    };
  }

  private static String grouped(long number) {
    return String.format(Locale.ROOT, "%,d", number);
  }

  private static Object value(RecordComponent component, Record config) {
    try {
      return component.getAccessor().invoke(config);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(e);
    }
  }

  /** First and second cell of every row whose first cell is one key. */
  private static Map<String, String> rows(String page) {
    var rows = new LinkedHashMap<String, String>();
    Matcher matcher =
        Pattern.compile("(?m)^\\| `([A-Za-z.]+)` \\| (?:`([^`]*)`|empty) \\|").matcher(page);
    while (matcher.find()) {
      rows.put(matcher.group(1), matcher.group(2) == null ? "" : matcher.group(2));
    }
    return rows;
  }

  @Test
  void theProtocolPageHasEveryErrorCode() {
    String page = SourceFiles.text("docs/protocol.md");
    assertThat(RunarException.Code.values())
        .allSatisfy(code -> assertThat(page).contains("| `" + code.name() + "` |"));
  }

  @Test
  void theProtocolPageHasEveryCloseCode() throws IllegalAccessException {
    String page = SourceFiles.text("docs/protocol.md");
    for (Field field : CloseCode.class.getDeclaredFields()) {
      if (Modifier.isPublic(field.getModifiers())) {
        assertThat(page).as(field.getName()).contains("| " + field.getInt(null) + " |");
      }
    }
  }

  @Test
  void theMapsNameOnlyWhatExists() {
    JavaClasses main = House.mainClasses();
    Map<String, List<JavaClass>> byName =
        main.stream().collect(Collectors.groupingBy(JavaClass::getSimpleName));
    for (String name : List.of("docs/architecture.md", "docs/walkthrough.md", "CONTRIBUTING.md")) {
      assertThat(unknownNames(SourceFiles.text(name), byName)).as(name).isEmpty();
    }
    assertThat(unknownNames("`NodeCore.request` `NodeCore.fly` `Nobody.dance`", byName))
        .containsExactly("NodeCore.fly", "Nobody.dance");
  }

  private static List<String> unknownNames(String page, Map<String, List<JavaClass>> byName) {
    return NAME.matcher(page)
        .results()
        .filter(match -> !exists(match.group(1), match.group(2), byName))
        .map(
            match ->
                match.group(2) == null ? match.group(1) : match.group(1) + "." + match.group(2))
        .toList();
  }

  /** JavaScript and JDK names that stand alone are not ours to check. */
  private static boolean exists(
      String type, @Nullable String member, Map<String, List<JavaClass>> byName) {
    if (member == null) {
      return byName.containsKey(type) || isTest(type) || !type.matches("[A-Z][a-z]+[A-Z].*");
    }
    return byName.getOrDefault(type, List.of()).stream()
        .flatMap(known -> Stream.concat(Stream.of(known), known.getAllRawInterfaces().stream()))
        .flatMap(known -> known.getMembers().stream())
        .map(JavaMember::getName)
        .anyMatch(member::equals);
  }

  private static boolean isTest(String type) {
    return !SourceFiles.below("runtime/src/test/java", "/" + type + ".java").isEmpty();
  }

  @Test
  void decisionsAreNumberedOnce() {
    List<String> numbers =
        SourceFiles.below("docs/decisions", ".md").stream()
            .map(file -> String.valueOf(file.getFileName()))
            .toList();
    assertThat(numbers)
        .hasSizeGreaterThan(3)
        .allMatch(name -> name.matches("[0-9]{4}-[a-z0-9-]+\\.md"));
    assertThat(numbers.stream().map(name -> name.substring(0, 4))).doesNotHaveDuplicates();
  }
}
