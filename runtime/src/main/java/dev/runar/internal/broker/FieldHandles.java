package dev.runar.internal.broker;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/** Finds the handles of fields that several threads change. Stateless; any thread. */
final class FieldHandles {
  private FieldHandles() {}

  /** The handle of a field of the class that looks it up. */
  static VarHandle find(MethodHandles.Lookup lookup, String name, Class<?> type) {
    try {
      return lookup.findVarHandle(lookup.lookupClass(), name, type);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }
}
