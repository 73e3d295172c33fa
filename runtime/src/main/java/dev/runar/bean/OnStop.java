package dev.runar.bean;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * A method of a class with {@link ServiceBean}. Before the node ends, or the service is removed. It
 * takes nothing, or a {@link dev.runar.NodeContext}; a throw puts the service into {@code ERROR}.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.METHOD)
public @interface OnStop {}
