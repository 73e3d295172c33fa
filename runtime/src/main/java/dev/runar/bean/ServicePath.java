package dev.runar.bean;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** The path of the service that an interface is a client of: {@link dev.runar.Node#client}. */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.TYPE)
public @interface ServicePath {
  /** The service's path, such as {@code math} or {@code network:math}. */
  String value();
}
