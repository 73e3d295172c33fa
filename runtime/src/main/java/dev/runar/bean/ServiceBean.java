package dev.runar.bean;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** A class whose objects are services: {@link Services#of}. Subclasses have it too. */
@Documented
@Inherited
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.TYPE)
public @interface ServiceBean {
  /** Where the service lives; its first segment. */
  String path();

  /** What people read; empty: the path. */
  String name() default "";

  /** Such as {@code 1.0.0}. */
  String version() default "0.0.0";

  /** One sentence. */
  String description() default "";
}
