package dev.runar.bean;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * A method of a class with {@link ServiceBean} that takes events: nothing, the payload as its only
 * parameter or by the names of several, or the {@link dev.runar.Event}; an {@link
 * dev.runar.EventContext} may come last.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.METHOD)
public @interface OnEvent {
  /** The pattern, such as {@code shop/*}; a single segment is the service's own topic. */
  String value();
}
