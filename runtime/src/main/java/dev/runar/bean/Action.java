package dev.runar.bean;

import dev.runar.ActionOptions.Visibility;
import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * A method that answers an action, in a class with {@link ServiceBean}; or, in the interface of a
 * client, the action that a method calls.
 *
 * <p>In a client only the name counts: what an action allows is said where it is defined.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.METHOD)
public @interface Action {
  /** The action's name; empty: the method's. */
  String value() default "";

  /** One sentence. */
  String description() default "";

  /** What a caller gets that names no timeout, in milliseconds; 0: the node's. */
  long timeoutMs() default 0;

  /** Running it twice does what running it once does, so that it may be tried again. */
  boolean idempotent() default false;

  /** Who may call it. */
  Visibility visibility() default Visibility.PUBLIC;
}
