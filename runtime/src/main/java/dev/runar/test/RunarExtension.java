package dev.runar.test;

import dev.runar.Node;
import dev.runar.bean.ServicePath;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.junit.platform.commons.support.AnnotationSupport;

/**
 * Gives a test class its node: what {@link RunarTest} stands for. JUnit's store keeps the node, one
 * for each class or test, and stops it at the end. Stateless; any thread.
 */
public final class RunarExtension
    implements BeforeAllCallback, BeforeEachCallback, AfterEachCallback, ParameterResolver {
  private static final Namespace NAMESPACE = Namespace.create(RunarExtension.class);

  /** The class of the node is the outermost that says so: nested classes share it. */
  @Override
  public void beforeAll(ExtensionContext context) {
    RunarTest said = said(context);
    if (said.lifetime() == RunarTest.Lifetime.CLASS) {
      node(context);
    }
  }

  @Override
  public void beforeEach(ExtensionContext context) {
    node(context).console().begin();
  }

  @Override
  public void afterEach(ExtensionContext context) {
    context.getExecutionException().ifPresent(failure -> node(context).console().attachTo(failure));
  }

  @Override
  public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
    Class<?> type = parameter.getParameter().getType();
    return type == Node.class || type.isAnnotationPresent(ServicePath.class);
  }

  @Override
  public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
    Node node = node(context).node();
    Class<?> type = parameter.getParameter().getType();
    return type == Node.class ? node : node.client(type);
  }

  /** A constructor is given the node of the test that it is called for. */
  @Override
  public ExtensionContextScope getTestInstantiationExtensionContextScope(ExtensionContext root) {
    return ExtensionContextScope.TEST_METHOD;
  }

  private static TestNode node(ExtensionContext context) {
    RunarTest said = said(context);
    // The store of a context sees those of its parents: of tests of one class, the same.
    return context
        .getStore(NAMESPACE)
        .getOrComputeIfAbsent(
            TestNode.class,
            key -> TestNode.start(said, context.getRequiredTestClass()),
            TestNode.class);
  }

  private static RunarTest said(ExtensionContext context) {
    return AnnotationSupport.findAnnotation(
            context.getRequiredTestClass(), RunarTest.class, context.getEnclosingTestClasses())
        .orElseThrow(
            () ->
                new IllegalStateException(
                    context.getRequiredTestClass().getName() + " has no @RunarTest"));
  }
}
