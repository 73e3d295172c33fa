package dev.runar.internal.script.stack;

import com.oracle.truffle.api.instrumentation.TruffleInstrument;
import com.oracle.truffle.api.instrumentation.provider.TruffleInstrumentProvider;
import java.util.Collection;
import java.util.List;

/** How the engine finds {@link StackInstrument}; named in {@code META-INF/services}. */
@TruffleInstrument.Registration(
    id = StackInstrument.ID,
    name = "Runar stacks",
    services = StackSampler.class)
public final class StackInstrumentProvider extends TruffleInstrumentProvider {
  @Override
  protected String getInstrumentClassName() {
    return StackInstrument.class.getName();
  }

  @Override
  protected Object create() {
    return new StackInstrument();
  }

  @Override
  protected Collection<String> getServicesClassNames() {
    return List.of(StackSampler.class.getName());
  }
}
