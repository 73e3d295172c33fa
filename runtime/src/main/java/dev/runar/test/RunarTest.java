package dev.runar.test;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * A test class with a node of its own, ready when the first test begins and stopped after the last.
 * Constructors, tests and the methods around them take the {@link dev.runar.Node}, or an interface
 * with {@link dev.runar.bean.ServicePath}, as parameters. A test that fails shows what scripts
 * wrote to their consoles.
 *
 * <pre>{@code
 * @RunarTest(scripts = "app.ts")
 * class AppTest {
 *   @Test
 *   void adds(MathApi math) {
 *     assertEquals(8, math.add(5, 3));
 *   }
 * }
 * }</pre>
 *
 * The node listens on a free port whatever the scripts name, so that classes can run side by side.
 */
@Documented
@Inherited
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.TYPE)
@ExtendWith(RunarExtension.class)
public @interface RunarTest {
  /**
   * Scripts to load, in order: paths below the working directory, which Maven and Gradle make the
   * module's folder, or resources beside the test class.
   */
  String[] scripts() default {};

  /** What is to be other than by default, in YAML as in {@code runar.yaml}. */
  String config() default "";

  /** How long the node lives. */
  Lifetime lifetime() default Lifetime.CLASS;

  /** How many tests share a node. */
  enum Lifetime {
    /** All of the class, and of the classes nested in it. */
    CLASS,
    /** One: each test has a new one. */
    METHOD
  }
}
