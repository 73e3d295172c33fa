package dev.runar.house;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.methods;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.lang.ArchRule;
import org.graalvm.polyglot.HostAccess;
import org.junit.jupiter.api.Test;

/** What nobody does here: sleep, log past the platform logger, end the process. */
class HabitsTest {
  private static final ArchRule NO_SLEEP =
      noClasses()
          .should()
          .callMethod(Thread.class, "sleep", long.class)
          .orShould()
          .callMethod(Thread.class, "sleep", long.class, int.class)
          .orShould()
          .callMethod(Thread.class, "sleep", java.time.Duration.class)
          .because("a sleep is either too short or too long: wait for what should happen");

  private static final ArchRule PLATFORM_LOGGER =
      noClasses()
          .that()
          .resideOutsideOfPackage("dev.runar.cli..")
          .and()
          .doNotHaveFullyQualifiedName("dev.runar.internal.script.OutputLog")
          .and() // JDBC's own interface names a logger of it
          .doNotHaveFullyQualifiedName("dev.runar.internal.apps.DriverConnections")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("java.util.logging..")
          .because("an embedder bridges System.Logger; only the command line decides on a backend");

  private static final ArchRule NO_PROCESS_END =
      noClasses()
          .that()
          .resideOutsideOfPackage("dev.runar.cli..")
          .should()
          .callMethod(System.class, "exit", int.class)
          .because("the process belongs to whoever embeds the node");

  private static final ArchRule FEW_EXPORTS =
      methods()
          .that()
          .areAnnotatedWith(HostAccess.Export.class)
          .should()
          .beDeclaredInClassesThat()
          .haveNameMatching(
              "dev\\.runar\\.internal\\.script\\.(Host[A-Z].*|ScriptSockets\\$Outcome)")
          .because("a reader must find all that a script can reach by looking at a few classes");

  private final JavaClasses main = House.mainClasses();
  private final JavaClasses tests = House.testClasses();
  private final JavaClasses planted = House.plantedClasses();

  @Test
  void nobodySleeps() {
    assertThat(tests).hasSizeGreaterThan(30);
    NO_SLEEP.check(main);
    NO_SLEEP.check(tests);
    assertThat(NO_SLEEP.evaluate(planted).hasViolation()).isTrue();
  }

  @Test
  void onlyTheCommandLineKnowsJavaUtilLogging() {
    PLATFORM_LOGGER.check(main);
    assertThat(PLATFORM_LOGGER.evaluate(planted).hasViolation()).isTrue();
  }

  @Test
  void onlyTheCommandLineEndsTheProcess() {
    NO_PROCESS_END.check(main);
  }

  @Test
  void scriptsReachOnlyWhatTheHostClassesExport() {
    FEW_EXPORTS.check(main);
    assertThat(FEW_EXPORTS.evaluate(planted).hasViolation()).isTrue();
  }
}
